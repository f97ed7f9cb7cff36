import Foundation
import Mistique

/// Reads a CSV file (RFC 4180) into a frame of typed columns.
///
/// The first record is the header. Fields are separated by the schema's separator; a field in double quotes may hold separators, newlines and
/// doubled quotes. Lines end in `\n` or `\r\n`; a UTF-8 byte order mark is skipped; blank lines are skipped, except in a file of one
/// column, where one is a missing value. An empty field is missing, as is an unquoted one that the schema lists; an empty *quoted* field is
/// a present empty text in a column of texts and missing in others. A file of a header only gives a frame of no rows. Integers may be written
/// `7.0` or `6.1e+13`; numbers are correctly rounded. Texts keep their bytes, zeros and bytes that are not UTF-8 among them; zeros elsewhere
/// are bad values. A carriage return without a newline is part of its field.
///
/// `row_id`s are the records' places in the file, from 0. The file is parsed on all cores (`CSVParallelParser`); rows, types and errors
/// are those of a reading from front to back. Blocks the calling thread: keep it off the cooperative pool.
///
/// Memory: the columns plus about 6 MB for each core. A properties_2016.csv of 587 MB gave columns of 1,320 MiB and a process of 1,366 MiB
/// at its peak.
/// Complexity: O(bytes); a file whose inferred types prove too narrow is read again from the start.
public struct CSVReader: Sendable {
  public struct Result: Sendable {
    public let frame: DataFrame
    /// The type of every column, so that the same file can be read again without inferring anything.
    public let schema: CSVSchema
  }

  /// Bytes of a piece that a thread parses at a time: with the rows made of them it stays in a core's cache.
  static let pieceByteCount = 1 << 19

  private let schema: CSVSchema
  private let pieceByteCount: Int
  private let threadCount: Int

  public init(schema: CSVSchema = .inferred) {
    self.init(schema: schema, pieceByteCount: Self.pieceByteCount, threadCount: ProcessInfo.processInfo.activeProcessorCount)
  }

  /// For tests: small pieces put every kind of field across their ends.
  init(schema: CSVSchema, pieceByteCount: Int, threadCount: Int) {
    self.schema = schema
    self.pieceByteCount = pieceByteCount
    self.threadCount = threadCount
  }

  /// The file's records. Throws `CSVError`, which names file, line and column.
  public func read(_ url: URL) throws -> Result {
    let source = try ByteSource(url)
    let format = try CSVFormat(schema, file: source.file)
    let opening = try opening(of: source, format)
    var types = opening.types
    while true {
      // A column without a value in the sample is parsed as booleans, which any other value contradicts: the first value decides.
      let parser = CSVParallelParser(
        source: source, types: types.indices.map { opening.isWanted[$0] ? types[$0] ?? .boolean : nil }, format: format,
        start: opening.byteCount, line: 1 + opening.lines, pieceByteCount: pieceByteCount)
      do {
        let (columns, rowCount) = try parser.columns(threadCount: threadCount)
        return result(columns, rowCount, opening, types)
      } catch CSVRecordParser.Problem.badValue(_, let column, let bytes) where schema.types[opening.names[column]] == nil {
        types[column] = CSVTypeInference.widened(types[column], by: bytes)
      } catch let problem as CSVRecordParser.Problem {
        throw error(problem, file: source.file, names: opening.names)
      }
    }
  }

  private func result(_ columns: [Column], _ rowCount: Int, _ opening: Opening, _ types: [ColumnType?]) -> Result {
    let places = opening.names.indices.filter { opening.isWanted[$0] }
    let finished = zip(places, columns).map { place, column in
      types[place] == nil && column.missingCount == column.count
        ? Column(.float64(Array(repeating: 0, count: rowCount)), validity: column.validity) : column
    }
    let named = zip(places, finished).map { (name: opening.names[$0], column: $1) }
    var settled = schema
    settled.types = Dictionary(uniqueKeysWithValues: named.map { ($0.name, $0.column.type) })
    return Result(frame: DataFrame(rowIDs: .first(rowCount), columns: named), schema: settled)
  }

  private func error(_ problem: CSVRecordParser.Problem, file: String, names: [String]) -> CSVError {
    switch problem {
    case .fieldCount(let line, let got): return .fieldCount(file: file, line: line, expected: names.count, got: got)
    case .textAfterQuote(let line): return .textAfterQuote(file: file, line: line)
    case .unterminatedQuote(let line): return .unterminatedQuote(file: file, line: line)
    case .badValue(let line, let column, let bytes):
      let expected = schema.types[names[column]]?.expectation ?? "another value"
      let got = String(decoding: bytes.prefix(40), as: UTF8.self)
      return .badValue(CSVBadValue(file: file, line: line, column: names[column], expected: expected, got: got))
    }
  }
}

