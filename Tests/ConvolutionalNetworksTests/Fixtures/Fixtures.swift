import Foundation
import Groundwork

@testable import ConvolutionalNetworks

/// A directory that exists while the closure runs.
func withTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let directory = FileManager.default.temporaryDirectory.appendingPathComponent("convolutional-networks-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: directory) }
  return try body(directory)
}

/// The directory with real CIFAR-10 batches, if the machine has one.
let realData: URL? = ProcessInfo.processInfo.environment["MISTIQUE_DATA"].map { URL(fileURLWithPath: $0) }.flatMap {
  CIFAR10.isPresent(in: $0) ? $0 : nil
}

extension ComputeThread {
  /// One OpenMP thread for all tests that are not about threads: two that wait for each other crawl when the machine has other work.
  static let single = ComputeThread(threads: 1)
}

extension NetworkDescription {
  /// A network for 3 x 32 x 32 images that trains in a blink, with every kind of layer.
  static let small = NetworkDescription(
    name: "small", input: ActivationShape(channels: 3, height: 32, width: 32),
    layers: [
      .convolution(8), .maxPool(2).dropout(0.1), .convolution(12, padding: .valid), .maxPool(2), .flatten, .dense(32).dropout(0.2),
      .dense(10, relu: false),
    ])
}

extension NetworkDescription {
  /// A network of kinds that existing stores and caches hold under the name of CIFAR10_CNN. Its encoded bytes are known.
  static let storedCNN = NetworkDescription(
    name: "CIFAR10_CNN", input: ActivationShape(channels: 3, height: 32, width: 32),
    layers: [
      .convolution(32), .convolution(32), .maxPool(2).dropout(0.25), .convolution(64), .convolution(64), .maxPool(2).dropout(0.25),
      .dense(512).dropout(0.5), .dense(10, relu: false),
    ])

  /// `cifar10CNN()` with ReLU and dropout as properties: 9 layers in place of 18, with the same activations. Its dense layer reads flattened maps too:
  /// over maps it would sum in the order of their layout.
  static let fusedCNN = NetworkDescription(
    name: "fused CNN", input: ActivationShape(channels: 3, height: 32, width: 32),
    layers: [
      .convolution(32), .convolution(32, padding: .valid), .maxPool(2).dropout(0.25), .convolution(64), .convolution(64, padding: .valid),
      .maxPool(2).dropout(0.25), .flatten, .dense(512).dropout(0.5), .dense(10, relu: false),
    ])

  /// Layers that change no shape, wherever they may stand: after the input, a convolution, a sum, a normalization, a dense layer and each other; read
  /// by several, and beside what they read.
  static let activationLayers = NetworkDescription(
    name: "activation layers", input: ActivationShape(channels: 3, height: 32, width: 32),
    layers: [
      .relu, .dropout(0.1), .convolution(8, stride: 2, relu: false), .relu, .add(3, 4, relu: false), .dropout(0.25), .dropout(0),
      .maxPool(2).reading(6), .relu.reading(7), .averagePool(2), .add(8, 10), .convolution(20, kernel: 1, relu: false),
      .batchNormalization(relu: false), .relu, .dropout(0.2), .flatten, .dropout(0.1), .dense(24, relu: false), .relu.dropout(0.1),
      .dropout(0.5), .flatten, .dense(10, relu: false), .softmax,
    ])
}

extension TrainingParameters {
  /// `small`'s: 1 epoch in batches of 32.
  static func quick(seed: UInt64 = 1) -> TrainingParameters {
    var parameters = TrainingParameters(epochs: 1, seed: seed)
    parameters.batchSize = 32
    return parameters
  }
}

extension InferenceNetwork {
  /// The activations of some layers for some rows, concatenated.
  func activations(_ images: ImageSet, rows: [Int], layers wanted: Set<Int>) throws -> [Int: [Float]] {
    var result: [Int: [Float]] = [:]
    try forward(images, rows: rows, wanted: wanted) { _, layer, values in result[layer, default: []] += values }
    return result
  }
}

/// Whether two arrays have the same bits: unlike ==, tells 0 from -0.
func sameBits(_ one: [Float]?, _ other: [Float]?) -> Bool { one?.map(\.bitPattern) == other?.map(\.bitPattern) }

extension Data {
  mutating func append(number: some FixedWidthInteger) {
    var writer = ByteWriter()
    writer.write(number)
    append(contentsOf: writer.bytes)
  }
}
