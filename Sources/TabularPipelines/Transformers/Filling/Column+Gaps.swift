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
