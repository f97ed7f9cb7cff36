import ExperimentKit
import Foundation
import Mistique

/// An exact copy that can be read within a bound, beside one in full precision: bytes, logging, and reading either rung.
///
/// The base errs by at most a fifth of the layer's root mean square. Layers of less than a megabyte are stored and not timed.
struct LadderBench {
  let storage: StorageBench
  let report: BenchReport

  private static let scheme = QuantizationScheme.ladder(.relative(0.2))
  /// Layers smaller than this are read in less time than a clock tells well.
  private static let timedBytes = 1 << 20

  func run() throws {
    var (fullRates, ladderRates): ([Double], [Double]) = ([], [])
    var (full, ladder) = (try storage.log(), try storage.log(nil, .init(scheme: Self.scheme)))
    let (fullBytes, ladderBytes) = (full.fileBytes, ladder.fileBytes)
    for _ in 0..<max(3, storage.repetitions) {
      fullRates.append(Double(storage.rawBytes) / (try storage.log()).seconds)
      ladderRates.append(Double(storage.rawBytes) / (try storage.log(nil, .init(scheme: Self.scheme))).seconds)
    }
    report.record("ladder", "ladder_bytes", Double(ladderBytes), unit: "B")
    report.record("ladder", "ladder_overhead_bytes", Double(ladderBytes) / Double(fullBytes), unit: "1")
    report.record("ladder", "ladder_log_vs_full", Timings.median(of: ladderRates) / Timings.median(of: fullRates), unit: "1")
    var (exact, values, codes, copies): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    var (baseBytes, wholeBytes) = (0, 0)
    for array in storage.arrays where array.rawBytes > Self.timedBytes {
      full = try storage.log([array])
      let whole = try seconds(array, of: try full.intermediate(0))
      ladder = try storage.log([array], .init(scheme: Self.scheme))
      let rungs = try ladder.intermediate(0)
      let read = try readings(array, rungs)
      exact.append(whole / read.exact)
      values.append(whole / read.values)
      if read.codes.isFinite { codes.append(whole / read.codes) }
      copies.append(read.copy / read.values)
      (baseBytes, wholeBytes) = (baseBytes + read.baseBytes, wholeBytes + read.wholeBytes)
      report.record("ladder", "\(array.name).base_vs_full", values.last!, unit: "1")
    }
    guard !values.isEmpty else { return report.say("No layer has a megabyte: reading a ladder is not measured") }
    report.record("ladder", "ladder_base_bytes_vs_all", Double(baseBytes) / Double(wholeBytes), unit: "1")
    report.record("ladder", "ladder_exact_read_vs_full", Timings.median(of: exact), unit: "1")
    report.record("ladder", "ladder_base_read_vs_full", Timings.median(of: values), unit: "1")
    report.record("ladder", "ladder_base_codes_vs_full", Timings.median(of: codes), unit: "1")
    // Of reading the base as values, what writing the answer alone would take.
    report.record("ladder", "ladder_base_read_memcpy_share", Timings.median(of: copies), unit: "1")
  }

  private func seconds(_ array: LayerArray, of stored: FloorIntermediate) throws -> Double {
    let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: array.rows * array.matrix.columns)
    defer { target.deallocate() }
    target.initialize(repeating: 0)
    return try measure(repetitions: max(9, storage.repetitions)) { try stored.read([0..<array.matrix.columns], into: target) }.median
  }

  private struct Readings {
    var (exact, values, codes, copy) = (0.0, 0.0, 0.0, 0.0)
    var (baseBytes, wholeBytes) = (0, 0)
  }

  private func readings(_ array: LayerArray, _ stored: FloorIntermediate) throws -> Readings {
    let count = array.rows * array.matrix.columns
    let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    let codes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
    defer {
      target.deallocate()
      codes.deallocate()
    }
    target.initialize(repeating: 0)
    codes.initialize(repeating: 0)
    var result = Readings()
    let repetitions = max(9, storage.repetitions)
    result.wholeBytes = try stored.read([0..<array.matrix.columns], into: target).bytes
    guard array.matrix.withValues({ memcmp($0.baseAddress!, target.baseAddress!, array.rawBytes) == 0 }) else {
      throw BenchFailure(what: "\(array.name) came back changed: this is a defect of the store")
    }
    result.exact = try measure(repetitions: repetitions) { try stored.read([0..<array.matrix.columns], into: target) }.median
    result.values = try measure(repetitions: repetitions) { result.baseBytes = try stored.readBase(into: target).bytes }.median
    do {
      result.codes = try measure(repetitions: repetitions) { try stored.readBaseCodes(into: codes) }.median
    } catch let error as StoreError where error.code == .invalid {
      report.say("  \(array.name) has frames in one piece, which have no codes")
      result.codes = .nan
    }
    result.copy =
      measure(repetitions: repetitions) {
        array.matrix.withValues { _ = memcpy(target.baseAddress!, $0.baseAddress!, array.rawBytes) }
      }.median
    return result
  }
}
