/// How a column came from another one: what a stage knows of a column that it emits.
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
  /// Places in the other frame, from 0, one per row; -1 for a row that has none.
  public let rows: [Int]
  /// The smallest and the largest of them; `nil` when there are none.
  let bounds: ClosedRange<Int>?

  /// A list of such places. Complexity: O(rows).
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
  package func fillingMissing(with constant: Column) -> Column {
    guard let validity else { return self }
    precondition(constant.count == 1 && constant.type == type, "a column of \(type) is filled with one value of its type")
    // One pass, 64 rows at a time, which share a word of the validity.
    func filled<Value>(_ values: [Value], _ constant: Value) -> [Value] {
      [Value](unsafeUninitializedCapacity: values.count) { result, count in
        values.withUnsafeBufferPointer { values in
          for (place, word) in validity.words.enumerated() {
            let start = place << 6
            for row in start..<Swift.min(start + 64, values.count) {
              result.initializeElement(at: row, to: word >> UInt64(row - start) & 1 == 1 ? values[row] : constant)
            }
          }
        }
        count = values.count
      }
    }
    switch (values, constant.values) {
    case (.float32(let a), .float32(let b)): return Column(.float32(filled(a, b[0])))
    case (.float64(let a), .float64(let b)): return Column(.float64(filled(a, b[0])))
    case (.int64(let a), .int64(let b)): return Column(.int64(filled(a, b[0])))
    case (.boolean(let a), .boolean(let b)): return Column(.boolean(filled(a, b[0])))
    case (.date(let a), .date(let b)): return Column(.date(filled(a, b[0])))
    case (.timestamp(let a), .timestamp(let b)): return Column(.timestamp(filled(a, b[0])))
    case (.text(let a), .text(let b)): return Column(.text(a.fillingGaps(of: validity, with: b.bytes(at: 0))))
    default: preconditionFailure("checked above")
    }
  }

  /// The rows of `list`, in its order. Complexity: O(rows).
  package func gather(_ list: RowList) -> Column {
    guard list.bounds?.lowerBound ?? 0 < 0 else { return gather(list.rows) }
    guard count > 0 else { return Column.missing(type, count: list.rows.count) }
    var present = Validity(count: list.rows.count, present: false)
    for (place, row) in list.rows.enumerated() where row >= 0 && isPresent(row) { present[place] = true }
    if case .text(let text) = values {
      var picked = TextValues()
      picked.reserve(values: list.rows.count, bytes: 0)
      for row in list.rows { picked.append(utf8: row < 0 ? [] : text.bytes(at: row)) }
      return Column(zeroed: .text(picked), validity: present)
    }
    return Column(gather(list.rows.map { Swift.max($0, 0) }).values, validity: present)
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
      case .timestamp: .timestamp(Array(repeating: 0, count: count))
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

extension TextValues {
  /// The texts with `text` where a value is missing, which are empty. Copies the bytes between two gaps at once.
  fileprivate func fillingGaps(of validity: Validity, with text: ArraySlice<UInt8>) -> TextValues {
    var ends = offsets
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count + validity.missingCount * text.count)
    var copied = 0
    var firstUnmoved = 1
    var filledBytes = 0
    validity.forEachMissingRow { row in
      bytes.append(contentsOf: utf8[copied..<offsets[row]])
      bytes.append(contentsOf: text)
      // A missing text is empty, so the next copy begins where this one ended.
      copied = offsets[row]
      for place in firstUnmoved..<(row + 1) { ends[place] += filledBytes }
      filledBytes += text.count
      firstUnmoved = row + 1
    }
    bytes.append(contentsOf: utf8[copied...])
    for place in firstUnmoved..<ends.count { ends[place] += filledBytes }
    return TextValues(offsets: ends, utf8: bytes)
  }
}
