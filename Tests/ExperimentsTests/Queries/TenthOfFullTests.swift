import ConvolutionalNetworks
import Foundation
import Mistique
import TestSupport
import Testing

@testable import experiments

/// The questions of figure 5 on a store that has shrunk to a tenth of what full precision takes.
@Suite struct TenthOfFullTests {
  private let vgg16 = NetworkDescription.cifar10VGG16(widths: [8, 16, 32, 64, 64])
  private let cnn = NetworkDescription.cifar10CNN()
  private static let bound = QuantizationScheme.ErrorBound.relative(0.2)

  private func models() throws -> NetworkQueries.Models {
    func channels(_ network: NetworkDescription) throws -> [Int] { try network.layers().map(\.shape.channels) }
    return NetworkQueries.Models(
      vgg16: ModelIdentity(project: "t", name: "vgg16"), adversarial: ModelIdentity(project: "t", name: "adversarial"),
      cnn: ModelIdentity(project: "t", name: "cnn"), channels: try channels(vgg16), cnnChannels: try channels(cnn),
      compared: try NetworkQueries.ComparedLayers(cnn))
  }

  /// The three networks of `models`, in a store of `policy`, and the bytes of their weights.
  private func store(
    _ models: NetworkQueries.Models, _ images: ImageSet, _ policy: StoragePolicy, at folder: URL
  ) throws -> (store: IntermediateStore, weights: Int) {
    let inputs = [
      models.vgg16: NetworkInput(images), models.cnn: NetworkInput(images),
      models.adversarial: NetworkInput(GeneratedImages(seed: 6).images(count: images.count)),
    ]
    let store = try IntermediateStore(at: folder)
    store.register(kind: NetworkModel.kind) { stored in
      try NetworkModel(restoring: stored, input: #require(inputs[stored.identity]))
    }
    var weights = 0
    for (identity, network) in [(models.vgg16, vgg16), (models.adversarial, vgg16), (models.cnn, cnn)] {
      let model = try NetworkModel(network, checkpoint: .initial(for: network, seed: 3), input: #require(inputs[identity]))
      weights += try store.logIntermediates(of: model, as: identity, policy: policy).transformerBytes
    }
    return (store, weights)
  }

  /// Gives back residuals, and then the bases that are worth the least, until the store takes no more than `bytes`.
  private func shrink(_ store: IntermediateStore, to bytes: Int) throws {
    for action in [Advice.Action.demote, .discard] {
      // The least worth first.
      for advice in try store.advise(budget: StorageBudget(bytes: 0)).reversed() where advice.action == action {
        guard try store.storage().partitionBytes > bytes else { return }
        if action == .demote {
          try store.demote(advice.intermediate, of: advice.model, to: Self.bound)
        } else {
          try store.drop(advice.intermediate, of: advice.model)
        }
      }
    }
  }

  @Test("Every question is answered as by full precision, and every layer within its bound, from what is left or by a re-run")
  func answers() throws {
    let (models, images) = (try models(), GeneratedImages(seed: 5).images(count: 60))
    let (fullFolder, folder) = (TemporaryDirectory("full"), TemporaryDirectory("tenth"))
    let (full, weights) = try store(models, images, .dedup.asInPaper, at: fullFolder.url)
    let small = try store(models, images, .ladder(Self.bound).asInPaper, at: folder.url).store
    // Of the intermediates: weights are no part of what is shrunk.
    let tenth = weights + (try full.storage().partitionBytes - weights) / 10
    try shrink(small, to: tenth)
    #expect(try small.storage().partitionBytes <= tenth && small.verify().isIntact)
    let isLeft = try small.intermediates(of: models.vgg16).count(where: \.isStored)
    #expect(isLeft > 0, "nothing is left to answer from")

    let logits = models.key(models.vgg16, layer: NetworkQueries.logits)
    let predictions = Predictions(try full.getIntermediates([logits])[0].requiredMatrix())
    let queries = NetworkQueries(models: models, labels: images.labels.map(Int.init), predictions: predictions.classes)
    var asked = 0
    for query in NetworkQueries.layers.flatMap(queries.all) + queries.ofThePaper() {
      let expected = try query.answer(QueryFetcher(full, .read))
      let found = try query.answer(QueryFetcher(small, .automatic))
      #expect(found == expected, "\(query.name) of \(query.target)")
      asked += 1
    }
    #expect(asked == 29)

    var wasRead = false
    for layer in NetworkQueries.layers {
      let key = models.key(models.vgg16, layer: layer)
      let exact = try full.getIntermediates([key])[0].requiredMatrix()
      let near = try small.getIntermediates([key], accuracy: .within(Self.bound))[0]
      let error = try #require(near.errorBound)
      wasRead = wasRead || near.plan.choice == .read
      let farthest = try near.requiredMatrix().withValues { near in
        exact.withValues { exact in zip(near, exact).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) } }
      }
      #expect(farthest <= error, "layer \(layer)")
    }
    #expect(wasRead, "no layer was read")
  }
}
