/// How a column came from another one: what a stage knows of a column that it put out.
public enum ColumnOperation: Sendable {
  /// It is the same column, row for row.
  case unchanged
  /// Its rows were picked out of the other column's.
  case rows(RowList)
  /// Missing values were replaced by one value, the only row of a column of the same type; everything present is as it was.
  case filled(with: Column)
}

/// For each row of a frame, the place of the row of another frame that it was picked from; -1 for a row that has none, which is missing.
///
/// Rows may be picked in any order and several times. Columns that were picked together share one list, by identity.
public final class RowList: Sendable {
  public let rows: [Int]
  /// The smallest and the largest of them; `nil` when there are none.
  let bounds: ClosedRange<Int>?

  public init(_ rows: [Int]) {
    self.rows = rows
    guard var smallest = rows.first else {
      bounds = nil
      return
    }
    var largest = smallest
    for row in rows { (largest, smallest) = (max(largest, row), min(smallest, row)) }
    bounds = smallest...largest
  }
}

extension Column {
  /// The column with `constant`, a column of one row of the same type, in the place of missing values. Complexity: O(rows).
  public func fillingMissing(with constant: Column) -> Column {
    guard let validity else { return self }
    precondition(constant.count == 1 && constant.type == type, "a column of \(type) is filled with one value of its type")
    func filled<Value>(_ values: [Value], _ constant: Value) -> [Value] {
      var values = values
      values.withUnsafeMutableBufferPointer { values in
        for (place, word) in validity.words.enumerated() {
          var missing = ~word
          while missing != 0 {
            let row = place << 6 | missing.trailingZeroBitCount
            guard row < values.count else { break }
            values[row] = constant
            missing &= missing - 1
          }
        }
      }
      return values
    }
    switch (values, constant.values) {
    case (.float32(let a), .float32(let b)): return Column(.float32(filled(a, b[0])))
    case (.float64(let a), .float64(let b)): return Column(.float64(filled(a, b[0])))
    case (.int64(let a), .int64(let b)): return Column(.int64(filled(a, b[0])))
    case (.boolean(let a), .boolean(let b)): return Column(.boolean(filled(a, b[0])))
    case (.date(let a), .date(let b)): return Column(.date(filled(a, b[0])))
    case (.text(let a), .text(let b)):
      let text = b.bytes(at: 0)
      var result = TextValues()
      result.reserve(values: a.count, bytes: a.utf8.count + missingCount * text.count)
      for row in 0..<a.count { result.append(utf8: validity[row] ? a.bytes(at: row) : text) }
      return Column(.text(result))
    default: preconditionFailure("checked above")
    }
  }

  /// The rows of `list`. Complexity: O(rows).
  func gather(_ list: RowList) -> Column { list.bounds?.lowerBound ?? 0 < 0 ? gatherOrMissing(list.rows) : gather(list.rows) }

  /// The rows at `rows`, in that order; -1 is a missing value. Complexity: O(rows).
  public func gatherOrMissing(_ rows: [Int]) -> Column {
    guard rows.contains(-1) else { return gather(rows) }
    guard count > 0 else { return Column.missing(type, count: rows.count) }
    var present = Validity(count: rows.count, present: false)
    for (place, row) in rows.enumerated() where row >= 0 && isPresent(row) { present[place] = true }
    if case .text(let text) = values {
      var picked = TextValues()
      picked.reserve(values: rows.count, bytes: 0)
      for row in rows { picked.append(utf8: row < 0 ? [] : text.bytes(at: row)) }
      return Column(zeroed: .text(picked), validity: present)
    }
    return Column(gather(rows.map { Swift.max($0, 0) }).values, validity: present)
  }

  /// `count` missing values.
  static func missing(_ type: ColumnType, count: Int) -> Column {
    let zeros: Values =
      switch type {
      case .float32: .float32(Array(repeating: 0, count: count))
      case .float64: .float64(Array(repeating: 0, count: count))
      case .int64: .int64(Array(repeating: 0, count: count))
      case .boolean: .boolean(Array(repeating: false, count: count))
      case .date: .date(Array(repeating: 0, count: count))
      case .text: .text(TextValues(repeatElement("", count: count)))
      }
    return Column(zeros, validity: Validity(count: count, present: false))
  }

  /// What the ColumnChunks of the column take together, uncompressed, when it is cut into RowBlocks.
  func payloadBytes(rowsPerBlock: Int) -> Int {
    var bytes = 0
    if case .text(let text) = values { bytes = 4 * count + text.utf8.count } else { bytes = count * (type.bytesPerValue ?? 0) }
    guard let validity else { return bytes }
    for start in stride(from: 0, to: count, by: rowsPerBlock) {
      let range = start..<min(start + rowsPerBlock, count)
      if validity.slice(range).missingCount > 0 { bytes += Validity.wordCount(for: range.count) * 8 }
    }
    return bytes
  }
}
