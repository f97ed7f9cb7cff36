import Mistique

/// Gaps of a column: missing values and NaNs.
extension Column {
  /// Complexity: O(rows) for floating-point columns without missing values, else O(1).
  var hasGap: Bool { validity != nil || hasNaN }

  /// Complexity: O(rows) for floating-point columns, else O(1).
  var hasNaN: Bool {
    switch values {
    case .float32(let values): return Self.hasNaN(values)
    case .float64(let values): return Self.hasNaN(values)
    case .int64, .boolean, .date, .timestamp, .text: return false
    }
  }

  /// The column with `value`, which must be of its type, in the place of NaNs that are present; other types have none.
  func replacingNaN(with value: FillValue) -> Column {
    switch (values, value) {
    case (.float32(let values), .float32(let fill)): Column(.float32(values.map { $0.isNaN ? fill : $0 }), validity: validity)
    case (.float64(let values), .float64(let fill)): Column(.float64(values.map { $0.isNaN ? fill : $0 }), validity: validity)
    default: self
    }
  }

  /// An int64 column as float64, with its gaps. Complexity: O(rows).
  ///
  /// Throws `NumericColumnError.notFloat64` for an integer that float64 does not have.
  func widened(named name: String, rowIDs: RowIDs) throws -> Column {
    guard case .int64(let integers) = values else { preconditionFailure("a column of type \(type) is not widened") }
    if let row = integers.firstIndex(where: { Int64(exactly: Double($0)) != $0 }) {
      throw NumericColumnError.notFloat64(column: name, rowID: rowIDs[row], value: integers[row])
    }
    return Column(.float64(integers.map(Double.init)), validity: validity)
  }

  /// Blocks of a few thousand values, so that each is looked through without a branch and the first NaN still ends the search early.
  @inline(__always)
  private static func hasNaN<Value: BinaryFloatingPoint>(_ values: [Value]) -> Bool {
    values.withUnsafeBufferPointer { values in
      var start = 0
      while start < values.count {
        let end = Swift.min(start + 4_096, values.count)
        var found = false
        for row in start..<end { found = values[row].isNaN ? true : found }
        if found { return true }
        start = end
      }
      return false
    }
  }
}
