import ConvolutionalNetworks
import Foundation
import Mistique
import TestSupport
import Testing

@testable import experiments

/// Layers that are logged again from a store that has them in full precision.
@Suite struct StoredLayersTests {
  private static let layers: Set<Int> = [1, 6, 21]
  private static let identity = ModelIdentity(project: "t", name: "n")
  private let network = NetworkDescription.cifar10VGG16(widths: [8, 16, 32, 64, 64])

  private func key(_ intermediate: String) -> IntermediateKey { IntermediateKey(model: Self.identity, intermediate: intermediate) }

  /// More images than are read at a time, and no whole number of batches.
  private func model() throws -> SomeLayers {
    let input = NetworkInput(GeneratedImages(seed: 5).images(count: 590))
    let model = try NetworkModel(network, checkpoint: .initial(for: network, seed: 1), input: input, batchSize: 64)
    return SomeLayers(Self.layers, of: model)
  }

  @Test(
    "Files are those of the network that was run, to the byte",
    arguments: [NamedScheme.full, .eightBit, .pool2, .bound, .ladder])
  func equal(scheme: NamedScheme) throws {
    let folders = (0..<3).map { TemporaryDirectory("store\($0)") }
    let (whole, ran, stored) = (
      try IntermediateStore(at: folders[0].url), try IntermediateStore(at: folders[1].url), try IntermediateStore(at: folders[2].url)
    )
    let some = try model()
    try whole.logIntermediates(of: some, as: Self.identity, policy: NamedScheme.full.policy)
    let expected = try ran.logIntermediates(of: some, as: Self.identity, policy: scheme.policy)
    let again = StoredLayers(some, batch: 64, in: whole) { IntermediateKey(model: Self.identity, intermediate: $0) }
    let report = try stored.logIntermediates(of: again, as: Self.identity, policy: scheme.policy)
    #expect(report.chunks == expected.chunks && report.logicalBytes == expected.logicalBytes)
    #expect(try stored.storage().partitionBytes == ran.storage().partitionBytes)
    for layer in Self.layers {
      let key = key(NetworkModel.intermediate(ofLayer: layer))
      let (one, other) = (try stored.getIntermediates([key], plan: .read)[0], try ran.getIntermediates([key], plan: .read)[0])
      #expect(one.isIdentical(to: other) && one.cost.bytesRead == other.cost.bytesRead, "layer \(layer)")
      #expect(one.rowIDs.count == 590)
    }
  }

  @Test("Some rows are not taken from the store: the network is run")
  func someRows() throws {
    let folder = TemporaryDirectory("empty")
    let again = StoredLayers(try model(), batch: 64, in: try IntermediateStore(at: folder.url)) {
      IntermediateKey(model: Self.identity, intermediate: $0)
    }
    var rows = 0
    _ = try again.execute(ExecutionRequest(intermediates: ["layer21"], rows: .ids([3, 5]))) { _, emitted in
      if case .maps(_, let ids, _, _) = emitted { rows += ids.count }
    }
    #expect(rows == 2)
  }
}
