import CStorageKernels

extension QuantizationScheme {
  /// What a bound that was chosen by the neighbours it keeps was found to keep.
  public struct KeptNeighbours: Sendable, Hashable, Codable {
    /// The share that was asked for.
    public let asked: Double
    /// The share that stayed nearest among the rows that were looked at; not a number where there were too few to tell.
    public let measured: Double?
  }
}

/// Chooses the widest bound that keeps a share of nearest neighbours, by trying bounds on some rows.
///
/// Of up to 25 rows the nearest up to 50 others (a tenth of the rows, where there are fewer) are found twice, exactly and as the base would give them, by at most 2,048
/// columns at a fixed stride. The share is that of the neighbours found both times. Rows of later RowBlocks are not looked at: the bound is a number from then on.
///
/// All sums are added in one order, whatever the processor: equal rows have equal bounds.
struct NeighbourTrial {
  /// In root mean squares, widest first, about a seventh apart.
  static let bounds = [
    0.5, 0.42, 0.35, 0.3, 0.25, 0.21, 0.175, 0.15, 0.125, 0.1, 0.085, 0.07, 0.06, 0.05, 0.035, 0.025, 0.0175, 0.0125,
  ]
  /// Where nothing tells.
  static let narrowest = bounds[bounds.count - 1]
  private static let queries = 25
  private static let neighbours = 50
  private static let columns = 2048
  /// With fewer rows a tenth of them is no neighbour.
  private static let fewestRows = 10

  private let rows: Int
  private let width: Int
  private let values: [Float]
  private let queries: [Int]
  private let neighbours: Int

  /// - Parameter sample: row-major rows x columns; what is not finite counts as zero.
  init(_ sample: UnsafePointer<Float>, rows: Int, columns: Int) {
    self.rows = rows
    let step = max(1, columns / Self.columns)
    let places = Array(stride(from: 0, to: columns, by: step).prefix(Self.columns))
    width = places.count
    var values: [Float] = []
    values.reserveCapacity(rows * places.count)
    for row in 0..<rows {
      for place in places {
        let value = sample[row * columns + place]
        values.append(value.isFinite ? value : 0)
      }
    }
    self.values = values
    queries = Array(stride(from: 0, to: rows, by: max(1, rows / Self.queries)).prefix(Self.queries))
    neighbours = min(Self.neighbours, rows / 10)
  }

  /// The widest bound that keeps `share`, and what it keeps; the narrowest when none does, and when there are too few rows to tell.
  func widest(keeping share: Double) -> (bound: Double, kept: Double?) {
    guard rows >= Self.fewestRows, width > 0 else { return (Self.narrowest, nil) }
    let meanSquare = UniformGrid.rootMeanSquare(values)
    guard meanSquare > 0, meanSquare.isFinite else { return (Self.narrowest, nil) }
    let exact = queries.map { nearest($0, in: values) }
    var last = 0.0
    for bound in Self.bounds {
      let step = Float(2 * bound * meanSquare)
      guard step.isNormal else { continue }
      let rounded = values.map { ($0 / step).rounded(.toNearestOrEven) * step }
      last =
        zip(queries, exact).reduce(0) { sum, query in
          sum + Double(query.1.intersection(nearest(query.0, in: rounded)).count) / Double(neighbours)
        } / Double(queries.count)
      if last >= share { return (bound, last) }
    }
    return (Self.narrowest, last)
  }

  /// The rows nearest to `row`, itself left out; of equal distances the earlier ones.
  private func nearest(_ row: Int, in values: [Float]) -> Set<Int> {
    let distances = [Float](unsafeUninitializedCapacity: rows) { target, count in
      values.withUnsafeBufferPointer {
        mistique_ladder_distances($0.baseAddress, rows, width, $0.baseAddress! + row * width, target.baseAddress)
      }
      count = rows
    }
    let others = (0..<rows).filter { $0 != row }
    return Set(others.sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(neighbours))
  }
}
