import Mistique

/// What `Scale` learned from one column.
struct ColumnScaling: Equatable {
  enum Method: String {
    case standard
    case minmax
    case robust
  }

  let centre: Double
  /// Finite and above 0.
  let scale: Double

  init(centre: Double, scale: Double) {
    self.centre = centre
    self.scale = scale
  }

  /// `nil` when every value is missing or NaN. Throws `NumericColumnError` for infinite values and for spreads that float64 cannot hold.
  init?(_ method: Method, fittedTo column: Column, named name: String, rowIDs: RowIDs) throws {
    switch method {
    case .standard:
      let moments = try ColumnMoments(of: column, named: name, rowIDs: rowIDs)
      guard moments.count > 0 else { return nil }
      (centre, scale) = (moments.mean, moments.deviation(over: moments.count))
    case .minmax, .robust:
      try column.requireWholeAsFloat64(named: name, rowIDs: rowIDs)
      var present: [Double] = []
      present.reserveCapacity(method == .robust ? column.count : 0)
      var (minimum, maximum) = (Double.infinity, -Double.infinity)
      try column.forEachBlock { start, values in
        for (place, value) in values.enumerated() where !value.isNaN {
          guard value.isFinite else { throw NumericColumnError.infinite(column: name, rowID: rowIDs[start + place]) }
          (minimum, maximum) = (min(minimum, value), max(maximum, value))
          if method == .robust { present.append(value) }
        }
      }
      guard minimum <= maximum else { return nil }
      let spread: Double
      // Zero has no sign, so that the order of rows does not matter.
      if method == .robust {
        let quartiles = Quantiles.linear([0.25, 0.5, 0.75], of: &present)
        centre = quartiles[1] + 0
        spread = quartiles[2] - quartiles[0]
      } else {
        (centre, spread) = (minimum + 0, maximum - minimum)
      }
      // scikit-learn treats a spread below 2e-15 as none, whatever the size of the values; here the unit of a column does not matter.
      scale = spread == 0 ? 1 : spread
    }
    guard centre.isFinite, scale.isFinite else { throw NumericColumnError.outOfRange(column: name) }
  }

  /// The scaled column, float64; gaps and NaN are kept. Complexity: O(rows).
  func scaled(_ column: Column, named name: String, rowIDs: RowIDs) throws -> Column {
    try column.requireWholeAsFloat64(named: name, rowIDs: rowIDs)
    let values = try [Double](unsafeUninitializedCapacity: column.count) { buffer, count in
      try column.forEachBlock { start, values in
        for (place, value) in values.enumerated() {
          let scaled = (value - centre) / scale
          if scaled.isInfinite {
            throw value.isInfinite
              ? NumericColumnError.infinite(column: name, rowID: rowIDs[start + place]) : NumericColumnError.outOfRange(column: name)
          }
          // A NaN keeps its bits, whatever the processor's arithmetic would do to them.
          buffer[start + place] = value.isNaN ? value : scaled
        }
      }
      count = column.count
    }
    return Column(.float64(values), validity: column.validity)
  }

  /// A column for which no scale could be learned: a NaN stays, every other value becomes missing.
  static func withoutScale(_ column: Column) -> Column {
    var present = Validity(count: column.count, present: false)
    var values = [Double](repeating: 0, count: column.count)
    column.forEachBlock { start, block in
      for (place, value) in block.enumerated() where value.isNaN && column.isPresent(start + place) {
        values[start + place] = value
        present[start + place] = true
      }
    }
    return Column(.float64(values), validity: present)
  }
}
