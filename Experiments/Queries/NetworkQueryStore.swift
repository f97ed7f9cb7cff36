import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// How networks are stored for figures 5b to 5d, and which layers are queried of it.
struct QueriedScheme {
  let scheme: NamedScheme
  let layers: [Int]
  /// Whether questions are asked of the layers too that the paper names for them, and SVCCA of any.
  let isWhole: Bool

  /// The paper's default, and full precision. The others are there for layer 1 alone: gzip is the paper's codec, and under it reading a wide layer is slower
  /// than computing it. SVCCA is not asked there, as its logits are computed by the whole network.
  static let all = [
    QueriedScheme(scheme: .pool2, layers: NetworkQueries.layers, isWhole: true),
    QueriedScheme(scheme: .full, layers: NetworkQueries.layers, isWhole: true),
    QueriedScheme(scheme: .fullGzip, layers: [1], isWhole: false),
    QueriedScheme(scheme: .pool2Gzip, layers: [1], isWhole: false),
  ]

  func questions(_ queries: NetworkQueries) -> [DiagnosticQuery] {
    let all = layers.flatMap(queries.all)
    return isWhole ? all + queries.ofThePaper() : all.filter { $0.name != "SVCCA" }
  }

  /// How many images are logged. Re-running deep layers is dear, so that scale ci has few; where the first alone is queried it has more.
  func images(_ scale: ExperimentKit.Scale) -> Int {
    switch scale {
    case .smoke: 70
    case .ci: layers == [1] ? 320 : 128
    case .small: 800
    case .paper: 50_000
    }
  }
}

/// A store that figures 5b to 5d query: CIFAR10_VGG16 and CIFAR10_CNN at their last checkpoint over the same images, and CIFAR10_VGG16 once more over
/// adversarial ones. Re-runs are in batches of 1,000, as the paper's are.
struct NetworkQueryStore {
  /// One batch of adversarial images, no pixel of which moves by more than four steps of a byte.
  private static let adversaries = 64
  private static let epsilon = 4.0 / 255

  private let context: RunContext
  private let scheme: NamedScheme
  private let vgg16, cnn: ImageWorkload
  private let adversarial: NetworkInput
  private let models: NetworkQueries.Models

  var images: Int { vgg16.input.images.count }

  init(_ vgg16: ImageWorkload, _ cnn: ImageWorkload, _ queried: QueriedScheme, _ context: RunContext) throws {
    (self.context, scheme) = (context, queried.scheme)
    let images = queried.images(context.scale)
    (self.vgg16, self.cnn) = (vgg16.first(images), cnn.first(images))
    let gradient = try InputGradient(vgg16.description, weights: vgg16.run.final)
    let rows = Array(0..<min(Self.adversaries, images))
    adversarial = NetworkInput(try gradient.adversarialImages(self.vgg16.input.images, rows: rows, epsilon: Self.epsilon))
    func channels(_ network: NetworkDescription) throws -> [Int] { try network.layers().map(\.shape.channels) }
    models = NetworkQueries.Models(
      vgg16: ModelIdentity(project: "cifar10", name: "vgg16"), adversarial: ModelIdentity(project: "cifar10", name: "vgg16-adversarial"),
      cnn: ModelIdentity(project: "cifar10", name: "cnn"), channels: try channels(vgg16.description),
      cnnChannels: try channels(cnn.description), compared: try NetworkQueries.ComparedLayers(cnn.description))
  }

  private var inputs: [ModelIdentity: NetworkInput] {
    [models.vgg16: vgg16.input, models.adversarial: adversarial, models.cnn: cnn.input]
  }

  /// Makes the models of a store re-runnable.
  func register(_ store: IntermediateStore) {
    let inputs = inputs
    store.register(kind: NetworkModel.kind) { stored in
      guard let input = inputs[stored.identity] else {
        throw UnexpectedIntermediate(intermediate: "\(stored.identity)", need: "one of ours")
      }
      return try NetworkModel(restoring: stored, input: input)
    }
  }

  /// The store, logged unless an interrupted run has left it.
  func open(_ measurement: QueryMeasurement) throws -> IntermediateStore {
    let store = try measurement.store("networks-\(scheme.name.replacing(" ", with: "-"))")
    let there = Set(try store.models().map(\.identity))
    for (identity, network) in [(models.vgg16, vgg16), (models.adversarial, vgg16), (models.cnn, cnn)] where !there.contains(identity) {
      let input = inputs[identity]!
      context.say("  logging \(identity) over \(input.images.count) images under \(scheme.name)")
      let model = try NetworkModel(
        network.description, checkpoint: network.run.final, input: input, batchSize: ImageWorkload.paperBatch(of: input.count))
      try store.logIntermediates(of: model, as: identity, policy: scheme.policy) { Interruption.request != nil }
    }
    context.state(diskBytes: Int64(try store.storage().storedBytes))
    try store.loadModels()
    return store
  }

  /// Records of the run: how many images there are, in which batches they are re-run, and what loading CIFAR10_VGG16 takes, by a store that keeps no model.
  func record(_ store: IntermediateStore) throws {
    let place: MeasurementTable.Parameters = ["scheme": scheme.name, "target": "all", "query": "all"]
    try context.record("images", images, unit: "images", at: place)
    try context.record("batch", vgg16.paperBatch, unit: "images", at: place)
    try store.loadModels()
    try context.record("loadSeconds", try store.lastLoading(of: models.vgg16), unit: "s", at: place)
  }

  /// The questions, over a store that holds the models.
  func queries(on store: IntermediateStore) throws -> NetworkQueries {
    let logits = models.key(models.vgg16, layer: NetworkQueries.logits)
    let predictions = Predictions(try store.getIntermediates([logits], plan: .read)[0].requiredMatrix())
    return NetworkQueries(models: models, labels: vgg16.input.images.labels.map(Int.init), predictions: predictions.classes)
  }

  /// Removes a store that is not needed any more.
  func remove(_ store: IntermediateStore) throws {
    try store.close()
    try FileManager.default.removeItem(at: store.directory)
  }
}
