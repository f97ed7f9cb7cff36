import Mistique

/// What the beginning of a CSV file says: the names of its columns, where its records start, and types guessed from the first of them.
struct CSVOpening {
  let names: [String]
  let isWanted: [Bool]
  /// One per column; those of columns with a given type are not used.
  let guesses: [CSVTypeGuess]
  /// Bytes before the records: a byte order mark and the header.
  let byteCount: Int
  /// Text lines of the header.
  let lines: Int
  /// The first record that is not a blank line: the header, where the file has one.
  let first: CSVHeader

  /// Throws `CSVError`, also when a required column is missing.
  ///
  /// - Parameters:
  ///   - pieceByteCount: bytes read at once; the result does not depend on it.
  ///   - longestRecord: bytes of the first record at most.
  init(of source: ByteSource, schema: CSVSchema, format: CSVFormat, pieceByteCount: Int, longestRecord: Int) throws {
    let window = ByteWindow(source, capacity: pieceByteCount)
    try window.load(0..<pieceByteCount)
    let start = try Self.start(window)
    var first = try CSVHeader(window, at: start, format, longest: longestRecord)
    // Blank lines are neither a header nor records, unless there is one column.
    while first.isBlank, schema.hasHeader || schema.names.count != 1, first.next < window.bytes.count || !window.isAtEnd {
      first = try CSVHeader(window, at: first.next, line: first.line + first.lines, format, longest: longestRecord)
    }
    self.first = first
    if schema.hasHeader {
      names = try Self.named(first.names(file: source.file), schema, file: source.file, line: first.line)
      (byteCount, lines) = (first.next, first.line - 1 + first.lines)
    } else {
      if first.isBlank, schema.names.isEmpty { throw CSVError.empty(file: source.file) }
      try first.checkLineEnds(file: source.file)
      let numbered = first.isBlank ? schema.names : first.fields.indices.map { "c\($0 + 1)" }
      names = try Self.named(numbered, schema, file: source.file, line: first.line)
      (byteCount, lines) = (start, 0)
    }
    let schemaColumns = Set(schema.columns.map { ColumnName($0) })
    isWanted = names.map { schemaColumns.isEmpty || schemaColumns.contains(ColumnName($0)) }
    let isInferred = zip(names, isWanted).contains { schema.types[$0] == nil && $1 }
    guesses =
      isInferred
      ? try Self.sample(window, from: byteCount, columnCount: names.count, format) : Array(repeating: CSVTypeGuess(), count: names.count)
  }

  /// The offset after a byte order mark, if there is one.
  private static func start(_ window: ByteWindow) throws -> Int {
    while window.bytes.count < 3, !window.isAtEnd { try window.extend() }
    return window.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  private static func named(_ found: [String], _ schema: CSVSchema, file: String, line: Int) throws -> [String] {
    guard schema.names.isEmpty || schema.names.count == found.count else {
      throw CSVError.nameCount(file: file, fields: found.count, names: schema.names.count)
    }
    let names = schema.names.isEmpty ? found : schema.names
    if let name = names.firstRepeatedName {
      throw schema.names.isEmpty ? CSVError.duplicateHeader(file: file, line: line, name: name) : .duplicateName(file: file, name: name)
    }
    let there = Set(names.map { ColumnName($0) })
    let missing = (schema.required + schema.columns).filter { !there.contains(ColumnName($0)) }
    guard missing.isEmpty else {
      throw schema.hasHeader && schema.names.isEmpty
        ? CSVError.missingColumns(file: file, line: line, names: missing) : .missingNames(file: file, missing: missing, names: names)
    }
    return names
  }

  /// One guess per column, from the records of the sample.
  private static func sample(_ window: ByteWindow, from start: Int, columnCount: Int, _ format: CSVFormat) throws -> [CSVTypeGuess] {
    var inference = CSVTypeInference(columnCount: columnCount)
    try forEachSampleRecord(window, from: start, format) { inference.observe($0, format) }
    return inference.guesses
  }

  /// Calls `body` with each record of the sample, which does not depend on the length of the pieces.
  static func forEachSampleRecord(
    _ window: ByteWindow, from start: Int, _ format: CSVFormat, _ body: ([CSVRecordScanner.Field]) -> Void
  ) throws {
    var next = start
    var records = 0
    while records < CSVTypeInference.sampleRecords {
      if next < window.bytes.count,
        case .record(let record, let end, _) = CSVRecordScanner.record(in: window.bytes, at: next, isLast: window.endsFile, format)
      {
        body(record)
        next = end
        records += 1
      } else {
        if window.isAtEnd || window.bytes.count >= CSVTypeInference.sampleByteCount { break }
        try window.extend(limit: CSVTypeInference.sampleByteCount)
      }
    }
  }
}

/// The first record of a file.
struct CSVHeader {
  let fields: [CSVRecordScanner.Field]
  /// Where the next record starts.
  let next: Int
  /// The text line that it begins on, from 1, and how many it has.
  let line: Int
  let lines: Int
  private let start: Int
  private let invalid: (offset: Int, byte: UInt8)?

  var isBlank: Bool { fields.count == 1 && fields[0].bytes.isEmpty && !fields[0].isQuoted }

  /// The record at `start`, of at most `longest` bytes; the window is extended until it holds the record. Throws `CSVError`.
  init(_ window: ByteWindow, at start: Int, line: Int = 1, _ format: CSVFormat, longest: Int) throws {
    let file = window.source.file
    self.line = line
    while true {
      switch CSVRecordScanner.record(in: window.bytes, at: start, isLast: window.endsFile, format) {
      case .record(let fields, let next, let lines):
        (self.fields, self.next, self.lines, self.start) = (fields, next, lines, start)
        let raw = UnsafeBufferPointer(rebasing: window.bytes[start..<next])
        invalid = UTF8Check.firstInvalid(raw).map { (start + $0, raw[$0]) }
        if Self.endsDoubly(raw) { throw CSVError.doubleCarriageReturn(file: file, line: line) }
        return
      case .textAfterQuote:
        throw Self.endsDoubly(window.bytes[start...])
          ? CSVError.doubleCarriageReturn(file: file, line: line) : .textAfterQuote(file: file, line: line)
      case .incomplete:
        if window.isAtEnd { throw CSVError.unterminatedQuote(file: file, line: line) }
        guard window.bytes.count - start <= longest else { throw CSVError.recordTooLong(file: file, line: line, bytes: longest) }
        try window.extend(limit: start + longest + 1)
      }
    }
  }

  /// Whether the first line ends in two carriage returns and a newline.
  private static func endsDoubly(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.prefix { $0 != UInt8(ascii: "\n") }.suffix(2).elementsEqual([UInt8(ascii: "\r"), UInt8(ascii: "\r")])
  }

  /// The fields as names. Throws `CSVError`.
  func names(file: String) throws -> [String] {
    if isBlank { throw CSVError.empty(file: file) }
    if let invalid { throw CSVError.notUTF8(CSVBadByte(file: file, line: line, column: nil, offset: invalid.offset, byte: invalid.byte)) }
    try checkLineEnds(file: file)
    return fields.map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  /// Throws `CSVError` where carriage returns alone may end the lines: all of the file would be one record.
  func checkLineEnds(file: String) throws {
    guard !fields.contains(where: { !$0.isQuoted && $0.bytes.contains(UInt8(ascii: "\r")) }) else {
      throw CSVError.loneCarriageReturn(file: file, line: line)
    }
  }
}
