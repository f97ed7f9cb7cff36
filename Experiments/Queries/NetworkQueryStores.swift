import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// The stores that figures 5b to 5d query: CIFAR10_VGG16 and CIFAR10_CNN at their last checkpoint over the same images, and CIFAR10_VGG16 once more over
/// adversarial ones; one store for each scheme.
struct NetworkQueryStores {
  static let schemes: [NamedScheme] = [.pool2, .full]
  /// One batch of adversarial images, no pixel of which moves by more than four steps of a byte.
  private static let adversaries = 64
  private static let epsilon = 4.0 / 255

  private let context: RunContext
  private let vgg16, cnn: ImageWorkload
  private let adversarial: NetworkInput
  private let models: NetworkQueries.Models

  var images: Int { vgg16.input.images.count }

  init(_ context: RunContext, _ settings: Settings) throws {
    self.context = context
    let whole = try ImageWorkload(.vgg16, context, settings: settings)
    vgg16 = whole.repeated()
    cnn = try ImageWorkload(.cnn, context, settings: settings).first(vgg16.input.images.count)
    let gradient = try InputGradient(vgg16.description, weights: vgg16.run.final)
    let rows = Array(0..<min(Self.adversaries, vgg16.input.images.count))
    adversarial = NetworkInput(try gradient.adversarialImages(vgg16.input.images, rows: rows, epsilon: Self.epsilon))
    func channels(_ network: NetworkDescription) throws -> [Int] { try network.layers().map(\.shape.channels) }
    models = NetworkQueries.Models(
      vgg16: ModelIdentity(project: "cifar10", name: "vgg16"), adversarial: ModelIdentity(project: "cifar10", name: "vgg16-adversarial"),
      cnn: ModelIdentity(project: "cifar10", name: "cnn"), channels: try channels(vgg16.description),
      cnnChannels: try channels(cnn.description))
  }

  /// The store of a scheme, logged unless an interrupted run has left it.
  func store(_ scheme: NamedScheme, _ measurement: QueryMeasurement) throws -> IntermediateStore {
    let inputs = [models.vgg16: vgg16.input, models.adversarial: adversarial, models.cnn: cnn.input]
    let store = try measurement.store("networks-\(scheme.name)") { store in
      store.register(kind: NetworkModel.kind) { stored in
        guard let input = inputs[stored.identity] else { throw UnexpectedIntermediate(intermediate: "\(stored.identity)", need: "one of ours") }
        return try NetworkModel(restoring: stored, input: input)
      }
    }
    let there = Set(try store.models().map(\.identity))
    for (identity, network) in [(models.vgg16, vgg16), (models.adversarial, vgg16), (models.cnn, cnn)] where !there.contains(identity) {
      let input = inputs[identity]!
      context.say("  logging \(identity) over \(input.images.count) images under \(scheme.name)")
      let model = try NetworkModel(network.description, checkpoint: network.run.final, input: input)
      try store.logIntermediates(of: model, as: identity, policy: .dedup.quantized(scheme.scheme)) { Interruption.request != nil }
    }
    context.state(diskBytes: Int64(try store.storage().storedBytes))
    return store
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
