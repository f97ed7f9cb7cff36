import ExperimentKit
import Foundation
import Mistique
import MistiqueStorage

/// Activations of the shapes of VGG16's 21 layers (paper section 5): maps cut out of CIFAR10_CNN's, so that they are as sparse and as smooth as maps are.
struct VGG16Bench {
  let storage: StorageBench
  let report: BenchReport
  /// Images: 200 are 240 MB.
  let images: Int

  static let shapes: [(channels: Int, side: Int)] = [
    (64, 32), (64, 32), (64, 16), (128, 16), (128, 16), (128, 8), (256, 8), (256, 8), (256, 8), (256, 4), (512, 4), (512, 4), (512, 4),
    (512, 2), (512, 2), (512, 2), (512, 2), (512, 1), (512, 1), (256, 1), (10, 1),
  ]

  func run() throws {
    let sources = storage.arrays.filter { $0.name != "layer0" && $0.rows >= images }
    let arrays = Self.shapes.enumerated().compactMap { index, shape in
      sources.first { Self.side(of: $0) >= shape.side && Self.isSmallest($0, for: shape.side, among: sources) }
        .map { Self.cut(from: $0, "vgg\(index + 1)", shape, images: images, first: index * 7) }
    }
    let vgg = StorageBench(arrays: arrays, scratch: storage.scratch, repetitions: storage.repetitions, report: report)
    report.say("Logging \(Quantity.bytes(Double(vgg.rawBytes))) of the shapes of VGG16")
    var rates: [Double] = []
    var bytes = 0
    for _ in 0..<max(3, storage.repetitions) {
      let logged = try vgg.log(arrays, options: .init(deduplicates: true, codec: .automatic))
      rates.append(Double(vgg.rawBytes) / logged.seconds / 1e9)
      bytes = logged.commit.fileBytes
    }
    let gzip = try (0..<3).map { try vgg.gzip(third: $0) }
    let gzipRate = Double(gzip.reduce(0) { $0 + $1.raw }) / gzip.reduce(0) { $0 + $1.seconds } / 1e9
    let gzipBytes = gzip.reduce(0) { $0 + $1.stored.reduce(0) { $0 + $1.count } }
    report.record("vgg16", "vgg16.log_gb_per_s", Timings.median(of: rates), unit: "GB/s")
    report.record("vgg16", "vgg16.log_throughput_vs_gzip", Timings.median(of: rates) / gzipRate, unit: "1")
    report.record("vgg16", "vgg16.log_bytes_vs_gzip", Double(bytes) / Double(gzipBytes), unit: "1")
  }

  private static func side(of array: BenchArray) -> Int { if case .maps(_, let height, _) = array.schema { height } else { 0 } }

  private static func isSmallest(_ array: BenchArray, for side: Int, among all: [BenchArray]) -> Bool {
    !all.contains { Self.side(of: $0) >= side && Self.side(of: $0) < Self.side(of: array) }
  }

  /// Channel c is the upper left corner of map c of the source, of another image where the source has no more maps.
  private static func cut(from source: BenchArray, _ name: String, _ shape: (channels: Int, side: Int), images: Int, first: Int)
    -> BenchArray
  {
    guard case .maps(let channels, let height, let width) = source.schema else { preconditionFailure("arrays are of maps") }
    let columns = shape.channels * shape.side * shape.side
    let matrix = FloatMatrix(rows: images, columns: columns) { target in
      source.matrix.withValues { values in
        var place = 0
        for image in 0..<images {
          for channel in 0..<shape.channels {
            let row = (image + first + channel / channels * 31) % source.rows
            let map = row * source.matrix.columns + channel % channels * height * width
            for y in 0..<shape.side {
              for x in 0..<shape.side { target[place + y * shape.side + x] = values[map + y * width + x] }
            }
            place += shape.side * shape.side
          }
        }
      }
    }
    return BenchArray(name: name, schema: .maps(channels: shape.channels, height: shape.side, width: shape.side), matrix: matrix)
  }
}
