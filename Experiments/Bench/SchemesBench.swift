import ExperimentKit
import Foundation
import Mistique

/// What the quantizers cost and save, and what a point and a column of a layer of 50 RowBlocks touch.
struct SchemesBench {
  let storage: StorageBench
  let report: BenchReport

  private static let schemes: [(name: String, scheme: QuantizationScheme)] = [
    ("full", .none), ("lp16", .lp16), ("8bit", .kbit(8)), ("3bit", .kbit(3)), ("threshold", .threshold()), ("pool2", .pool(2)),
    ("pools", .poolWholeMap), ("pool2_8bit", .pool(2).then(.kbit(8))), ("bound", .bound(.relative(0.2))),
  ]

  func run() throws {
    var readSeconds: [String: Double] = [:]
    for (name, scheme) in Self.schemes {
      let logged = try storage.log(nil, .init(scheme: scheme))
      report.record("schemes", "\(name).log_gb_per_s", Double(storage.rawBytes) / logged.seconds / 1e9, unit: "GB/s")
      report.record("schemes", "\(name).bytes", Double(logged.fileBytes), unit: "B")
      readSeconds[name] = try readAll(logged)
      report.record("schemes", "\(name).read_seconds", readSeconds[name]!, unit: "s")
    }
    for (name, _) in Self.schemes where name != "full" {
      report.record("schemes", "read_\(name)_vs_full", readSeconds["full"]! / readSeconds[name]!, unit: "1")
    }
    try touched()
  }

  /// Every layer into memory that is there already: the median of repetitions of all of them.
  private func readAll(_ logged: FloorStore) throws -> Double {
    let stored = try storage.arrays.indices.map { try logged.intermediate($0) }
    let largest = stored.map { $0.rows * $0.columnCount }.max() ?? 0
    let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: largest)
    defer { target.deallocate() }
    target.initialize(repeating: 0)
    return try measure(repetitions: storage.repetitions) {
      for layer in stored {
        try layer.read([0..<layer.columnCount], into: UnsafeMutableBufferPointer(rebasing: target[..<(layer.rows * layer.columnCount)]))
      }
    }.median
  }

  /// Exact, whatever the machine: frames and bytes of one map of one image, and of one neuron's column, out of 50 RowBlocks.
  private func touched() throws {
    // The last maps of CIFAR10_CNN, after pooling.
    guard let array = storage.arrays.first(where: { $0.name == "layer11" }), array.rows >= 50 else { return }
    guard case .maps(_, let height, let width) = array.schema else { return }
    let stored = try storage.log([array], .init(), .init(rowsPerBlock: array.rows / 50)).intermediate(0)
    func touched(_ columns: Range<Int>, _ rows: [Int]? = nil) throws -> FloorIntermediate.Touched {
      let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: (rows?.count ?? array.rows) * columns.count)
      defer { target.deallocate() }
      return try stored.read([columns], rows: rows, into: target)
    }
    let all = try touched(0..<array.matrix.columns)
    let map = 35 * height * width..<36 * height * width
    let point = try touched(map, [array.rows / 3])
    let column = try touched(map.lowerBound..<map.lowerBound + 1)
    for (name, touched) in [("layer", all), ("point", point), ("column", column)] {
      report.record("touched", "\(name)_frames", Double(touched.frames), unit: "frames")
      report.record("touched", "\(name)_bytes_read", Double(touched.bytes), unit: "B")
    }
  }
}
