import ConvolutionalNetworks
import Foundation

/// `torch_forward.py`: PyTorch running the same network on the same weights, to be timed in turn with ours.
struct TorchPeer {
  /// A forward pass of all images.
  struct Pass: Decodable {
    let seconds: Double
    /// Of the first batch.
    let logits: [Float]
  }

  private let worker: PythonWorker
  private let images: URL
  /// Of PyTorch.
  let version: String

  /// `nil` where no Python with PyTorch is to be had.
  static func python() throws -> URL? { try PythonWorker.find(importing: "torch") }

  /// `nil` as `python()`.
  init?(network: NetworkDescription, weights: Checkpoint, images set: ImageSet, folder: URL, threads: Int) throws {
    guard let executable = try Self.python() else { return nil }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try weights.serialized().write(to: folder.appendingPathComponent("weights.bin"))
    try JSONEncoder().encode(network).write(to: folder.appendingPathComponent("network.json"))
    let pixels = [Float](unsafeUninitializedCapacity: set.count * ImageSet.pixelsPerImage) { buffer, count in
      set.normalize(rows: 0..<set.count, into: buffer)
      count = buffer.count
    }
    images = folder.appendingPathComponent("images.bin")
    try pixels.withUnsafeBytes { Data($0) }.write(to: images)
    worker = try PythonWorker(executable, script: "torch_forward", arguments: [folder.path, "\(threads)"])
    guard let version = try worker.versions()["torch"] else { throw PythonError("PyTorch gave no version") }
    self.version = version
  }

  /// Runs the images in batches through the logits, without gradients.
  func forward(batchSize: Int) throws -> Pass {
    try worker.ask("forward", ["images": images.path, "batch": batchSize], as: Pass.self)
  }
}
