import Foundation
import Mistique

/// Reads a CSV file (RFC 4180) into a frame of typed columns.
///
/// The first record is the header, unless the schema says that there is none. Fields are separated by the schema's separator; a field in double
/// quotes may hold separators, newlines and doubled quotes. Lines end in `\n` or `\r\n`; a UTF-8 byte order mark is skipped; blank lines are
/// skipped, except in a file of one column, where one is a missing value. An empty field is missing, as is an unquoted one that the schema lists;
/// an empty *quoted* field is a present empty text in a column of texts and missing in others. A file of a header only gives a frame of no rows.
///
/// Values are never changed silently: a column holds what its fields say, or it is a column of texts, by the rules on the page Pipelines. A value
/// that a given type cannot hold is an error. Texts are valid UTF-8 and have the bytes of the file, zeros included. A file in another encoding
/// that the schema names is converted, and a gzip file is decompressed. A carriage return without a newline is part of its field.
///
/// `row_id`s are the records' places in the file, from 0. The file is parsed on all cores; rows, types and errors are those of reading it from
/// front to back. Blocks the calling thread: keep it off the cooperative pool.
///
/// Memory: the columns plus about 6 MB per core. A properties_2016.csv of 587 MB gave columns of 1,320 MiB and a process of 1,366 MiB
/// at its peak. A record is held whole; one of more than 256 MiB is refused.
/// Complexity: O(bytes); a file whose inferred types prove too narrow is read again from the start.
public struct CSVReader: Sendable {
  /// What reading a file gives.
  public struct Result: Sendable {
    /// The records as rows and the wanted columns in the order of the file. `row_id`s are the records' places in the file, from 0.
    public let frame: DataFrame
    /// The schema that was given, with the type of every column that was read: with it the file is read again without inferring anything.
    public let schema: CSVSchema
  }

  /// Bytes of a piece that a thread parses at a time: with the rows made of them it stays in a core's cache.
  static let pieceByteCount = 1 << 19
  /// Bytes of a record at most: without a limit, a quote that is never closed would bring all of the file into memory.
  static let longestRecord = 1 << 28

  let schema: CSVSchema
  let pieceByteCount: Int
  private let longestRecord: Int
  private let threadCount: Int

  /// A reader of files with this schema. It opens nothing and can read any number of files.
  public init(schema: CSVSchema = .inferred) {
    self.init(schema: schema, pieceByteCount: Self.pieceByteCount, threadCount: ProcessInfo.processInfo.activeProcessorCount)
  }

  /// For tests: small pieces put every kind of field across their ends.
  init(schema: CSVSchema, pieceByteCount: Int, threadCount: Int, longestRecord: Int = Self.longestRecord) {
    self.schema = schema
    self.pieceByteCount = pieceByteCount
    self.threadCount = threadCount
    self.longestRecord = longestRecord
  }

  /// Reads the file's records. Throws ``CSVError``, which names file, line and column.
  public func read(_ url: URL) throws -> Result {
    let source = try ByteSource(url, encoding: schema.encoding)
    let format = try CSVFormat(schema, file: source.file)
    let opening = try CSVOpening(
      of: source, schema: schema, format: format, pieceByteCount: pieceByteCount, longestRecord: longestRecord)
    var guesses = opening.guesses
    while true {
      let parser = CSVParallelParser(
        source: source, plans: plans(opening, guesses), format: format, start: opening.byteCount, line: 1 + opening.lines,
        pieceByteCount: pieceByteCount, longestRecord: longestRecord)
      do {
        let (columns, rowCount) = try parser.columns(threadCount: threadCount)
        return result(columns, rowCount, opening, guesses)
      } catch CSVRecordParser.Problem.badValue(_, let column, let bytes, let isQuoted) where schema.types[opening.names[column]] == nil {
        guesses[column].widen(by: bytes, isQuoted: isQuoted, format)
      } catch let problem as CSVRecordParser.Problem {
        throw error(problem, file: source.file, names: opening.names)
      }
    }
  }

