import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// CIFAR10_VGG16: the forward pass beside PyTorch's and the processor's peak, and what logging adds to it.
struct NetworkBench {
  let workload: ImageWorkload
  let scratch: URL
  let repetitions: Int
  let report: BenchReport

  private var images: Int { workload.input.images.count }
  private static let batchSize = 64

  func run() throws {
    let model = try workload.model(checkpoint: ImageWorkload.checkpoints - 1)
    try forward(model)
    try logging(model)
  }

  /// Images per second through the logits, in turn with PyTorch on the same weights, images, batches and threads.
  private func forward(_ model: NetworkModel) throws {
    let set = model.input.images
    let network = model.network
    let flops = try network.description.flopsPerImage(through: network.layers.count - 1) * Double(images)
    let last = network.layers.count - 1
    let threads = ComputeThread.shared.threads
    report.say("Forward pass of \(network.description.name), \(images) images, \(threads) threads")
    let torch = try TorchPeer(
      network: network.description, weights: workload.run.final, images: set, folder: scratch.appendingPathComponent("torch"),
      threads: threads)
    var logits: [Float] = []
    var (own, ratios, shares): ([Double], [Double], [Double]) = ([], [], [])
    for repetition in 0...max(3, repetitions) {
      let peak = try MatrixProductPeak.gigaflops()
      let seconds = try Stopwatch.time {
        try network.forward(set, rows: Array(0..<images), wanted: [last]) { positions, _, values in
          if positions.lowerBound == 0 { logits = Array(values) }
        }
      }.seconds
      let other = try torch?.forward(batchSize: Self.batchSize)
      guard repetition > 0 else {
        // The first is not counted; it says whether both compute the same.
        if let other { try Self.compare(logits, other.logits) }
        continue
      }
      own.append(seconds)
      shares.append(flops / seconds / 1e9 / peak)
      if let other { ratios.append(other.seconds / seconds) }
    }
    report.record("network", "vgg16_forward_images_per_s", Double(images) / Timings.median(of: own), unit: "1/s")
    report.record("network", "vgg16_forward_gflops", flops / Timings.median(of: own) / 1e9, unit: "GFLOP/s")
    report.record("network", "vgg16_forward_vs_sgemm_peak", Timings.median(of: shares), unit: "1")
    if let torch {
      report.say("  PyTorch \(torch.version), \(threads) threads")
      report.record("network", "vgg16_forward_vs_pytorch", Timings.median(of: ratios), unit: "1")
    } else {
      report.say("  PyTorch is not installed (apt-get install python3-torch): vgg16_forward_vs_pytorch is not measured")
    }
  }

  /// Whether both have computed the same: as many logits, all of them numbers, and about equal ones.
  static func compare(_ own: [Float], _ other: [Float]) throws {
    let scale = own.reduce(1.0) { max($0, Double(abs($1))) }
    let difference = own.count == other.count && !own.isEmpty ? ValueDifference.greatest(own, other) : .infinity
    guard scale.isFinite, difference <= 1e-4 * scale else {
      throw BenchFailure(
        what: "PyTorch's logits differ from ours by \(difference): the times of two different computations are not compared")
    }
  }

  private static let policies: [(name: String, policy: StoragePolicy)] = [
    ("dedup", .dedup), ("lp", .dedup.quantized(.lp16)), ("8bit", .dedup.quantized(.kbit(8))), ("pool2", .dedup.quantized(.pool(2))),
    ("pools", .dedup.quantized(.poolWholeMap)),
  ]

  /// Logging everything until it is durable, over the forward pass that stores nothing; in turn, so that what disturbs one disturbs the other.
  private func logging(_ model: NetworkModel) throws {
    report.say("Logging \(model.network.description.name), \(images) images")
    var ratios: [String: [Double]] = [:]
    for repetition in 0...max(3, repetitions) {
      for (name, policy) in Self.policies {
        let overhead = try LoggingOverhead(model, named: name, policy: policy, in: scratch.appendingPathComponent("log-\(name)"))
        if repetition > 0 { ratios[name, default: []].append(overhead.ratio) }
      }
    }
    report.record("network", "log_vgg16_peak_memory", Double(try PeakMemory.bytes()), unit: "B")
    for (name, _) in Self.policies {
      report.record("network", "log_vgg16_\(name)_vs_none", Timings.median(of: ratios[name]!), unit: "1")
    }
  }
}
