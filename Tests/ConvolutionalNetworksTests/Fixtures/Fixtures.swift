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
