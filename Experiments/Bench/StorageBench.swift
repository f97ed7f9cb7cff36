import ExperimentKit
import Foundation

/// The storage floor by itself: arrays in memory to durable partitions and back, beside gzip and memcpy on the same bytes.
struct StorageBench {
  let arrays: [LayerArray]
  let scratch: URL
  let repetitions: Int
  let report: BenchReport

  var rawBytes: Int { arrays.reduce(0) { $0 + $1.rawBytes } }

  /// A new store with all arrays, or some; it replaces that of the last call.
  func log(
    _ arrays: [LayerArray]? = nil, _ encoding: FloorStore.Encoding = .init(), _ layout: FloorStore.Layout = .init()
  ) throws -> FloorStore {
    let folder = scratch.appendingPathComponent("store")
    try? FileManager.default.removeItem(at: folder)  // the repetition before this one
    return try FloorStore(logging: arrays ?? self.arrays, encoding, layout, in: folder)
  }

  /// gzip -6 of a third of every array's rows: as fast as it gets, in memory, one stream per array.
  func gzip(third: Int) throws -> (raw: Int, stored: [[UInt8]], seconds: Double) {
    var raw = 0
    var stored: [[UInt8]] = []
    let watch = Stopwatch()
    for array in arrays {
      let rows = array.rows * third / 3..<array.rows * (third + 1) / 3
      let bytes = rows.lowerBound * array.matrix.columns * 4..<rows.upperBound * array.matrix.columns * 4
      raw += bytes.count
      stored.append(
        try array.matrix.withValues { try ReferenceGzip.compress(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0)[bytes])) })
    }
    return (raw, stored, watch.seconds)
  }

  /// Returns raw to stored bytes.
  func run() throws -> Double {
    report.say("Logging \(Quantity.bytes(Double(rawBytes))) of activations, full precision")
    var ratios: [Double] = []
    var rates: [Double] = []
    var (gzipBytes, gunzipRates): (Int, [Double]) = (0, [])
    // Once uncounted: memory that the process has never used is cleared by the kernel first, for whoever touches it.
    var logged: FloorStore? = try log()
    for repetition in 0..<max(3, repetitions) {
      let run = try log()
      rates.append(Double(rawBytes) / run.seconds / 1e9)
      logged = run
      guard repetition < 3 else { continue }
      let gzip = try gzip(third: repetition)
      let rate = Double(gzip.raw) / gzip.seconds / 1e9
      ratios.append(rates.last! / rate)
      gzipBytes += gzip.stored.reduce(0) { $0 + $1.count }
      let gunzip = try Stopwatch.time { try gzip.stored.map { try ReferenceGzip.decompress($0) }.reduce(0, +) }
      guard gunzip.result == gzip.raw else { throw BenchFailure(what: "gunzip gave \(gunzip.result) bytes of \(gzip.raw)") }
      gunzipRates.append(Double(gzip.raw) / gunzip.seconds / 1e9)
    }
    let (store, bytes) = (logged!, logged!.fileBytes)
    report.record("log", "log_gb_per_s", Timings.median(of: rates), unit: "GB/s")
    report.record("log", "log_throughput_vs_gzip", Timings.median(of: ratios), unit: "1")
    report.record("log", "log_bytes_vs_gzip", Double(bytes) / Double(gzipBytes), unit: "1")
    report.record("log", "log_bytes", Double(bytes), unit: "B")
    report.record("log", "log_raw_bytes", Double(rawBytes), unit: "B")
    try read(store, gunzip: Timings.median(of: gunzipRates))
    return Double(rawBytes) / Double(bytes)
  }

  private func read(_ logged: FloorStore, gunzip: Double) throws {
    var (layerRates, copyRates): ([Double], [Double]) = ([], [])
    for (index, array) in arrays.enumerated() where array.rawBytes > 1 << 20 {
      let stored = try logged.intermediate(index)
      let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: array.rows * array.matrix.columns)
      defer { target.deallocate() }
      target.initialize(repeating: 0)
      let columns = [0..<array.matrix.columns]
      let reading = try measure(repetitions: repetitions) { try stored.read(columns, into: target) }
      guard array.matrix.withValues({ memcmp($0.baseAddress!, target.baseAddress!, array.rawBytes) == 0 }) else {
        throw BenchFailure(what: "\(array.name) came back changed: this is a defect of the store")
      }
      let copying = measure(repetitions: repetitions) {
        array.matrix.withValues { _ = memcpy(target.baseAddress!, $0.baseAddress!, array.rawBytes) }
      }
      layerRates.append(Double(array.rawBytes) / reading.median / 1e9)
      copyRates.append(Double(array.rawBytes) / copying.median / 1e9)
      report.say("  \(array.name): read \(Quantity.plain(layerRates.last!)) GB/s, memcpy \(Quantity.plain(copyRates.last!)) GB/s")
    }
    let (layer, copy) = (Timings.median(of: layerRates), Timings.median(of: copyRates))
    report.record("read", "read_layer_gb_per_s", layer, unit: "GB/s")
    report.record("read", "read_layer_vs_gunzip", layer / gunzip, unit: "1")
    report.record("read", "read_layer_vs_memcpy", layer / copy, unit: "1")
  }
}