  private func plans(_ opening: CSVOpening, _ guesses: [CSVTypeGuess]) -> [CSVColumnPlan] {
    opening.names.enumerated().map { place, name in
      if !opening.isWanted[place] { return .skipped }
      if let type = schema.types[name] { return .given(type) }
      return guesses[place].type.map { .inferred($0) } ?? .undecided
    }
  }

  private func result(_ columns: [Column], _ rowCount: Int, _ opening: CSVOpening, _ guesses: [CSVTypeGuess]) -> Result {
    let places = opening.names.indices.filter { opening.isWanted[$0] }
    let named = zip(places, columns).map { place, column in
      let name = opening.names[place]
      let isUndecided = schema.types[name] == nil && guesses[place].type == nil
      return (name: name, column: isUndecided ? Column(.float64(Array(repeating: 0, count: rowCount)), validity: column.validity) : column)
    }
    var settled = schema
    settled.types = CSVColumnTypes(named.map { ($0.name, $0.column.type) })
    return Result(frame: DataFrame(rowIDs: .first(rowCount), columns: named), schema: settled)
  }

  private func error(_ problem: CSVRecordParser.Problem, file: String, names: [String]) -> CSVError {
    switch problem {
    case .fieldCount(let line, let got): return .fieldCount(file: file, line: line, expected: names.count, got: got)
    case .textAfterQuote(let line): return .textAfterQuote(file: file, line: line)
    case .unterminatedQuote(let line): return .unterminatedQuote(file: file, line: line)
    case .recordTooLong(let line): return .recordTooLong(file: file, line: line, bytes: longestRecord)
    case .notUTF8(let line, let column, let offset, let byte):
      return .notUTF8(CSVBadByte(file: file, line: line, column: names[column], offset: offset, byte: byte))
    case .badValue(let line, let column, let bytes, _):
      let expected = schema.types[names[column]]?.expectation(insteadOf: bytes) ?? "another value"
      let got = String(decoding: bytes.prefix(40), as: UTF8.self)
      return .badValue(CSVBadValue(file: file, line: line, column: names[column], expected: expected, got: got))
    }
  }
}

extension CSVReader {
  /// The names of all columns of the file, in its order, read from the file's beginning alone.
  ///
  /// Throws ``CSVError``, also when a required column is not among them.
  public func columnNames(of url: URL) throws -> [String] { try beginning(of: url).opening.names }

  /// The file's beginning and what it says. A file that has to be converted is converted only as far as that takes.
  func beginning(of url: URL) throws -> (source: ByteSource, opening: CSVOpening) {
    func opened(atMost limit: Int) throws -> (source: ByteSource, opening: Swift.Result<CSVOpening, any Error>) {
      let source = try ByteSource(url, encoding: schema.encoding, atMost: limit)
      return (
        source,
        Swift.Result {
          try CSVOpening(
            of: source, schema: schema, format: CSVFormat(schema, file: source.file), pieceByteCount: pieceByteCount,
            longestRecord: longestRecord)
        }
      )
    }
    let first = try opened(atMost: CSVTypeInference.sampleByteCount)
    // What looks wrong may only have been cut.
    if case .failure = first.opening, first.source.isCut {
      let whole = try opened(atMost: .max)
      return (whole.source, try whole.opening.get())
    }
    return (first.source, try first.opening.get())
  }

  /// The types that `read` would settle on. Reads the whole file only when the schema leaves a column of it to be inferred.
  func settledSchema(of url: URL) throws -> CSVSchema {
    let opening = try beginning(of: url).opening
    let names = zip(opening.names, opening.isWanted).filter(\.1).map(\.0)
    guard names.allSatisfy({ schema.types[$0] != nil }) else { return try read(url).schema }
    var settled = schema
    settled.types = CSVColumnTypes(names.map { ($0, schema.types[$0]!) })
    return settled
  }
}
