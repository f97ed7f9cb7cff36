import ExperimentKit
import Foundation
import MistiqueStorage

/// What the quantizers cost and save, and what a point and a column of a layer of 50 RowBlocks touch.
struct SchemesBench {
  let storage: StorageBench
  let report: BenchReport

  private static let schemes: [(name: String, scheme: QuantizationScheme)] = [
    ("full", .none), ("lp16", .lp16), ("8bit", .kbit(8)), ("3bit", .kbit(3)), ("threshold", .threshold()), ("pool2", .pool(2)),
    ("pools", .poolWholeMap), ("pool2_8bit", .pool(2).then(.kbit(8))),
  ]

  func run() throws {
    var readSeconds: [String: Double] = [:]
    for (name, scheme) in Self.schemes {
      let logged = try storage.log(storage.arrays, options: .init(deduplicates: true, codec: .automatic, scheme: scheme))
      report.record("schemes", "\(name).log_gb_per_s", Double(storage.rawBytes) / logged.seconds / 1e9, unit: "GB/s")
      report.record("schemes", "\(name).bytes", Double(logged.commit.fileBytes), unit: "B")
      readSeconds[name] = try readAll(logged)
      report.record("schemes", "\(name).read_seconds", readSeconds[name]!, unit: "s")
    }
    for (name, _) in Self.schemes where name != "full" {
      report.record("schemes", "read_\(name)_vs_full", readSeconds["full"]! / readSeconds[name]!, unit: "1")
    }
    try touched()
  }

  /// Every layer into memory that is there already: the median of repetitions of all of them.
  private func readAll(_ logged: StorageBench.Logged) throws -> Double {
    let manifests = try storage.arrays.indices.map { try logged.manifest($0) }
    let largest = manifests.map { $0.rows * $0.schema.columnCount }.max() ?? 0
    let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: largest)
    defer { target.deallocate() }
    target.initialize(repeating: 0)
    return try measure(repetitions: storage.repetitions) {
      for manifest in manifests {
        let columns = manifest.schema.columnCount
        try logged.store.readMaps(
          manifest, columns: [0..<columns], rows: .all, into: UnsafeMutableBufferPointer(rebasing: target[..<(manifest.rows * columns)]),
          counters: ReadCounters())
      }
    }.median
  }

  /// Exact, whatever the machine: frames and bytes of one map of one image, and of one neuron's column, out of 50 RowBlocks.
  private func touched() throws {
    guard let array = storage.arrays.first(where: { $0.name == "layer6" }), array.rows >= 50 else { return }
    var options = DataStore.Options()
    options.rowsPerBlock = array.rows / 50
    let logged = try storage.log([array], options: .init(deduplicates: true, codec: .automatic), store: options)
    let manifest = try logged.manifest(0)
    func counters(_ columns: Range<Int>, _ rows: RowSelection) throws -> ReadCounters {
      let counters = ReadCounters()
      _ = try FloatMatrix(rows: rows.count(of: array.rows), columns: columns.count) {
        try logged.store.readMaps(manifest, columns: [columns], rows: rows, into: $0, counters: counters)
      }
      return counters
    }
    let all = try counters(0..<array.matrix.columns, .all)
    let point = try counters(35 * 64..<36 * 64, .positions([array.rows / 3]))
    let column = try counters(35 * 64..<35 * 64 + 1, .all)
    for (name, counters) in [("layer", all), ("point", point), ("column", column)] {
      report.record("touched", "\(name)_frames", Double(counters.framesDecoded), unit: "frames")
      report.record("touched", "\(name)_bytes_read", Double(counters.bytesRead), unit: "B")
    }
  }
}
