import Foundation
import TestSupport
import Testing

@testable import ConvolutionalNetworks

/// The weights and the first batch, where both and PyTorch are there.
private let pretrained: (weights: URL, batch: URL, folder: URL)? = {
  guard hasTorch, let folder = realData else { return nil }
  let weights = folder.appendingPathComponent("resnet20-cifar10.safetensors")
  guard FileManager.default.fileExists(atPath: weights.path), let batch = try? CIFAR10.batchFiles(in: folder).first else { return nil }
  return (weights, batch, folder)
}()

/// The documentation's ResNet-20, with weights that PyTorch has trained.
struct PretrainedResNetTests {
  private struct Expected: Decodable {
    let logits: [Double]
    let labels: [Int]
  }

  static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("Sources/ConvolutionalNetworks/ConvolutionalNetworks.docc/Resources/resnet20.yaml")

  @Test("Its layers are those of ResNet-20, with shortcuts that have no weights")
  func layers() throws {
    let layers = try NetworkDescription(contentsOf: Self.file).layers()
    #expect(layers.count == 52 && layers.reduce(0) { $0 + $1.parameterCount } == 269_722)
    #expect(layers.filter { $0.name.hasPrefix("shortcut") }.map { $0.shape.description } == ["(32, 16, 16)", "(64, 8, 8)"])
  }

  @Test("Its logits are PyTorch's within 1e-4", .enabled(if: pretrained != nil))
  func logits() throws {
    let (weights, batch, folder) = try #require(pretrained)
    let script = try #require(Bundle.module.url(forResource: "torch_resnet20", withExtension: "py", subdirectory: "Golden"))
    let result = try Command.run(["/usr/bin/python3", script.path, weights.path, batch.path, "100"])
    #expect(result.status == 0, "\(result.errors)")
    let expected = try JSONDecoder().decode(Expected.self, from: Data(result.output.utf8))
    let description = try NetworkDescription(contentsOf: Self.file)
    let (checkpoint, unused) = try Checkpoint.reading(weights, for: description)
    #expect(unused.isEmpty)
    let network = try InferenceNetwork(description, weights: checkpoint, compute: .single)
    let images = try CIFAR10.load(directory: folder, limit: 100)
    #expect(images.labels.map(Int.init) == expected.labels)
    let got = try #require(try network.activations(images, rows: Array(0..<100), layers: [51])[51])
    #expect(got.count == 1_000 && expected.logits.count == 1_000)
    #expect(zip(got, expected.logits).allSatisfy { abs(Double($0) - $1) < 1e-4 })
    #expect(try network.accuracy(on: images) > 0.9)
  }
}
