import Diagnosis
import ExperimentKit
import Foundation
import Mistique

/// BOUND_QT beside 8BIT at equal neighbours kept: the widest bound that keeps as many of the 50 nearest neighbours as 8BIT does, layer by layer.
struct BoundBench {
  let storage: StorageBench
  let report: BenchReport

  /// In root mean squares of the layer, widest first, about a seventh apart.
  private static let bounds = [
    0.5, 0.42, 0.35, 0.3, 0.25, 0.21, 0.175, 0.15, 0.125, 0.1, 0.085, 0.07, 0.06, 0.05, 0.035, 0.025, 0.0175, 0.0125,
  ]
  private static let neighbours = 50
  private static let queries = 100

  func run() throws {
    var (bounded, coded) = (0, 0)
    for array in storage.arrays where array.rows > Self.neighbours {
      let rows = stride(from: 0, to: array.rows, by: max(1, array.rows / Self.queries)).map { $0 }
      let exact = array.matrix.withValues { nearest(rows, $0, columns: array.matrix.columns) }
      let eightBit = try kept(array, .kbit(8), rows, exact)
      report.record("bound", "\(array.name).8bit_bits_per_value", bits(eightBit.bytes, array), unit: "bit")
      report.record("bound", "\(array.name).8bit_kept", eightBit.share, unit: "1")
      for bound in Self.bounds {
        let found = try kept(array, .bound(.relative(bound)), rows, exact)
        guard found.share >= eightBit.share || bound == Self.bounds.last else { continue }
        report.record("bound", "\(array.name).bound", bound, unit: "rms")
        report.record("bound", "\(array.name).bound_bits_per_value", bits(found.bytes, array), unit: "bit")
        report.record("bound", "\(array.name).bound_kept", found.share, unit: "1")
        (bounded, coded) = (bounded + found.bytes, coded + eightBit.bytes)
        break
      }
    }
    guard coded > 0 else { return report.say("No layer has more than \(Self.neighbours) rows: bound_vs_8bit_bytes is not measured") }
    report.record("bound", "bound_vs_8bit_bytes", Double(bounded) / Double(coded), unit: "1")
  }

  private func bits(_ bytes: Int, _ array: LayerArray) -> Double { Double(bytes) * 32 / Double(array.rawBytes) }

  /// Bytes of the layer under a scheme, and the share of neighbours that stay.
  private func kept(
    _ array: LayerArray, _ scheme: QuantizationScheme, _ rows: [Int], _ exact: [[Neighbour]]
  ) throws -> (bytes: Int, share: Double) {
    let logged = try storage.log([array], .init(scheme: scheme))
    let matrix = try FloatMatrix(rows: array.rows, columns: array.matrix.columns) {
      try logged.intermediate(0).read([0..<array.matrix.columns], into: $0)
    }
    let found = matrix.withValues { nearest(rows, $0, columns: array.matrix.columns) }
    let overlaps = zip(exact, found).map { NearestNeighbours.overlap($0, $1) }
    return (logged.fileBytes, overlaps.reduce(0, +) / Double(max(1, overlaps.count)))
  }

  private func nearest(_ rows: [Int], _ values: UnsafeBufferPointer<Float>, columns: Int) -> [[Neighbour]] {
    NearestNeighbours.of(rows: rows, in: MatrixView(values, columns: columns), count: Self.neighbours)
  }
}
