import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Groundwork
import Mistique

/// Figure 14 of the paper: what 100 columns x 100,000 float32 values take, each compressed by itself and together, as their similarity grows.
enum Fig14ColumnCompression {
  /// Fractions of rows in which any two columns agree.
  static let similarities = [0, 0.25, 0.5, 0.75, 1]
  /// The paper's megabytes (read off the plot, about 2 %): together, by similarity; and one column after the other.
  static let paperTogether = [34.0, 31, 23, 17, 5]
  static let paperSeparately = 35.0

  static let methods = [
    "gzip, each column", "gzip, 8 columns a stream", "gzip, all columns a stream", "STORE_ALL", "DEDUP", "DEDUP + similarity",
  ]

  struct Size {
    let columns: Int
    let rows: Int

    init(_ scale: Scale) {
      (columns, rows) =
        switch scale {
        case .smoke: (20, 5_000)
        case .ci: (100, 10_000)
        case .small, .paper: (100, 100_000)
        }
    }
  }

  static func experiment() -> Experiment {
    Experiment(
      .init(
        name: "fig14-column-compression", aliases: ["fig14"], title: "Bytes of similar columns, compressed apart and together",
        source: "Appendix C.2, figure 14"),
      parameters: ["similarity", "method"],
      costs: [
        .smoke: Cost(seconds: 1, diskBytes: 10_000_000, memoryBytes: 100_000_000),
        .ci: Cost(seconds: 5, diskBytes: 20_000_000, memoryBytes: 200_000_000),
        .small: Cost(seconds: 40, diskBytes: 200_000_000, memoryBytes: 500_000_000),
        .paper: Cost(seconds: 40, diskBytes: 200_000_000, memoryBytes: 500_000_000),
      ],
      outcome: .init(claims: Fig14Claims.all, figures: [Fig14Figure.figure], gates: Fig14Claims.gates, keyFigures: Fig14Claims.keyFigures)
    ) { context in
      let size = Size(context.scale)
      try context.state(
        data: .generated("\(size.columns) columns of \(size.rows) uniform float32 values, seed \(context.seed)", files: []))
      for similarity in similarities {
        try context.checkpointed("similarity \(similarity)") {
          let frame = columns(size, similarity: similarity, seed: context.seed)
          try context.record("rawBytes", size.columns * size.rows * 4, unit: "B", at: ["similarity": similarity, "method": "none"])
          for method in methods {
            try context.checkCancelled()
            let (bytes, seconds) = try Stopwatch.time { try Self.bytes(of: frame, by: method, context) }
            try context.record("storedBytes", bytes, unit: "B", at: ["similarity": similarity, "method": method])
            try context.record("seconds", seconds, unit: "s", at: ["similarity": similarity, "method": method])
          }
        }
      }
    }
  }

  /// Uniform values in 0..<1, as many equal ones among them as the paper's 35 MB of 40 suggest: none. In a fraction of the rows, the same for all
  /// columns, every column has the same value.
  private static func columns(_ size: Size, similarity: Double, seed: UInt64) -> DataFrame {
    var random = SplitMix64(seed: seed)
    let agrees = (0..<size.rows).map { _ in random.uniform() < similarity }
    let common = (0..<size.rows).map { _ in Float(random.uniform()) }
    let columns = (0..<size.columns).map { index in
      let values = (0..<size.rows).map { row -> Float in
        let own = Float(random.uniform())
        return agrees[row] ? common[row] : own
      }
      return ("column \(index)", Column(.float32(values)))
    }
    return DataFrame(rowIDs: .first(size.rows), columns: columns)
  }

  private static func bytes(of frame: DataFrame, by method: String, _ context: RunContext) throws -> Int {
    switch method {
    case "gzip, each column": return try gzip(frame, columnsPerStream: 1)
    case "gzip, 8 columns a stream": return try gzip(frame, columnsPerStream: 8)
    case "gzip, all columns a stream": return try gzip(frame, columnsPerStream: frame.columns.count)
    default:
      let folder = context.scratchDirectory.appendingPathComponent("store")
      try? FileManager.default.removeItem(at: folder)  // of the method before
      let encoding = FloorStore.Encoding(deduplicates: method != "STORE_ALL", groupsSimilarColumns: method == "DEDUP + similarity")
      let store = try FloorStore(logging: frame, encoding, in: folder)
      let read = try store.intermediate(0).frameColumns()
      guard zip(read, frame.columns).allSatisfy({ $0.isIdentical(to: $1) }) else {
        throw ReadDiffersFromRerun(key: method, query: "figure 14")
      }
      try FileManager.default.removeItem(at: folder)
      return store.fileBytes
    }
  }

  /// gzip -6, columns interleaved RowBlock by RowBlock as a Partition would hold them.
  private static func gzip(_ frame: DataFrame, columnsPerStream: Int) throws -> Int {
    try stride(from: 0, to: frame.columns.count, by: columnsPerStream).reduce(0) { sum, first in
      let group = frame.columns[first..<min(first + columnsPerStream, frame.columns.count)]
      var stream: [Float] = []
      for start in stride(from: 0, to: frame.rowCount, by: 1000) {
        for column in group {
          guard case .float32(let values) = column.values else { continue }
          stream += values[start..<min(start + 1000, values.count)]
        }
      }
      return sum + (try stream.withUnsafeBytes { try ReferenceGzip.compress($0) }).count
    }
  }
}
