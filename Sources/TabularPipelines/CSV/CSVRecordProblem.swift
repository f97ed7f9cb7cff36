extension CSVRecordParser {
  /// What is wrong with a record; lines count from the parser's `line`.
  enum Problem: Error {
    case fieldCount(line: Int, got: Int)
    case badValue(line: Int, column: Int, bytes: [UInt8], isQuoted: Bool)
    /// `offset` counts from the first byte in memory; `placed` makes it count from the first byte of the file.
    case notUTF8(line: Int, column: Int, offset: Int, byte: UInt8)
    case textAfterQuote(line: Int)
    case unterminatedQuote(line: Int)
    case recordTooLong(line: Int)

    /// The same, with lines counted from `start`.
    func moved(by start: Int) -> Problem {
      switch self {
      case .fieldCount(let line, let got): .fieldCount(line: line + start, got: got)
      case .badValue(let line, let column, let bytes, let isQuoted):
        .badValue(line: line + start, column: column, bytes: bytes, isQuoted: isQuoted)
      case .notUTF8(let line, let column, let offset, let byte): .notUTF8(line: line + start, column: column, offset: offset, byte: byte)
      case .textAfterQuote(let line): .textAfterQuote(line: line + start)
      case .unterminatedQuote(let line): .unterminatedQuote(line: line + start)
      case .recordTooLong(let line): .recordTooLong(line: line + start)
      }
    }

    /// The same, when the bytes in memory begin at `start` of the file.
    func placed(in start: Int) -> Problem {
      guard case .notUTF8(let line, let column, let offset, let byte) = self else { return self }
      return .notUTF8(line: line, column: column, offset: offset + start, byte: byte)
    }
  }
}
