import Mistique

/// Casts one column to a type, for `Cast`.
struct ColumnCast {
  let column: Column
  let name: String
  let rowIDs: RowIDs
  let type: ColumnType

  /// Throws `TransformerError.castTypes` and `.notCastable`.
  func callAsFunction() throws -> Column {
    if column.type == type { return column }
    let values: Column.Values? =
      switch type {
      case .int64: try integers().map { .int64($0) }
      case .float64: try doubles().map { .float64($0) }
      case .float32: try floats().map { .float32($0) }
      case .boolean: try booleans().map { .boolean($0) }
      case .date: try dates().map { .date($0) }
      case .timestamp: try timestamps().map { .timestamp($0) }
      case .text: .text(texts())
      }
    guard let values else { throw TransformerError.castTypes(column: name, from: column.type, to: type) }
    return Column(values, validity: validity)
  }

  /// An empty text becomes missing.
  private var validity: Validity? {
    guard case .text(let texts) = column.values, type != .text else { return column.validity }
    var present = column.validity ?? Validity(count: column.count, present: true)
    for row in 0..<texts.count where texts.offsets[row] == texts.offsets[row + 1] { present[row] = false }
    return present
  }

  private func integers() throws -> [Int64]? {
    switch column.values {
    case .float32(let values): try map(values, 0) { Int64(exactly: $0) }
    case .float64(let values): try map(values, 0) { Int64(exactly: $0) }
    case .boolean(let values): try map(values, 0) { $0 ? 1 : 0 }
    case .text(let values): try map(values, 0) { CSVFieldParsing.slowInteger($0) }
    case .int64, .date, .timestamp: nil
    }
  }

  private func doubles() throws -> [Double]? {
    switch column.values {
    case .float32(let values): try map(values, 0) { Double($0) }
    case .int64(let values): try map(values, 0) { Double(exactly: $0) }
    case .boolean(let values): try map(values, 0) { $0 ? 1 : 0 }
    case .text(let values): try map(values, 0) { CSVFieldParsing.slowNumber($0) }
    case .float64, .date, .timestamp: nil
    }
  }

  private func floats() throws -> [Float]? {
    switch column.values {
    case .float64(let values): try map(values, 0) { $0.isNaN ? .nan : Float(exactly: $0) }
    case .int64(let values): try map(values, 0) { Float(exactly: $0) }
    case .boolean(let values): try map(values, 0) { $0 ? 1 : 0 }
    case .text(let values): try map(values, 0) { Self.float($0) }
    case .float32, .date, .timestamp: nil
    }
  }

  /// The nearest float32 of a decimal number; an integer must be one, and a number that is finite must stay so.
  private static func float(_ bytes: UnsafeBufferPointer<UInt8>) -> Float? {
    guard let number = CSVFieldParsing.slowNumber(bytes) else { return nil }
    if bytes.allSatisfy({ $0 &- 48 < 10 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }) { return Float(exactly: number) }
    // From the text again, so that it is rounded once.
    guard let nearest = Float(String(decoding: bytes, as: UTF8.self)) else { return nil }
    return nearest.isFinite == number.isFinite && (nearest == 0) == (number == 0) ? nearest : nil
  }

  private func booleans() throws -> [Bool]? {
    switch column.values {
    case .float32(let values): try map(values, false) { $0 == 0 ? false : $0 == 1 ? true : nil }
    case .float64(let values): try map(values, false) { $0 == 0 ? false : $0 == 1 ? true : nil }
    case .int64(let values): try map(values, false) { $0 == 0 ? false : $0 == 1 ? true : nil }
    case .text(let values): try map(values, false) { CSVFieldParsing.boolean($0) }
    case .boolean, .date, .timestamp: nil
    }
  }

  private func dates() throws -> [Int32]? {
    switch column.values {
    case .timestamp(let values):
      try map(values, 0) { $0 % Timestamp.microsecondsPerDay == 0 ? Int32(exactly: $0 / Timestamp.microsecondsPerDay) : nil }
    case .text(let values): try map(values, 0) { CSVFieldParsing.date($0) }
    default: nil
    }
  }

  private func timestamps() throws -> [Int64]? {
    switch column.values {
    case .date(let values):
      try map(values, 0) {
        let (microseconds, overflows) = Int64($0).multipliedReportingOverflow(by: Timestamp.microsecondsPerDay)
        return overflows ? nil : microseconds
      }
    case .text(let values): try map(values, 0) { CSVFieldParsing.timestamp($0) }
    default: nil
    }
  }

  private func texts() -> TextValues { TextValues((0..<column.count).lazy.map { column.isPresent($0) ? text(of: $0) : "" }) }

  /// The value as the CSV writer writes it.
  private func text(of row: Int) -> String {
    switch column.values {
    case .float32(let values): values[row].description
    case .float64(let values): values[row].description
    case .int64(let values): String(values[row])
    case .boolean(let values): values[row] ? "true" : "false"
    case .date(let values): CalendarDate(daysSince1970: values[row]).text
    case .timestamp(let values): Timestamp(microseconds: values[row]).text
    case .text(let values): values[row]
    }
  }

  private func map<Source, Target>(_ values: [Source], _ zero: Target, _ convert: (Source) -> Target?) throws -> [Target] {
    try values.indices.map { row in
      guard column.isPresent(row) else { return zero }
      guard let value = convert(values[row]) else { throw error(row) }
      return value
    }
  }

  private func map<Target>(_ texts: TextValues, _ zero: Target, _ convert: (UnsafeBufferPointer<UInt8>) -> Target?) throws -> [Target] {
    try texts.utf8.withUnsafeBufferPointer { bytes in
      try (0..<texts.count).map { row in
        let field = UnsafeBufferPointer(rebasing: bytes[texts.offsets[row]..<texts.offsets[row + 1]])
        guard column.isPresent(row), !field.isEmpty else { return zero }
        guard let value = convert(field) else { throw error(row) }
        return value
      }
    }
  }

  private func error(_ row: Int) -> TransformerError {
    .notCastable(column: name, rowID: rowIDs[row], value: text(of: row).shortened(), type: type)
  }
}
