import ConvolutionalNetworks
import ExperimentKit
import Foundation

/// PyTorch running the same network on the same weights in a Python of its own, to be timed in turn with ours.
final class TorchWorker {
  struct Version: Decodable {
    let version: String
    let threads: Int
  }

  private struct Answer: Decodable {
    var error: String?
    var version: String?
    var threads: Int?
    var seconds: Double?
    var logits: [Float]?
  }

  private let python: PythonProcess
  private let images: URL
  let version: Version

  /// The Pythons that are tried, in this order.
  static let candidates = ["python3", "/usr/bin/python3"]

  /// `nil` where no Python with PyTorch is to be had.
  init?(network: NetworkDescription, weights: Checkpoint, images set: ImageSet, folder: URL, threads: Int) throws {
    guard let executable = try PythonProcess.find(importing: "torch", among: Self.candidates) else { return nil }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try weights.serialized().write(to: folder.appendingPathComponent("weights.bin"))
    try JSONEncoder().encode(network).write(to: folder.appendingPathComponent("network.json"))
    let pixels = [Float](unsafeUninitializedCapacity: set.count * ImageSet.pixelsPerImage) { buffer, count in
      set.normalize(rows: 0..<set.count, into: buffer)
      count = buffer.count
    }
    images = folder.appendingPathComponent("images.bin")
    try pixels.withUnsafeBytes { Data($0) }.write(to: images)
    guard let script = Bundle.module.url(forResource: "Peers/torch_forward", withExtension: "py") else { throw CocoaError(.fileNoSuchFile) }
    python = try PythonProcess(executable, [script.path, folder.path, "\(threads)"])
    let hello = try python.ask(["op": "version"], as: Answer.self)
    guard let version = hello.version, let count = hello.threads else { throw PeerError(what: hello.error ?? "PyTorch gave no version") }
    self.version = Version(version: version, threads: count)
  }

  /// Seconds of a forward pass of the images in batches, without gradients, and the logits of the first batch.
  func forward(batchSize: Int) throws -> (seconds: Double, logits: [Float]) {
    let answer = try python.ask(["op": "forward", "images": images.path, "batch": batchSize], as: Answer.self)
    guard let seconds = answer.seconds, let logits = answer.logits else { throw PeerError(what: answer.error ?? "PyTorch gave no time") }
    return (seconds, logits)
  }
}
