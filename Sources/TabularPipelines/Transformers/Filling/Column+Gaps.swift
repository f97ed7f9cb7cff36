import Mistique

/// Gaps of a column: missing values and NaNs.
extension Column {
  /// Complexity: O(rows) for floating-point columns without missing values, else O(1).
  var hasGap: Bool {
    validity != nil || hasNaN
  }

  /// Complexity: O(rows) for floating-point columns, else O(1).
  var hasNaN: Bool {
    switch values {
    case .float32(let values): return Self.hasNaN(values)
    case .float64(let values): return Self.hasNaN(values)
    case .int64, .boolean, .date, .text: return false
    }
  }

  /// The column with `value`, which must be of its type, in every gap. Infinities are no gaps. One pass; the column itself when it has no gap.
  func filled(with value: FillValue) -> Column {
    guard hasGap else { return self }
    switch (values, value) {
    case (.float32(let values), .float32(let fill)): return Column(.float32(filled(values, fill) { $0.isNaN ? fill : $0 }))
    case (.float64(let values), .float64(let fill)): return Column(.float64(filled(values, fill) { $0.isNaN ? fill : $0 }))
    case (.int64(let values), .int64(let fill)): return Column(.int64(filled(values, fill) { $0 }))
    case (.boolean(let values), .boolean(let fill)): return Column(.boolean(filled(values, fill) { $0 }))
    case (.date(let values), .date(let fill)): return Column(.date(filled(values, fill) { $0 }))
    case (.text(let values), .text(let fill)): return Column(.text(filled(values, fill)))
    default: preconditionFailure("a column of type \(type) cannot be filled with a value of type \(value.type)")
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

  /// 64 rows at a time, which share a word of the validity.
  @inline(__always)
  private func filled<Value>(_ values: [Value], _ fill: Value, _ present: (Value) -> Value) -> [Value] {
    let words = validity?.words ?? []
    return [Value](unsafeUninitializedCapacity: values.count) { result, count in
      values.withUnsafeBufferPointer { values in
        for start in stride(from: 0, to: values.count, by: 64) {
          let end = Swift.min(start + 64, values.count)
          let word = words.isEmpty ? UInt64.max : words[start >> 6]
          if word == .max {
            for row in start..<end { result.initializeElement(at: row, to: present(values[row])) }
          } else {
            for row in start..<end {
              result.initializeElement(at: row, to: word >> UInt64(row - start) & 1 == 1 ? present(values[row]) : fill)
            }
          }
        }
      }
      count = values.count
    }
  }

  /// Copies the bytes between two gaps at once.
  private func filled(_ values: TextValues, _ fill: [UInt8]) -> TextValues {
    var offsets = values.offsets
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.utf8.count + missingCount * fill.count)
    var copied = 0
    var firstUnmoved = 1
    var filledBytes = 0
    forEachMissingRow { row in
      bytes.append(contentsOf: values.utf8[copied..<values.offsets[row]])
      bytes.append(contentsOf: fill)
      // A missing text is empty, so the next copy begins where this one ended.
      copied = values.offsets[row]
      for place in firstUnmoved..<(row + 1) { offsets[place] += filledBytes }
      filledBytes += fill.count
      firstUnmoved = row + 1
    }
    bytes.append(contentsOf: values.utf8[copied...])
    for place in firstUnmoved..<offsets.count { offsets[place] += filledBytes }
    return TextValues(offsets: offsets, utf8: bytes)
  }

  /// Calls `body` with every row whose value is missing, in ascending order. Complexity: O(rows / 64 + missing).
  @inline(__always)
  private func forEachMissingRow(_ body: (Int) -> Void) {
    guard let validity else { return }
    for (place, word) in validity.words.enumerated() {
      var missing = ~word
      while missing != 0 {
        let row = place << 6 | missing.trailingZeroBitCount
        guard row < count else { return }
        body(row)
        missing &= missing - 1
      }
    }
  }
}
