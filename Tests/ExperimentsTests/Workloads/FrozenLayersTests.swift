import ConvolutionalNetworks
import Foundation
import Mistique
import TestSupport
import Testing

@testable import experiments

/// Checkpoints that are logged from frozen layers computed once.
@Suite struct FrozenLayersTests {
  private let network = NetworkDescription.cifar10VGG16(widths: [8, 16, 32, 64, 64])
  private let input = NetworkInput(GeneratedImages(seed: 5).images(count: 100))

  /// Equal convolutions, and dense layers of its own.
  private func checkpoint(_ seed: UInt64) throws -> Checkpoint {
    let dense = ["layer20", "layer21"]
    func isDense(_ tensor: Checkpoint.Tensor) -> Bool { dense.contains { tensor.name.hasPrefix($0) } }
    let convolutions = try Checkpoint.initial(for: network, seed: 1).tensors.filter { !isDense($0) }
    return Checkpoint(convolutions + (try Checkpoint.initial(for: network, seed: seed).tensors.filter(isDense)))
  }

  private func model(_ seed: UInt64) throws -> NetworkModel { try NetworkModel(network, checkpoint: checkpoint(seed), input: input) }

  @Test(
    "What is stored from frozen layers is what the whole network stores, chunk for chunk, and a re-run gives its bits",
    arguments: [false, true])
  func equal(deduplicates: Bool) throws {
    let (plainFolder, folder) = (TemporaryDirectory("plain"), TemporaryDirectory("frozen"))
    let (plain, store) = (try IntermediateStore(at: plainFolder.url), try IntermediateStore(at: folder.url))
    let frozen = try #require(try FrozenLayers(of: network))
    #expect(frozen.names.count == 20 && frozen.last == "layer19")
    for seed: UInt64 in [2, 3, 4] {
      let name = ModelIdentity(project: "t", name: "n\(seed)")
      let policy: StoragePolicy = deduplicates ? .dedup.asInPaper : .storeAll.asInPaper
      let expected = try plain.logIntermediates(of: try model(seed), as: name, policy: policy)
      let report = try store.logIntermediates(of: NetworkOnFrozenLayers(try model(seed), frozen), as: name, policy: policy)
      #expect(report.chunks == expected.chunks && report.duplicateChunks == expected.duplicateChunks)
      #expect(report.logicalBytes == expected.logicalBytes && report.storedBytes == expected.storedBytes)
    }
    #expect(try store.storage().partitionBytes == plain.storage().partitionBytes)
    let input = input
    store.register(kind: NetworkModel.kind) { try NetworkModel(restoring: $0, input: input) }
    for layer in 0...21 {
      let key = IntermediateKey(model: ModelIdentity(project: "t", name: "n4"), intermediate: "layer\(layer)")
      let (read, rerun) = (try store.getIntermediates([key], plan: .read)[0], try store.getIntermediates([key], plan: .rerun)[0])
      #expect(read.isIdentical(to: rerun), "layer \(layer)")
    }
  }

  @Test("Nothing is kept where no layer is frozen")
  func refusals() throws { #expect(try FrozenLayers(of: .cifar10CNN()) == nil) }

  @Test("A model that is asked for some layers or some rows is run as it is")
  func others() throws {
    let frozen = try #require(try FrozenLayers(of: network))
    let model = NetworkOnFrozenLayers(try model(2), frozen)
    var emitted: [String] = []
    _ = try model.execute(ExecutionRequest(intermediates: ["layer3"])) { name, _ in emitted.append(name) }
    #expect(Set(emitted) == ["layer3"] && frozen.activations == nil)
  }
}
