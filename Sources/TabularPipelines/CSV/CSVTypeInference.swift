import Mistique

/// The types that hold what was seen of a column so far.
///
/// Each value rules out the types that would change its meaning (see the table on the page Pipelines); a column's type is the narrowest that is
/// left. So the type depends on which values there are, and neither on their order nor on which of them were in the sample.
struct CSVTypeGuess: Equatable {
  /// From the narrowest to the widest. Booleans, dates and times exclude each other and numbers. `float32` is never inferred: it would round.
  private static let order: [ColumnType] = [.int64, .float64, .boolean, .date, .timestamp, .text]

  private var candidates = order
  private var hasValue = false

  /// `nil` while no value was seen. A column that stays so is read as float64 with every value missing.
  var type: ColumnType? { hasValue ? candidates[0] : nil }

  /// Rules out the types that cannot hold the field. A missing field says nothing, and neither does an empty one in quotes: it is missing in
  /// every column but a text column.
  mutating func observe(_ bytes: UnsafeBufferPointer<UInt8>, isQuoted: Bool, _ format: CSVFormat) {
    if bytes.isEmpty || (!isQuoted && format.isMarker(bytes)) { return }
    let isMissingNumber = !isQuoted && format.isNumericMarker(bytes)
    hasValue = hasValue || !isMissingNumber
    candidates = candidates.filter { $0.canHold(bytes) || (isMissingNumber && ($0 == .int64 || $0 == .float64)) }
  }

  /// Rules out the type so far, for which the parser refused the field. The column becomes a text when nothing narrower is left, so that reading
  /// ends.
  mutating func widen(by bytes: [UInt8], isQuoted: Bool, _ format: CSVFormat) {
    let before = type
    bytes.withUnsafeBufferPointer { observe($0, isQuoted: isQuoted, format) }
    hasValue = true
    if type == before { candidates = [.text] }
  }
}

extension ColumnType {
  /// Whether an inferred column of this type keeps the meaning of these bytes, which are not empty.
  fileprivate func canHold(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    switch self {
    case .int64: CSVFieldParsing.plainInteger(bytes) != nil
    case .float64: CSVFieldParsing.slowNumber(bytes) != nil
    case .float32: CSVFieldParsing.slowSingle(bytes) != nil
    case .boolean: CSVFieldParsing.boolean(bytes) != nil
    case .date: CSVFieldParsing.date(bytes) != nil
    case .timestamp: CSVFieldParsing.timestamp(bytes) != nil
    case .text: true
    }
  }
}

/// Guesses the types of the columns to infer from the first records. Each good guess saves a pass: when a later value does not fit, the column is
/// widened and the reader starts over.
///
/// The sample is the first `sampleRecords` records, as far as they lie in the first `sampleByteCount` bytes.
struct CSVTypeInference {
  static let sampleRecords = 1_000
  static let sampleByteCount = 1 << 20

  private(set) var guesses: [CSVTypeGuess]

  init(columnCount: Int) { guesses = Array(repeating: CSVTypeGuess(), count: columnCount) }

  /// Observes every field of a record. Fields beyond the columns are ignored here; the parser reports them.
  mutating func observe(_ record: [CSVRecordScanner.Field], _ format: CSVFormat) {
    for (column, field) in record.prefix(guesses.count).enumerated() {
      field.bytes.withUnsafeBufferPointer { guesses[column].observe($0, isQuoted: field.isQuoted, format) }
    }
  }
}
