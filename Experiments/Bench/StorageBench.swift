import CZlib
import ExperimentKit
import Foundation
import Mistique
import MistiqueStorage

/// The storage floor by itself: arrays in memory to durable partitions and back, beside gzip and memcpy on the same bytes.
struct StorageBench {
  let arrays: [BenchArray]
  let scratch: URL
  let repetitions: Int
  let report: BenchReport

  var rawBytes: Int { arrays.reduce(0) { $0 + $1.rawBytes } }

  /// A store made by logging `arrays` the way a network does: batch after batch, every layer of a batch.
  struct Logged {
    let store: DataStore
    let commit: StoreCommit
    let seconds: Double

    func manifest(_ index: Int) throws -> IntermediateManifest { try store.manifest(commit.intermediates[index]) }
  }

  func log(_ arrays: [BenchArray], options: StoreWriter.Options, store storeOptions: DataStore.Options = .init()) throws -> Logged {
    let folder = scratch.appendingPathComponent("store")
    try? FileManager.default.removeItem(at: folder)  // the repetition before this one
    let store = try DataStore(directory: folder.path, options: storeOptions)
    let watch = Stopwatch()
    let writer = try StoreWriter(store: store, committed: { [:] })
    let targets = arrays.map { MapWriter($0.schema, to: ChunkSink(writer, options: options, group: $0.name)) }
    let rows = arrays.map(\.rows).max() ?? 0
    for start in stride(from: 0, to: rows, by: Self.batch) {
      for (array, target) in zip(arrays, targets) where start < array.rows {
        let range = start..<min(start + Self.batch, array.rows)
        try array.matrix.withValues { values in
          let width = array.matrix.columns
          let piece = UnsafeBufferPointer(rebasing: values[range.lowerBound * width..<range.upperBound * width])
          try target.append(piece, rowIDs: .range(Int64(range.lowerBound)..<Int64(range.upperBound)))
        }
      }
    }
    let commit = try writer.commit(try targets.map { try $0.finish() }, blobs: []) { _, _ in [] }
    return Logged(store: store, commit: commit, seconds: watch.seconds)
  }

  private static let batch = 64

  /// gzip -6 of a third of every array's rows: as fast as it gets, in memory, one stream an array.
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
    var logged: Logged? = try log(arrays, options: .init(deduplicates: true, codec: .automatic))
    for repetition in 0..<max(3, repetitions) {
      let run = try log(arrays, options: .init(deduplicates: true, codec: .automatic))
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
    let (store, bytes) = (logged!, logged!.commit.fileBytes)
    report.record("log", "log_gb_per_s", Timings.median(of: rates), unit: "GB/s")
    report.record("log", "log_throughput_vs_gzip", Timings.median(of: ratios), unit: "1")
    report.record("log", "log_bytes_vs_gzip", Double(bytes) / Double(gzipBytes), unit: "1")
    report.record("log", "log_bytes", Double(bytes), unit: "B")
    report.record("log", "log_raw_bytes", Double(rawBytes), unit: "B")
    try read(store, gunzip: Timings.median(of: gunzipRates))
    return Double(rawBytes) / Double(bytes)
  }

  private func read(_ logged: Logged, gunzip: Double) throws {
    var (layerRates, copyRates): ([Double], [Double]) = ([], [])
    for (index, array) in arrays.enumerated() where array.rawBytes > 1 << 20 {
      let manifest = try logged.manifest(index)
      let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: array.rows * array.matrix.columns)
      defer { target.deallocate() }
      target.initialize(repeating: 0)
      let columns = [0..<array.matrix.columns]
      func read() throws {
        try logged.store.readMaps(manifest, columns: columns, rows: .all, into: target, counters: ReadCounters())
      }
      let reading = try measure(repetitions: repetitions, read)
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

/// gzip as a user would have it: level 6, one stream.
enum ReferenceGzip {
  static func compress(_ input: UnsafeRawBufferPointer) throws -> [UInt8] {
    var stream = z_stream()
    guard deflateInit2_(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw CocoaError(.fileWriteUnknown)
    }
    defer { deflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(input.count))))
    let size = try output.withUnsafeMutableBytes { target in
      stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(input.count)
      stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.avail_out = UInt32(target.count)
      guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { throw CocoaError(.fileWriteUnknown) }
      return Int(stream.total_out)
    }
    return Array(output[..<size])
  }

  /// Decompresses piece by piece into one small buffer, as fast as gunzip can; returns how many bytes there were.
  static func decompress(_ input: [UInt8]) throws -> Int {
    var stream = z_stream()
    guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { throw CocoaError(.fileReadUnknown) }
    defer { inflateEnd(&stream) }
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    return try input.withUnsafeBytes { source in
      stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(source.count)
      while true {
        let status = piece.withUnsafeMutableBytes { target in
          stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
          stream.avail_out = UInt32(target.count)
          return inflate(&stream, Z_NO_FLUSH)
        }
        if status == Z_STREAM_END { return Int(stream.total_out) }
        guard status == Z_OK else { throw CocoaError(.fileReadCorruptFile) }
      }
    }
  }
}
