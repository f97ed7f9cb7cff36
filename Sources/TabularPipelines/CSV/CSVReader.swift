import Foundation
import Mistique

/// Reads a CSV file (RFC 4180) into a frame of typed columns.
///
/// The first record is the header. Fields are separated by commas; a field in double quotes may hold commas, newlines and doubled quotes.
/// Lines end in `\n` or `\r\n`; a UTF-8 byte order mark is skipped; blank lines are skipped, except in a file of one column, where one is a
/// missing value. An empty field is missing; an empty *quoted* field is a present empty text in a column of texts and missing in others.
/// A file of a header only gives a frame of no rows. Integers may be written `7.0` or `6.1e+13`; numbers are correctly rounded.
///
/// `row_id`s are the records' places in the file, from 0. The file is streamed: memory is the columns plus about 2 MB.
/// Complexity: O(bytes); a file whose inferred types prove too narrow is read again from the start.
public struct CSVReader: Sendable {
  public struct Result: Sendable {
    public let frame: DataFrame
    /// The type of every column, so that the same file can be read again without inferring anything.
    public let schema: CSVSchema
  }

  private let schema: CSVSchema
  private let bufferByteCount: Int

  public init(schema: CSVSchema = .inferred) {
    self.init(schema: schema, bufferByteCount: ByteSource.initialCapacity)
  }

  /// For tests: a small buffer puts every kind of field across its end.
  init(schema: CSVSchema, bufferByteCount: Int) {
    self.schema = schema
    self.bufferByteCount = bufferByteCount
  }

  /// The file's records. Throws `CSVError`, which names file, line and column.
  public func read(_ url: URL) throws -> Result {
    let opening = try readOpening(url)
    var types = opening.types
    while true {
      do {
        let columns = try parse(
          url, opening, types: opening.names.indices.map { types[$0] ?? .boolean })
        let finished = columns.enumerated().map { index, column in
          // A column without a value in the sample is parsed as booleans, which any other value contradicts: the first value decides.
          let isEmpty = types[index] == nil && column.missingCount == column.count
          return isEmpty
            ? Column(.float64(Array(repeating: 0, count: column.count)), validity: column.validity)
            : column
        }
        let frame = DataFrame(
          rowIDs: .first(finished.first?.count ?? 0), columns: Array(zip(opening.names, finished)))
        let settled = Dictionary(uniqueKeysWithValues: zip(opening.names, finished.map(\.type)))
        return Result(frame: frame, schema: CSVSchema(types: settled, required: schema.required))
      } catch CSVRecordParser.Problem.badValue(let line, let column, let bytes) {
        let name = opening.names[column]
        guard schema.types[name] == nil else {
          let got = String(decoding: bytes.prefix(40), as: UTF8.self)
          throw CSVError.badValue(
            CSVBadValue(
              file: url.path, line: line, column: name, expected: schema.types[name]!.expectation,
              got: got))
        }
        types[column] = CSVTypeInference.widened(types[column], by: bytes)
      } catch CSVRecordParser.Problem.fieldCount(let line, let got) {
        throw CSVError.fieldCount(
          file: url.path, line: line, expected: opening.names.count, got: got)
      } catch CSVRecordParser.Problem.textAfterQuote(let line) {
        throw CSVError.textAfterQuote(file: url.path, line: line)
      }
    }
  }
}

extension CSVReader {
  /// The types that `read` would settle on. Reads the whole file only when the schema leaves a column of it to be inferred.
  func settledSchema(of url: URL) throws -> CSVSchema {
    let names = try readOpening(url).names
    guard names.allSatisfy({ schema.types[$0] != nil }) else { return try read(url).schema }
    return CSVSchema(types: Dictionary(uniqueKeysWithValues: names.map { ($0, schema.types[$0]!) }), required: schema.required)
  }

  /// What the header and the first records say.
  private struct Opening {
    let names: [String]
    /// `nil` for an inferred column without a value in the sample.
    var types: [ColumnType?]
    let headerLines: Int
  }

  private func readOpening(_ url: URL) throws -> Opening {
    let source = try ByteSource(url, capacity: bufferByteCount)
    var start = 0
    var fields: [CSVRecordScanner.Field] = []
    var headerLines = 0
    repeat {
      try source.refill(dropping: 0)
      start = Self.headerStart(source.bytes)
      switch CSVRecordScanner.record(in: source.bytes, at: start, isLast: source.isAtEnd) {
      case .record(let header, let next, let lines):
        (fields, start, headerLines) = (header, next, lines)
      case .incomplete where source.isAtEnd:
        throw CSVError.unterminatedQuote(file: url.path, line: 1)
      case .incomplete: break
      case .textAfterQuote: throw CSVError.textAfterQuote(file: url.path, line: 1)
      }
    } while fields.isEmpty
    let names = try columnNames(fields, file: url.path)

    var inference = CSVTypeInference(columnCount: names.count)
    if names.contains(where: { schema.types[$0] == nil }) {
      var records = 0
      while start < source.bytes.count, records < CSVTypeInference.sampleRecords,
        case .record(let record, let next, _) = CSVRecordScanner.record(
          in: source.bytes, at: start, isLast: source.isAtEnd)
      {
        inference.observe(record)
        start = next
        records += 1
      }
    }
    let types = zip(names, inference.types).map { schema.types[$0] ?? $1 }
    return Opening(names: names, types: types, headerLines: headerLines)
  }

  private static func headerStart(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
  }

  private func columnNames(_ fields: [CSVRecordScanner.Field], file: String) throws -> [String] {
    let names = fields.map { String(decoding: $0.bytes, as: UTF8.self) }
    guard names != [""] else { throw CSVError.empty(file: file) }
    var seen = Set<String>()
    for name in names where !seen.insert(name).inserted {
      throw CSVError.duplicateHeader(file: file, name: name)
    }
    let missing = schema.required.filter { !seen.contains($0) }
    guard missing.isEmpty else { throw CSVError.missingColumns(file: file, names: missing) }
    return names
  }

  private func parse(_ url: URL, _ opening: Opening, types: [ColumnType]) throws -> [Column] {
    let source = try ByteSource(url, capacity: bufferByteCount)
    let block = CSVBlock(types: types)
    var parser = CSVRecordParser(block: block, line: 1 + opening.headerLines)
    var used = 0
    var isPastHeader = false
    var isReserved = false
    repeat {
      try source.refill(dropping: used)
      used = 0
      if !isPastHeader {
        guard
          case .record(_, let next, _) = CSVRecordScanner.record(
            in: source.bytes, at: Self.headerStart(source.bytes), isLast: source.isAtEnd)
        else { continue }
        used = next
        isPastHeader = true
      }
      used = try parser.parse(source.bytes, from: used, isLast: source.isAtEnd)
      if !isReserved, !source.isAtEnd, used > 0 {
        let rows = block.movedRowCount + block.rowCount
        block.reserve(rows: Int(Double(rows) * Double(source.fileByteCount) / Double(used) * 1.02))
        isReserved = true
      }
    } while !source.isAtEnd
    if used < source.bytes.count {
      throw CSVError.unterminatedQuote(file: url.path, line: parser.line)
    }
    return block.takeColumns()
  }
}
