import Mistique

/// The types that hold what was seen of a column so far.
///
/// Each value leaves the types that give it back in meaning (the table in the page Pipelines); a column's type is the narrowest that is left. So it
/// depends on which values there are and not on their order, nor on which of them were in the sample.
struct CSVTypeGuess: Equatable {
  /// From the narrowest to the widest. Booleans, dates and times exclude each other and numbers. `float32` is never inferred: it would round.
  private static let order: [ColumnType] = [.int64, .float64, .boolean, .date, .timestamp, .text]

  private var candidates = order
  private var hasValue = false

  /// `nil` while no value was seen; such a column is of numbers, all missing.
  var type: ColumnType? { hasValue ? candidates[0] : nil }

  /// Takes account of a field. Missing ones say nothing, an empty one in quotes neither: it is missing in all columns but those of texts.
  mutating func observe(_ bytes: UnsafeBufferPointer<UInt8>, isQuoted: Bool, _ format: CSVFormat) {
    if bytes.isEmpty || (!isQuoted && format.isMarker(bytes)) { return }
    let isMissingNumber = !isQuoted && format.isNumericMarker(bytes)
    hasValue = hasValue || !isMissingNumber
    candidates = candidates.filter { $0.canHold(bytes) || (isMissingNumber && ($0 == .int64 || $0 == .float64)) }
  }

  /// Takes account of a field that the parser refused for the type so far. Makes it a text when nothing narrower is left, so that reading ends.
  mutating func widen(by bytes: [UInt8], isQuoted: Bool, _ format: CSVFormat) {
    let before = type
    bytes.withUnsafeBufferPointer { observe($0, isQuoted: isQuoted, format) }
    hasValue = true
    if type == before { candidates = [.text] }
  }
}

extension ColumnType {
  /// Whether an inferred column of this type gives these bytes, which are not empty, back in meaning.
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

/// Guesses the types of columns that no schema names from the first records, to save readings: a later value that does not fit widens its column, and
/// the reader starts over.
///
/// The sample is the first `sampleRecords` records, as far as they lie in the first `sampleByteCount` bytes.
struct CSVTypeInference {
  static let sampleRecords = 1_000
  static let sampleByteCount = 1 << 20

  private(set) var guesses: [CSVTypeGuess]

  init(columnCount: Int) { guesses = Array(repeating: CSVTypeGuess(), count: columnCount) }

  /// Takes account of a record; fields beyond the columns are left to the parser to complain about.
  mutating func observe(_ record: [CSVRecordScanner.Field], _ format: CSVFormat) {
    for (column, field) in record.prefix(guesses.count).enumerated() {
      field.bytes.withUnsafeBufferPointer { guesses[column].observe($0, isQuoted: field.isQuoted, format) }
    }
  }
}
