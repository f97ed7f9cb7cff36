import Dispatch
import ExperimentKit
import Foundation
import Mistique

/// Reading each layer of a network whole, in full precision and as codes of 8 bits, beside the time that memory traffic alone takes.
///
/// Warm: the stores are in the page cache, and the answer lies in memory that was used before. The two are read in turn, so that what else the machine
/// does disturbs both.
struct LayerReadsBench {
  let workload: ImageWorkload
  let scratch: URL
  let repetitions: Int
  let report: BenchReport

  func run() throws {
    let network = workload.network.rawValue
    report.say("Reading the layers of \(network) for \(workload.input.images.count) images in full precision and as codes of 8 bits")
    let copy = copyBytesPerSecond()
    report.record("reads", "\(network).copy_gb_per_s", copy / 1e9, unit: "GB/s")
    var ratios: [Double] = []
    try LayerArray.forEachLayer(of: workload) { array in ratios.append(try ratio(array, copyBytesPerSecond: copy)) }
    report.record("reads", "\(network).read_8bit_vs_full_least", ratios.min() ?? .nan, unit: "1")
    report.record("reads", "\(network).read_8bit_vs_full_median", Timings.median(of: ratios), unit: "1")
  }

  /// How many times as long as the codes full precision takes to read.
  private func ratio(_ array: LayerArray, copyBytesPerSecond copy: Double) throws -> Double {
    let full = try store(array, .none, in: "full")
    let codes = try store(array, .kbit(8), in: "8bit")
    let columns = [0..<array.matrix.columns]
    var (fullSeconds, codesSeconds): ([Double], [Double]) = ([], [])
    var touched: FloorIntermediate.Touched?
    // The memory of an answer, as queries have it.
    _ = try FloatMatrix(rows: array.rows, columns: array.matrix.columns) { target in
      // Uncounted: it opens files and takes memory from the kernel.
      try full.read(columns, into: target)
      touched = try codes.read(columns, into: target)
      // Small layers take microseconds: as many repetitions as come to 256 MB.
      for _ in 0..<max(repetitions, 9, min(500, (256 << 20) / max(1, array.rawBytes))) {
        fullSeconds.append(try Stopwatch.time { try full.read(columns, into: target) }.seconds)
        codesSeconds.append(try Stopwatch.time { try codes.read(columns, into: target) }.seconds)
      }
    }
    let (slow, fast) = (Timings.median(of: fullSeconds), Timings.median(of: codesSeconds))
    let name = "\(workload.network.rawValue).\(array.name)"
    report.record("reads", "\(name).full_seconds", slow, unit: "s")
    report.record("reads", "\(name).8bit_seconds", fast, unit: "s")
    report.record("reads", "\(name).8bit_traffic_seconds", Double(touched!.bytes + array.rawBytes) / copy, unit: "s")
    report.record("reads", "\(name).read_8bit_vs_full", slow / fast, unit: "1")
    return slow / fast
  }

  private func store(_ array: LayerArray, _ scheme: QuantizationScheme, in name: String) throws -> FloorIntermediate {
    let folder = scratch.appendingPathComponent("reads-\(name)")
    try? FileManager.default.removeItem(at: folder)  // the layer before this one
    let store = try FloorStore(logging: [array], .init(scheme: scheme), in: folder)
    try store.openPartitions()
    return try store.intermediate(0)
  }

  /// What all cores copy together, read and written bytes both counted, in memory larger than the processor's caches.
  private func copyBytesPerSecond() -> Double {
    let (cores, bytes) = (ProcessInfo.processInfo.activeProcessorCount, 256 << 20)
    let from = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
    let to = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
    defer {
      from.deallocate()
      to.deallocate()
    }
    memset(from.baseAddress!, 1, bytes)
    memset(to.baseAddress!, 2, bytes)
    let (source, target) = (CopiedMemory(start: from.baseAddress!), CopiedMemory(start: to.baseAddress!))
    let part = bytes / cores
    let copying = measure(repetitions: max(9, repetitions)) {
      DispatchQueue.concurrentPerform(iterations: cores) { memcpy(target.start + $0 * part, source.start + $0 * part, part) }
    }
    return Double(2 * part * cores) / copying.median
  }
}

/// Memory that several threads copy disjoint parts of.
private struct CopiedMemory: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
}
