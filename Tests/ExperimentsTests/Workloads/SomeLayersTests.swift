import ConvolutionalNetworks
import Foundation
import Mistique
import TestSupport
import Testing

@testable import experiments

/// Networks of which a store keeps some layers.
@Suite struct SomeLayersTests {
  @Test("A store of some layers has these and no others, each with the bits of the whole network, read and re-run")
  func some() throws {
    let network = NetworkDescription.cifar10VGG16(widths: [8, 16, 32, 64, 64])
    let input = NetworkInput(GeneratedImages(seed: 5).images(count: 40))
    let model = try NetworkModel(network, checkpoint: .initial(for: network, seed: 1), input: input)
    let (someFolder, allFolder) = (TemporaryDirectory("some"), TemporaryDirectory("all"))
    let (some, all) = (try IntermediateStore(at: someFolder.url), try IntermediateStore(at: allFolder.url))
    let identity = ModelIdentity(project: "t", name: "n")
    try some.logIntermediates(of: SomeLayers([6, 21], of: model), as: identity, policy: .storeAll)
    try all.logIntermediates(of: model, as: identity, policy: .storeAll)
    #expect(try some.intermediates(of: identity).map(\.name).sorted() == ["layer21", "layer6"])
    #expect(try all.intermediates(of: identity).count == 22)

    some.register(kind: NetworkModel.kind) { try NetworkModel(restoring: $0, input: input) }
    for layer in [6, 21] {
      let key = IntermediateKey(model: identity, intermediate: "layer\(layer)")
      let expected = try all.getIntermediates([key], plan: .read)[0]
      #expect(try some.getIntermediates([key], plan: .read)[0].isIdentical(to: expected), "layer \(layer)")
      #expect(try some.getIntermediates([key], plan: .rerun)[0].isIdentical(to: expected), "layer \(layer)")
    }
  }
}
