import Diagnosis
import Foundation
import Mistique

/// What the values that come out of a store keep of those in full precision, for the same rows.
struct KeptAccuracy {
  /// Differences of single values. A value that stands for several, as after pooling, is held against each of them.
  struct Errors: Equatable {
    /// In the unit of the values.
    private(set) var greatest = 0.0
    private(set) var mean = 0.0
    /// In standard deviations of the values: of a table's columns each by its own, of maps by that of all values. Where nothing varies, 1 for any
    /// difference.
    private(set) var greatestShare = 0.0
    private(set) var meanShare = 0.0
    /// Finite values that were compared.
    private(set) var count = 0
    /// Values that are finite on one side only, or infinite or NaN on both and not the same; they are in none of the numbers above.
    private(set) var lost = 0
    private var sum = 0.0
    private var sumOfShares = 0.0

    /// Adds a value, of values with that standard deviation.
    fileprivate mutating func add(_ full: Double, _ stored: Double, deviation: Double) {
      guard full.isFinite, stored.isFinite else {
        if full != stored, !(full.isNaN && stored.isNaN) { lost += 1 }
        return
      }
      let error = abs(stored - full)
      let share = error == 0 ? 0 : deviation > 0 ? error / deviation : 1
      (greatest, greatestShare) = (max(greatest, error), max(greatestShare, share))
      sum += error
      sumOfShares += share
      count += 1
    }

    fileprivate mutating func finish() {
      guard count > 0 else { return }
      (mean, meanShare) = (sum / Double(count), sumOfShares / Double(count))
    }
  }

  let errors: Errors
  /// The mean share of each row's nearest rows that are still among them (table 3); nil where no row has neighbours.
  let neighbours: Double?
  /// How many neighbours of each row were looked for.
  let neighbourCount: Int
  /// The mean coefficient of SVCCA between the two (table 2), 1 where nothing is lost; nil where ``similarityGap`` says why.
  let similarity: Double?
  /// Why there is no similarity.
  let similarityGap: String?

  /// One direction is kept at most for so many rows, as in table 2: nearly as many directions as rows fit anything.
  static let rowsPerDirection = 20
  /// Rows whose neighbours are looked for.
  private static let queries = 100

  /// Compares values with those in full precision.
  ///
  /// - Precondition: both have the same rows; the stored ones may be pooled.
  init(of stored: ComparedValues, against full: ComparedValues) throws {
    errors = Self.errors(stored, full)
    neighbourCount = min(50, full.rows / Self.rowsPerDirection)
    guard let a = ComparedPoints(full, standardisedBy: full)?.matrix, let b = ComparedPoints(stored, standardisedBy: full)?.matrix else {
      (neighbours, similarity, similarityGap) = (nil, nil, "no column varies")
      return
    }
    neighbours = Self.overlap(a, b, count: neighbourCount)
    (similarity, similarityGap) = try Self.similarity(a, b)
  }

  private static func overlap(_ full: FloatMatrix, _ stored: FloatMatrix, count: Int) -> Double? {
    guard count > 0 else { return nil }
    let rows = Array(stride(from: 0, to: full.rows, by: max(1, full.rows / queries)).prefix(queries))
    func nearest(_ matrix: FloatMatrix) -> [[Neighbour]] {
      matrix.withValues { NearestNeighbours.of(rows: rows, in: MatrixView($0, columns: matrix.columns), count: count) }
    }
    // A row with NaN has no neighbours, neither before nor after.
    let overlaps = zip(nearest(full), nearest(stored)).filter { !$0.0.isEmpty }.map { NearestNeighbours.overlap($0, $1) }
    return overlaps.isEmpty ? nil : overlaps.reduce(0, +) / Double(overlaps.count)
  }

  private static func similarity(_ full: FloatMatrix, _ stored: FloatMatrix) throws -> (mean: Double?, gap: String?) {
    guard full.columns > 1 else { return (nil, "one column") }
    guard full.rows >= 2 * rowsPerDirection else { return (nil, "too few rows: \(full.rows), and it needs \(2 * rowsPerDirection)") }
    let options = SVCCA.Options(maximumDirections: full.rows / rowsPerDirection)
    do {
      let result = try full.withValues { a in
        try stored.withValues { b in
          try SVCCA(MatrixView(a, columns: full.columns), MatrixView(b, columns: stored.columns), options: options)
        }
      }
      return (result.mean, nil)
    } catch let error as DiagnosisError {
      switch error.code {
      case .notFinite: return (nil, "NaN or infinite values")
      // Of full precision there is nothing to compare; of what is stored nothing is left.
      case .constant: return (varies(full) ? 0 : nil, "nothing varies")
      default: throw error
      }
    }
  }

  private static func varies(_ matrix: FloatMatrix) -> Bool {
    matrix.withValues { values in values.indices.contains { values[$0] != values[$0 % matrix.columns] } }
  }

  private static func errors(_ stored: ComparedValues, _ full: ComparedValues) -> Errors {
    var errors = Errors()
    if let a = full.columns, let b = stored.columns {
      for (full, stored) in zip(a, b) {
        let deviation = Distribution(full, bins: 1)?.deviation ?? 0
        for (full, stored) in zip(full, stored) { errors.add(full, stored, deviation: deviation) }
      }
    } else if let a = full.matrix, let b = stored.matrix {
      let cells = Self.cells(of: full.schema, in: stored.schema)
      a.withValues { full in
        let deviation = deviation(of: full)
        b.withValues { stored in
          for row in 0..<a.rows {
            for (column, cell) in cells.enumerated() {
              errors.add(Double(full[row * a.columns + column]), Double(stored[row * b.columns + cell]), deviation: deviation)
            }
          }
        }
      }
    }
    errors.finish()
    return errors
  }

  /// The standard deviation of the finite values, by their distances from the mean.
  private static func deviation(of values: UnsafeBufferPointer<Float>) -> Double {
    let (count, sum) = values.reduce(into: (0.0, 0.0)) { if $1.isFinite { $0 = ($0.0 + 1, $0.1 + Double($1)) } }
    let mean = sum / max(1, count)
    let squares = values.reduce(0.0) { $1.isFinite ? $0 + (Double($1) - mean) * (Double($1) - mean) : $0 }
    return (squares / max(1, count)).squareRoot()
  }

  /// For each column of maps, the column of the pooled maps that stands for it. Windows do not overlap, and those at the edges may be smaller.
  static func cells(of full: IntermediateSchema, in stored: IntermediateSchema) -> [Int] {
    guard case .maps(let channels, let height, let width) = full, case .maps(_, let high, let wide) = stored else { return [] }
    guard high < height || wide < width else { return Array(0..<channels * height * width) }
    // The window is the smallest that gives so many rows and columns; a whole map has one.
    let size = max((height + high - 1) / high, (width + wide - 1) / wide)
    return (0..<channels * height * width).map { place in
      let (channel, y, x) = (place / (height * width), place / width % height, place % width)
      return (channel * high + y / size) * wide + x / size
    }
  }
}
