import Mistique

extension Column {
  /// Writes the rows `rows` to `buffer` as float64: numbers as they are, booleans as 0 and 1, dates as days since 1970-01-01,
  /// timestamps as days with fractions, missing values as NaN. The column must not be a text, and `buffer` must have room for the rows.
  /// Complexity: O(rows).
  func read(_ rows: Range<Int>, into buffer: UnsafeMutablePointer<Double>) {
    func fill<Value>(_ values: [Value], _ number: (Value) -> Double) {
      precondition(rows.lowerBound >= 0 && rows.upperBound <= values.count, "rows outside of the column")
      values.withUnsafeBufferPointer { values in
        for place in 0..<rows.count { buffer[place] = number(values[rows.lowerBound + place]) }
      }
    }
    switch values {
    case .float32(let values): fill(values) { Double($0) }
    case .float64(let values): fill(values) { $0 }
    case .int64(let values): fill(values) { Double($0) }
    case .boolean(let values): fill(values) { $0 ? 1 : 0 }
    case .date(let values): fill(values) { Double($0) }
    case .timestamp(let values): fill(values) { Timestamp(microseconds: $0).daysSince1970 }
    case .text: preconditionFailure("text columns are refused before")
    }
    guard let validity else { return }
    for row in rows where !validity[row] { buffer[row - rows.lowerBound] = .nan }
  }

  /// Calls `body` with the column as float64, block by block and in order, and with the row at which the block begins.
  func forEachBlock(_ body: (Int, UnsafeBufferPointer<Double>) throws -> Void) rethrows {
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.blockRowCount) { buffer in
      for start in stride(from: 0, to: count, by: Self.blockRowCount) {
        let rows = start..<Swift.min(count, start + Self.blockRowCount)
        read(rows, into: buffer.baseAddress!)
        try body(start, UnsafeBufferPointer(rebasing: buffer[..<rows.count]))
      }
    }
  }

  /// Rows per block: 32 KB of float64, which stay in the nearest cache.
  static let blockRowCount = 4_096
}

/// The columns that a transformer of numbers works on: int64, float32 and float64.
enum NumericColumns {
  /// The columns called `names`, or all numeric ones of `frame`, in its order, when no name is given.
  ///
  /// Throws when a name is unknown or given twice, when a named column is not numeric, and when there is no column to work on.
  static func named(_ names: [String], of frame: DataFrame) throws -> [(name: String, column: Column)] {
    guard !names.isEmpty else {
      let numeric = zip(frame.names, frame.columns).filter { isNumeric($1.type) }
      guard !numeric.isEmpty else { throw NumericColumnError.noNumericColumns(available: frame.names) }
      return numeric.map { (name: $0, column: $1) }
    }
    let byName = frame.columnsByName
    let absent = names.filter { byName[ColumnName($0)] == nil }
    guard absent.isEmpty else { throw TransformerError.missingColumns(absent, available: frame.names) }
    if let name = names.firstRepeatedName { throw NumericColumnError.namedTwice(name) }
    return try names.map { name in
      let column = byName[ColumnName(name)]!
      guard isNumeric(column.type) else { throw NumericColumnError.notNumeric(column: name, type: column.type) }
      return (name: name, column: column)
    }
  }

  private static func isNumeric(_ type: ColumnType) -> Bool { type == .int64 || type == .float32 || type == .float64 }
}
