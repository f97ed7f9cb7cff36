import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// CIFAR10_VGG16 at its last checkpoint, logged under one scheme after the other, each in a store of its own in the scratch folder: what an
/// interrupted run has left there is used again.
final class SchemeStores {
  let workload: ImageWorkload
  let context: RunContext

  static let identity = ModelIdentity(project: "cifar10", name: "vgg16")

  /// How a re-run goes. Nothing of it shows in what is read: the bits do not depend on the batch.
  enum Reruns {
    /// Nothing is re-run: then the network need not run for every scheme. Once it is logged in full precision, it is logged from there.
    case none
    /// In batches of 64, from a model that stays in memory.
    case usual
    /// As the paper's: in batches of 1,000 (of all images where there are fewer), loading the model each time.
    case paper
  }

  /// Which weights the network has.
  enum Weights {
    /// Those of the last checkpoint.
    case trained
    /// Those that training begins with, convolutions included.
    case first
  }

  private let reruns: Reruns
  private let weights: Weights
  /// Which layers are stored; nil for all.
  private let layers: Set<Int>?
  /// What further schemes are logged from.
  private var whole: IntermediateStore?

  /// Images of one batch, when the network is logged and when it is re-run.
  var batch: Int { reruns == .paper ? workload.paperBatch : 64 }

  /// How many images tables 2 and 3 are made of, if not all that the scale logs. At scale small twice as many, because SVCCA says more of
  /// more images. Still more would take longer than the rest of these tables: SVCCA of layer 6 takes 21 s of 4,000 images and 18 minutes of 50,000.
  static func imagesOfTables(_ scale: ExperimentKit.Scale) -> Int? { scale == .small ? 4_000 : nil }

  /// - Parameters:
  ///   - weights: those of the network that is logged.
  ///   - images: how many images are logged, if not all that the scale logs.
  ///   - layers: which layers are stored, if not all.
  init(
    _ context: RunContext, _ settings: Settings, weights: Weights = .trained, images: Int? = nil, layers: Set<Int>? = nil,
    reruns: Reruns = .usual
  ) throws {
    self.context = context
    self.reruns = reruns
    self.weights = weights
    self.layers = layers
    try context.state(data: try ImageWorkload.source(context.scale, context.seed, settings, networks: [.vgg16]))
    let workload = try ImageWorkload(.vgg16, context, settings: settings)
    self.workload = images.map { workload.first($0) } ?? workload
  }

  func store(_ scheme: NamedScheme) throws -> IntermediateStore {
    let folder = folder(scheme)
    var options = StoreOptions()
    if reruns == .paper { options.modelsKept = 0 }
    let store = try IntermediateStore(at: folder, options: options)
    workload.register(in: store)
    if try store.models().isEmpty {
      context.say("  logging \(workload.input.images.count) images under \(scheme.name)")
      let model = try model()
      if scheme.name != NamedScheme.full.name { try takeUpLeft() }
      try store.logIntermediates(of: logged(model), as: Self.identity, policy: scheme.policy) { Interruption.request != nil }
    }
    if reruns == .none, scheme.name == NamedScheme.full.name { whole = store }
    let beside = try whole.map { $0 === store ? 0 : try $0.storage().storedBytes } ?? 0
    context.state(diskBytes: Int64(try store.storage().storedBytes + beside))
    return store
  }

  private func model() throws -> NetworkModel {
    switch weights {
    case .trained: try workload.model(checkpoint: ImageWorkload.checkpoints - 1, batchSize: batch)
    case .first: try workload.untrainedModel(seed: context.seed, batchSize: batch)
    }
  }

  private func folder(_ scheme: NamedScheme) -> URL {
    let name = weights == .trained ? "vgg16" : "vgg16-untrained"
    return context.scratchDirectory.appendingPathComponent("\(name)-\(scheme.name.replacing(" ", with: "-"))")
  }

  /// The store in full precision, which others are logged from and compared with. Only without re-runs.
  func inFullPrecision() throws -> IntermediateStore {
    try takeUpLeft()
    return try whole ?? store(.full)
  }

  private func takeUpLeft() throws { if whole == nil { whole = try left() } }

  /// What an interrupted run has left in full precision, when the unit that logged it is not run again.
  private func left() throws -> IntermediateStore? {
    guard reruns == .none, FileManager.default.fileExists(atPath: folder(.full).path) else { return nil }
    let store = try IntermediateStore(at: folder(.full))
    if try store.models().isEmpty {
      try store.close()
      return nil
    }
    return store
  }

  private func logged(_ model: NetworkModel) -> any ExecutableModel {
    guard let layers else { return model }
    let some = SomeLayers(layers, of: model)
    guard let whole else { return some }
    return StoredLayers(some, batch: batch, in: whole) { IntermediateKey(model: Self.identity, intermediate: $0) }
  }

  /// Removes what `store(_:)` made, when it is no longer needed. What others are logged from stays until `removeAll()`.
  func remove(_ store: IntermediateStore) throws {
    guard store !== whole else { return }
    try store.close()
    try FileManager.default.removeItem(at: store.directory)
  }

  /// Removes what is left.
  func removeAll() throws {
    guard let store = whole else { return }
    whole = nil
    try remove(store)
  }

  static func key(layer: Int) -> IntermediateKey {
    IntermediateKey(model: identity, intermediate: NetworkModel.intermediate(ofLayer: layer))
  }

  /// All of a layer, as it comes out of the store.
  static func read(layer: Int, from store: IntermediateStore) throws -> FloatMatrix {
    try answer(layer: layer, from: store).requiredMatrix()
  }

  /// The same, with what reading it took.
  static func answer(layer: Int, from store: IntermediateStore) throws -> IntermediateResult {
    try store.getIntermediates([key(layer: layer)], plan: .read)[0]
  }

  /// What is stored of a layer for each value that the network emits, in bits.
  func bitsPerValue(_ answer: IntermediateResult, layer: Int) throws -> Double {
    let values = try answer.rowIDs.count * workload.description.layers()[layer].shape.columnCount
    return Double(answer.cost.bytesRead) * 8 / Double(values)
  }
}
