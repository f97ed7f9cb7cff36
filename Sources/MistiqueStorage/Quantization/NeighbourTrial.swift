import CStorageKernels

/// Which bound keeps a share of nearest neighbours.
///
/// Of up to 25 rows the nearest up to 50 others (a tenth of the rows, where there are fewer) are found twice, exactly and as the base would give them, by at most 2,048
/// columns spread over all. The share is that of the neighbours found both times.
struct NeighbourTrial: BoundTrial {
  private static let queries = 25
  private static let neighbours = 50
  private static let columns = 2048
  /// With fewer rows a tenth of them is no neighbour.
  private static let fewestRows = 10

  let sample: TrialSample
  private let share: Double
  private let queries: [Int]
  private let neighbours: Int
  private let exact: [Set<Int>]

  /// - Parameters:
  ///   - values: row-major rows x columns.
  ///   - share: what is asked for.
  init(_ values: UnsafePointer<Float>, rows: Int, columns: Int, share: Double) {
    sample = TrialSample(values, rows: rows, columns: columns, atMost: (rows, Self.columns))
    self.share = share
    queries = TrialSample.places(rows, Self.queries)
    neighbours = min(Self.neighbours, rows / 10)
    let (sample, neighbours) = (sample, neighbours)
    // Where all values are zero every row is as near.
    guard rows >= Self.fewestRows, sample.largest > 0 else {
      exact = []
      return
    }
    exact = queries.map { Self.nearest(neighbours, to: $0, in: sample.values, sample) }
  }

  var tells: Bool { !exact.isEmpty }

  func measured(_ rounded: [Float]) -> Double {
    zip(queries, exact).reduce(0) { sum, query in
      sum + Double(query.1.intersection(Self.nearest(neighbours, to: query.0, in: rounded, sample)).count) / Double(neighbours)
    } / Double(queries.count)
  }

  func isEnough(_ measured: Double) -> Bool { measured >= share }

  /// The rows nearest to `row`, itself left out; of equal distances the earlier ones.
  private static func nearest(_ count: Int, to row: Int, in values: [Float], _ sample: TrialSample) -> Set<Int> {
    let distances = [Double](unsafeUninitializedCapacity: sample.rows) { target, written in
      values.withUnsafeBufferPointer {
        mistique_ladder_distances($0.baseAddress, sample.rows, sample.width, $0.baseAddress! + row * sample.width, target.baseAddress)
      }
      written = sample.rows
    }
    let others = (0..<sample.rows).filter { $0 != row }
    return Set(others.sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(count))
  }
}
