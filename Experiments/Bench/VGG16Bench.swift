import ExperimentKit
import Foundation

/// Storing the activations of CIFAR10_VGG16's layers, beside gzip on the same bytes.
struct VGG16Bench {
  /// Of the layers' activations for some images: 200 are 250 MB.
  let storage: StorageBench

  func run() throws {
    let report = storage.report
    report.say("Logging \(Quantity.bytes(Double(storage.rawBytes))) of activations of VGG16")
    var rates: [Double] = []
    var bytes = 0
    for _ in 0..<max(3, storage.repetitions) {
      let logged = try storage.log()
      rates.append(Double(storage.rawBytes) / logged.seconds / 1e9)
      bytes = logged.fileBytes
    }
    let gzip = try (0..<3).map { try storage.gzip(third: $0) }
    let gzipRate = Double(gzip.reduce(0) { $0 + $1.raw }) / gzip.reduce(0) { $0 + $1.seconds } / 1e9
    let gzipBytes = gzip.reduce(0) { $0 + $1.stored.reduce(0) { $0 + $1.count } }
    report.record("vgg16", "vgg16.log_gb_per_s", Timings.median(of: rates), unit: "GB/s")
    report.record("vgg16", "vgg16.log_throughput_vs_gzip", Timings.median(of: rates) / gzipRate, unit: "1")
    report.record("vgg16", "vgg16.log_bytes_vs_gzip", Double(bytes) / Double(gzipBytes), unit: "1")
  }
}
