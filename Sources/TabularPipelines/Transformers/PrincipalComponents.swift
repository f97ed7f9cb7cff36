import Mistique

/// What `PCA` learned: the directions in which some columns vary most.
struct PrincipalComponents {
  /// A component with a smaller share of the largest variance has no real variance: it is what rounding left.
  private static let smallestShare = 1e-13
  /// Loadings this close to the largest, in relative terms, count as equal to it when the sign is chosen.
  private static let tieTolerance = 1e-9

  /// One per column.
  let means: [Double]
  /// What each column is divided by: all 1 unless columns are standardized.
  let deviations: [Double]
  /// Of a sample (n - 1), one per component, largest first.
  let variances: [Double]
  let whitens: Bool
  /// Component after component, one per column; those of a component have the length 1.
  private let loadings: [Double]

  init(means: [Double], deviations: [Double], variances: [Double], loadings: [Double], whitens: Bool) {
    precondition(loadings.count == means.count * variances.count && deviations.count == means.count, "every column has a loading")
    (self.means, self.deviations, self.variances, self.loadings, self.whitens) = (means, deviations, variances, loadings, whitens)
  }

  /// The first `count` components of `columns`, which must be numeric.
  init(_ count: Int, of columns: [(name: String, column: Column)], rowIDs: RowIDs, standardizes: Bool, whitens: Bool) throws {
    let rowCount = rowIDs.count
    guard rowCount >= 2 else { throw NumericColumnError.tooFewRows(rowCount, needed: 2) }
    guard count <= min(columns.count, rowCount) else {
      throw NumericColumnError.tooManyComponents(asked: count, columns: columns.count, rows: rowCount)
    }
    let moments = try columns.map { name, column in
      let moments = try ColumnMoments(of: column, named: name, rowIDs: rowIDs)
      if let row = moments.firstGap { throw Self.gap(column: name, rowID: rowIDs[row], rows: rowCount - moments.count) }
      return moments
    }
    if !standardizes, let widest = Self.widest(moments), !moments[widest].hasSafeProducts {
      throw NumericColumnError.outOfRange(column: columns[widest].name)
    }
    means = moments.map(\.mean)
    deviations = moments.map { standardizes ? $0.deviation(over: rowCount) : 1 }
    self.whitens = whitens
    var gram = try GramMatrix(of: columns, centres: means, scales: deviations)
    gram.scale(by: 1 / Double(rowCount - 1))
    let system = try SingleThreadedBLAS.largestEigenvalues(count, of: gram.products, size: columns.count)
    // The variances of a matrix of products are negative only by rounding.
    variances = system.values.map { max(0, $0) }
    let least = Self.smallestShare * variances[0]
    if whitens, let flat = variances.firstIndex(where: { $0 <= least }) {
      throw NumericColumnError.noVariance(component: flat + 1, asked: count)
    }
    let size = columns.count
    loadings = (0..<count).flatMap { Self.signed(system.vectors[($0 * size)..<(($0 + 1) * size)]) }
  }

  /// The column that varies most, which decides how large products are.
  private static func widest(_ moments: [ColumnMoments]) -> Int? {
    moments.indices.max { moments[$0].maximum - moments[$0].minimum < moments[$1].maximum - moments[$1].minimum }
  }

  private static func gap(column: String, rowID: Int64, rows: Int) -> NumericColumnError {
    .gap(column: column, rowID: rowID, rows: rows, remedy: "fill the gaps (FillNA) or leave the column out before PCA")
  }

  private static func signed(_ vector: ArraySlice<Double>) -> [Double] {
    let largest = vector.reduce(0) { max($0, abs($1)) }
    let leading = vector.first { abs($0) >= largest * (1 - tieTolerance) } ?? 0
    // Zero has no sign, so that equal loadings are equal bytes.
    return vector.map { (leading < 0 ? -$0 : $0) + 0 }
  }

  func loadings(of component: Int) -> ArraySlice<Double> { loadings[(component * means.count)..<((component + 1) * means.count)] }

  /// The components of each row, component after component. Sums are made in the order of columns by plain arithmetic.
  ///
  /// Throws `NumericColumnError` for values that are missing, NaN or infinite. Complexity: O(rows x columns x components).
  func scores(of columns: [(name: String, column: Column)], rowIDs: RowIDs) throws -> [[Double]] {
    var scores = [[Double]](repeating: [Double](repeating: 0, count: rowIDs.count), count: variances.count)
    for (place, (name, column)) in columns.enumerated() {
      let (mean, deviation) = (means[place], deviations[place])
      try column.requireWholeAsFloat64(named: name, rowIDs: rowIDs)
      try column.forEachBlock { start, values in
        if let row = values.firstIndex(where: { !$0.isFinite }) {
          let rowID = rowIDs[start + row]
          guard values[row].isNaN else { throw NumericColumnError.infinite(column: name, rowID: rowID) }
          throw Self.gap(column: name, rowID: rowID, rows: Self.gapCount(column))
        }
        for component in scores.indices {
          let loading = loadings[component * means.count + place]
          scores[component].withUnsafeMutableBufferPointer { scores in
            for row in values.indices { scores[start + row] += (values[row] - mean) / deviation * loading }
          }
        }
      }
      // Checked per column, so that the error can name it.
      if scores.contains(where: { $0.contains { !$0.isFinite } }) { throw NumericColumnError.outOfRange(column: name) }
    }
    if whitens {
      for component in scores.indices {
        let deviation = variances[component].squareRoot()
        for row in scores[component].indices { scores[component][row] /= deviation }
      }
    }
    return scores
  }

  private static func gapCount(_ column: Column) -> Int {
    var count = 0
    column.forEachBlock { _, values in count += values.count { $0.isNaN } }
    return count
  }
}