extension CSVReader {
  /// The names in the header, in order. Throws `CSVError`, also when a required column is not among them. Reads no more than the file's beginning.
  public func columnNames(of url: URL) throws -> [String] {
    let source = try ByteSource(url)
    return try opening(of: source, CSVFormat(schema, file: source.file)).names
  }

  /// The types that `read` would settle on. Reads the whole file only when the schema leaves a column of it to be inferred.
  func settledSchema(of url: URL) throws -> CSVSchema {
    let source = try ByteSource(url)
    let opening = try opening(of: source, CSVFormat(schema, file: source.file))
    let names = zip(opening.names, opening.isWanted).filter(\.1).map(\.0)
    guard names.allSatisfy({ schema.types[$0] != nil }) else { return try read(url).schema }
    var settled = schema
    settled.types = Dictionary(uniqueKeysWithValues: names.map { ($0, schema.types[$0]!) })
    return settled
  }

  /// What the header and the first records say.
  private struct Opening {
    let names: [String]
    let isWanted: [Bool]
    /// `nil` for an inferred column without a value in the sample.
    let types: [ColumnType?]
    /// Of the header, with a byte order mark.
    let byteCount: Int
    let lines: Int
  }

  private func opening(of source: ByteSource, _ format: CSVFormat) throws -> Opening {
    let window = ByteWindow(source, capacity: pieceByteCount)
    try window.load(0..<pieceByteCount)
    var header: (fields: [CSVRecordScanner.Field], next: Int, lines: Int)?
    while header == nil {
      switch CSVRecordScanner.record(
        in: window.bytes, at: Self.headerStart(window.bytes), isLast: window.isAtEnd, separator: format.separator)
      {
      case .record(let fields, let next, let lines): header = (fields, next, lines)
      case .textAfterQuote: throw CSVError.textAfterQuote(file: source.file, line: 1)
      case .incomplete:
        if window.isAtEnd { throw CSVError.unterminatedQuote(file: source.file, line: 1) }
        try window.extend()
      }
    }
    let names = try columnNames(header!.fields, file: source.file)
    let isWanted = names.map { schema.columns.isEmpty || schema.columns.contains($0) }
    let isInferred = zip(names, isWanted).contains { schema.types[$0] == nil && $1 }
    let inferred =
      isInferred ? try sample(window, from: header!.next, columnCount: names.count, format) : Array(repeating: nil, count: names.count)
    return Opening(
      names: names, isWanted: isWanted, types: zip(names, inferred).map { schema.types[$0] ?? $1 }, byteCount: header!.next,
      lines: header!.lines)
  }

  /// The types of the sample's records; the same whatever the length of the pieces.
  private func sample(_ window: ByteWindow, from start: Int, columnCount: Int, _ format: CSVFormat) throws -> [ColumnType?] {
    var inference = CSVTypeInference(columnCount: columnCount)
    var next = start
    var records = 0
    while records < CSVTypeInference.sampleRecords {
      if next < window.bytes.count,
        case .record(let record, let end, _) = CSVRecordScanner.record(
          in: window.bytes, at: next, isLast: window.isAtEnd, separator: format.separator)
      {
        inference.observe(record, format)
        next = end
        records += 1
      } else {
        if window.isAtEnd || window.bytes.count >= CSVTypeInference.sampleByteCount { break }
        try window.extend(limit: CSVTypeInference.sampleByteCount)
      }
    }
    return inference.types
  }

  private static func headerStart(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
  }

  private func columnNames(_ fields: [CSVRecordScanner.Field], file: String) throws -> [String] {
    guard !fields.contains(where: { !$0.isQuoted && $0.bytes.contains(UInt8(ascii: "\r")) }) else {
      throw CSVError.loneCarriageReturn(file: file)
    }
    let names = fields.map { String(decoding: $0.bytes, as: UTF8.self) }
    guard names != [""] else { throw CSVError.empty(file: file) }
    var seen = Set<String>()
    for name in names where !seen.insert(name).inserted {
      throw CSVError.duplicateHeader(file: file, name: name)
    }
    let missing = (schema.required + schema.columns).filter { !seen.contains($0) }
    guard missing.isEmpty else { throw CSVError.missingColumns(file: file, names: missing) }
    return names
  }
}
