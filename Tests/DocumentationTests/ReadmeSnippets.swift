// [snippet: README, log and ask]
import ConvolutionalNetworks
import Foundation
import Mistique
// [end]
import TestSupport
import Testing

/// The Swift of README.md, compiled and run. What stands between the marks is in the page, line by line.
@Suite(.serialized) struct ReadmeSnippets {
  private let folder = TemporaryDirectory("readme")
  private let input = NetworkInput(GeneratedImages(seed: 1).images(count: 64))

  /// The page's store is in a folder of the test.
  private func URL(fileURLWithPath path: String) -> Foundation.URL { folder.url.appendingPathComponent(path) }

  private func checkpoint() throws -> Checkpoint { try .initial(for: .cifar10CNN(), seed: 1) }

  @Test("A network is logged, asked for a neuron's map, and read in codes, bounds and by value")
  func store() throws {
    let (images, checkpoint) = (input, try checkpoint())
    // [snippet: README, log and ask]
    let store = try IntermediateStore(at: URL(fileURLWithPath: "store"))
    store.register(kind: NetworkModel.kind) { try NetworkModel(restoring: $0, input: images) }  // how it is run again
    let model = try NetworkModel(.cifar10CNN(), checkpoint: checkpoint, input: images)
    try store.logIntermediates(of: model, as: ModelIdentity(project: "cifar10", name: "cnn"), policy: .dedup)

    // project.model.intermediate.column: the activation map of neuron 35 in layer 8 for image 17
    let answer = try store.getIntermediates(["cifar10.cnn.layer8.n35"], rows: .ids([17]))[0]
    print(answer.plan.choice, answer.cost.framesDecoded, answer.matrix!.row(0))
    // [end]
    #expect(answer.matrix?.columns == 225 && answer.rowIDs.count == 1)
    let identity = ModelIdentity(project: "cifar10", name: "cnn")
    try store.delete(identity)
    // [snippet: README, policy]
    try store.logIntermediates(of: model, as: identity, policy: .dedup.quantized(.pool(2).then(.kbit(8))))
    // the codes themselves, for analyses that need no values
    let codes = try store.getCodes("cifar10.cnn.layer8.n35")
    // the interval that each emitted value lies in
    let (lower, upper) = try store.getBounds("cifar10.cnn.layer8.n35")
    // rows that certainly match and, separately, rows that the quantized values cannot decide
    let rows = try store.findRows("cifar10.cnn.layer17.n3", in: 5...100)
    // frees what only this model used
    try store.delete(identity)
    // [end]
    #expect("\(codes)".isEmpty == false && lower.rows == 64 && upper.columns == lower.columns && "\(rows)".isEmpty == false)
    #expect(try store.models().isEmpty)
    try store.close()
  }

  @Test("A network from the catalogue is trained and attacked")
  func training() throws {
    let (images, cache) = (input.images, folder.url.appendingPathComponent("checkpoints"))
    // [snippet: README, networks]
    let residual = NetworkDescription.resNet20()  // or try NetworkDescription(contentsOf: yamlFile)
    let run = try CheckpointCache(directory: cache).run(Trainer(residual, TrainingParameters(epochs: 10, seed: 1)), on: images)
    let adversaries = try InputGradient(residual, weights: run.final).adversarialImages(images, rows: [51], epsilon: 4 / 255)
    // [end]
    #expect(adversaries.count == 1 && adversaries.labels == [images.labels[51]])
  }

  @Test("A network is described in Swift")
  func description() throws {
    // [snippet: Networks, description]
    let network = NetworkDescription(
      name: "small", input: ActivationShape(channels: 3, height: 32, width: 32),
      layers: [.convolution(32), .maxPool(2).dropout(0.25), .convolution(64).frozen(), .globalAveragePool, .dense(10, relu: false)])
    // [end]
    #expect(try network.layers().count == 6)
    let yaml = try #require(Pages.blocks.first { $0.page == "Networks.md" && $0.language == "yaml" })
    #expect(try NetworkDescription(yaml: yaml.text, origin: "Networks.md") == network, "the page's two forms are one network")
  }
}
