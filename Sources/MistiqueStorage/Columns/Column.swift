/// The values of one column, all of one type, and which of them are missing.
///
/// A missing value's place holds the type's zero (0, false, the empty text), so that equal columns have equal bytes.
/// NaN is a present value: it is what a stage emitted, not a gap.
public struct Column: Sendable {
  /// The values themselves, one per row, with the type's zero where one is missing.
  public enum Values: Sendable {
    /// IEEE 754 single precision.
    case float32([Float])
    /// IEEE 754 double precision.
    case float64([Double])
    /// Signed integers of 64 bits.
    case int64([Int64])
    /// Truth values.
    case boolean([Bool])
    /// Days since 1970-01-01.
    case date([Int32])
    /// Microseconds since 1970-01-01T00:00:00, without a time zone.
    case timestamp([Int64])
    /// UTF-8 of any length.
    case text(TextValues)
  }

  /// One value per row.
  public let values: Values
  /// Which rows have a value; `nil` when none is missing, never a bitmap of ones.
  public let validity: Validity?

  /// A column of `values`; the places that `validity` marks missing are set to the type's zero.
  ///
  /// Complexity: O(rows) when something is missing, else O(1).
  public init(_ values: Values, validity: Validity? = nil) {
    guard let validity, validity.missingCount > 0 else {
      precondition(validity == nil || validity!.count == values.count, "a validity needs a bit for every value")
      self.values = values
      self.validity = nil
      return
    }
    precondition(validity.count == values.count, "a validity needs a bit for every value")
    self.values = values.zeroed(whereMissing: validity)
    self.validity = validity
  }

  /// As `init(_:validity:)`, when the places that `validity` marks missing hold the type's zero already: nothing is copied. O(rows / 64).
  package init(zeroed values: Values, validity: Validity) {
    precondition(validity.count == values.count, "a validity needs a bit for every value")
    self.values = values
    self.validity = validity.missingCount > 0 ? validity : nil
  }

  /// The type of every value.
  public var type: ColumnType { values.type }
  /// Rows, those without a value included.
  public var count: Int { values.count }
  /// Rows without a value. Complexity: O(rows / 64).
  package var missingCount: Int { validity?.missingCount ?? 0 }

  /// Whether `row`, in 0..<count, has a value.
  public func isPresent(_ row: Int) -> Bool { validity?[row] ?? true }

  /// Rows `range` as a column of their own. Complexity: O(range).
  package func slice(_ range: Range<Int>) -> Column {
    Column(values.slice(range), validity: validity?.slice(range))
  }

  /// The rows at `rows`, in that order; a row may repeat. Complexity: O(rows).
  package func gather(_ rows: [Int]) -> Column {
    var present: Validity?
    if let validity {
      var picked = Validity(count: rows.count, present: false)
      for (place, row) in rows.enumerated() where validity[row] { picked[place] = true }
      present = picked
    }
    return Column(values.gather(rows), validity: present)
  }

  /// Every value as a number, missing as NaN: numbers as they are, booleans as 0 and 1, dates as days, timestamps as microseconds
  /// (beyond 2^53, in the year 2255, to the nearest number); `nil` for text.
  public var doubles: [Double]? {
    var result: [Double]
    switch values {
    case .float32(let v): result = v.map(Double.init)
    case .float64(let v): result = v
    case .int64(let v): result = v.map(Double.init)
    case .boolean(let v): result = v.map { $0 ? 1 : 0 }
    case .date(let v): result = v.map(Double.init)
    case .timestamp(let v): result = v.map(Double.init)
    case .text: return nil
    }
    if let validity { for row in result.indices where !validity[row] { result[row] = .nan } }
    return result
  }

  /// The values of columns that hold integers, booleans, days or microseconds as integers, missing ones as 0; `nil` for other types.
  package var integers: [Int64]? {
    switch values {
    case .int64(let v), .timestamp(let v): v
    case .boolean(let v): v.map { $0 ? 1 : 0 }
    case .date(let v): v.map(Int64.init)
    case .float32, .float64, .text: nil
    }
  }

  /// Whether both are one column that was handed on: the same memory, and so the same values. False says nothing.
  ///
  /// Both must be alive, or the memory may have become another column's. Complexity: O(1).
  package func isSame(as other: Column) -> Bool {
    func shares<Value>(_ a: [Value], _ b: [Value]) -> Bool {
      a.count == b.count && a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { a.baseAddress == $0.baseAddress } }
    }
    switch (validity, other.validity) {
    case (nil, nil): break
    case (let a?, let b?): guard a.count == b.count, shares(a.words, b.words) else { return false }
    default: return false
    }
    switch (values, other.values) {
    case (.float32(let a), .float32(let b)): return shares(a, b)
    case (.float64(let a), .float64(let b)): return shares(a, b)
    case (.int64(let a), .int64(let b)): return shares(a, b)
    case (.boolean(let a), .boolean(let b)): return shares(a, b)
    case (.date(let a), .date(let b)): return shares(a, b)
    case (.timestamp(let a), .timestamp(let b)): return shares(a, b)
    case (.text(let a), .text(let b)): return shares(a.offsets, b.offsets) && shares(a.utf8, b.utf8)
    default: return false
    }
  }

  /// Whether both hold the same bits: NaNs with the same payload are identical, 0 and -0 are not. Complexity: O(rows).
  package func isIdentical(to other: Column) -> Bool {
    guard validity == other.validity else { return false }
    switch (values, other.values) {
    case (.float32(let a), .float32(let b)): return a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern }
    case (.float64(let a), .float64(let b)): return a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern }
    case (.int64(let a), .int64(let b)): return a == b
    case (.boolean(let a), .boolean(let b)): return a == b
    case (.date(let a), .date(let b)): return a == b
    case (.timestamp(let a), .timestamp(let b)): return a == b
    case (.text(let a), .text(let b)): return a == b
    default: return false
    }
  }
}
