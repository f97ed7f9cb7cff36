import Mistique

/// Turns columns into the row-major float32 matrix that learners take.
///
/// Numbers are rounded to float32. Booleans become 0 and 1, dates days since 1970-01-01, timestamps days with fractions, and missing values NaN.
/// Texts are refused.
enum FeatureMatrix {
  /// The rows `rows` of `columns`. Complexity: O(rows x columns).
  static func rowMajor(_ columns: [Column], rows: Range<Int>) -> [Float] {
    let width = columns.count
    return [Float](unsafeUninitializedCapacity: rows.count * width) { buffer, count in
      for (place, column) in columns.enumerated() {
        func fill<Value>(_ values: [Value], _ number: (Value) -> Float) {
          values.withUnsafeBufferPointer { values in
            for row in rows { buffer[(row - rows.lowerBound) * width + place] = number(values[row]) }
          }
        }
        switch column.values {
        case .float32(let values): fill(values) { $0 }
        case .float64(let values): fill(values) { Float($0) }
        case .int64(let values): fill(values) { Float($0) }
        case .boolean(let values): fill(values) { $0 ? 1 : 0 }
        case .date(let values): fill(values) { Float($0) }
        case .timestamp(let values): fill(values) { Float(Timestamp(microseconds: $0).daysSince1970) }
        case .text: preconditionFailure("text columns are refused before")
        }
        if let validity = column.validity {
          for row in rows where !validity[row] { buffer[(row - rows.lowerBound) * width + place] = .nan }
        }
      }
      count = rows.count * width
    }
  }

  /// As `rowMajor`, but a value that is infinite in float32 is an error that names its column and row. XGBoost does not check for such values when
  /// it predicts in place.
  static func finiteRowMajor(_ columns: [Column], _ names: [String], of frame: DataFrame, rows: Range<Int>) throws -> [Float] {
    let values = rowMajor(columns, rows: rows)
    var isInfinite = false
    for value in values { isInfinite = isInfinite || abs(value) == .infinity }
    guard isInfinite, let place = values.firstIndex(where: \.isInfinite) else { return values }
    let (row, column) = (rows.lowerBound + place / columns.count, place % columns.count)
    throw NumericColumnError.notFloat32(column: names[column], rowID: frame.rowIDs[row])
  }

  /// The first row of a column whose value float32 loses: one that becomes infinite or, when all values of a column become one, one that differs from the
  /// first, or is not 0 where they become 0. A small number that becomes 0 among larger ones is only rounded. Complexity: O(rows).
  static func rowLost(of column: Column) -> Int? {
    if case .float64(let values) = column.values {
      if let row = values.firstIndex(where: { Float($0).isInfinite }) { return row }
      if values.allSatisfy({ Float($0) == 0 || $0.isNaN }) { return values.firstIndex { $0 != 0 && !$0.isNaN } }
    }
    if case .int64(let values) = column.values { return rowLost(of: values, column) }
    // Times within minutes, numbers far from zero. Blocks are float64, which all times are exactly.
    var (first, isOne, other) = (Double.nan, true, Int?.none)
    column.forEachBlock { start, block in
      guard isOne else { return }
      for (place, value) in block.enumerated() where !value.isNaN {
        if first.isNaN { first = value }
        guard Float(value) == Float(first) else { isOne = false; return }
        if value != first, other == nil { other = start + place }
      }
    }
    return isOne ? other : nil
  }

  /// The same of integers, of which float64 does not hold all.
  private static func rowLost(of values: [Int64], _ column: Column) -> Int? {
    var (first, other) = (Int64?.none, Int?.none)
    for (row, value) in values.enumerated() where column.isPresent(row) {
      let one = first ?? value
      first = one
      guard Float(Double(value)) == Float(Double(one)) else { return nil }
      if value != one, other == nil { other = row }
    }
    return other
  }

  /// The named columns of `frame`, none of them a text. Complexity: O(columns).
  static func columns(_ names: [String], of frame: DataFrame) throws -> [Column] {
    let byName = frame.columnsByName
    let missing = names.filter { byName[ColumnName($0)] == nil }
    guard missing.isEmpty else { throw TransformerError.missingColumns(missing, available: frame.names) }
    return try names.map { name in
      let column = byName[ColumnName(name)]!
      guard column.type != .text else { throw TransformerError.textFeature(name) }
      return column
    }
  }

  /// The values of the target, times in days as in features, and the names of the features, which are all other columns. There is at least one value and
  /// one feature, and every value is finite.
  static func target(_ name: String, of frame: DataFrame) throws -> (values: [Double], featureNames: [String]) {
    let target = try frame.requiredColumn(name)
    guard target.type != .text else { throw TransformerError.targetIsText(name) }
    guard target.missingCount == 0 else { throw TransformerError.targetMissing(column: name, rows: target.missingCount) }
    var values: [Double] = []
    values.reserveCapacity(target.count)
    target.forEachBlock { _, block in values.append(contentsOf: block) }
    guard values.allSatisfy(\.isFinite) else { throw TransformerError.targetNotFinite(column: name) }
    guard !values.isEmpty else { throw TransformerError.noRows }
    let featureNames = frame.names.filter { !$0.isExactly(name) }
    guard !featureNames.isEmpty else { throw TransformerError.noFeatures }
    return (values, featureNames)
  }
}
