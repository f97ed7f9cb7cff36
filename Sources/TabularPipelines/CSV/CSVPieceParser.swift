import Mistique

/// Parses pieces of a file into a block, one after another. Each thread of the reader has one.
///
/// A piece owns the records that start in it, and reads past its end to finish the last of them. Where the first one starts is not known while
/// an earlier piece is still being read. The guess is that it starts after the first newline, which is right unless that newline is quoted.
final class CSVPieceParser {
  struct Outcome {
    /// Where the first record was assumed to start; `nil` when there was nothing to go by.
    let start: Int?
    /// Where the first record after the piece starts.
    let end: Int
    /// Text lines of the records, blank ones among them.
    let lines: Int
    /// Lines count from the piece's first.
    let problem: CSVRecordParser.Problem?
  }

  let block: CSVBlock
  private let window: ByteWindow
  private let format: CSVFormat
  /// Bytes read past the end of a piece at once; the last record usually ends in them.
  private let lookahead: Int
  /// Bytes of a record at most.
  private let longestRecord: Int

  init(source: ByteSource, plans: [CSVColumnPlan], format: CSVFormat, pieceByteCount: Int, longestRecord: Int) {
    self.longestRecord = longestRecord
    lookahead = max(1, pieceByteCount / 32)
    block = CSVBlock(plans: plans, pieceByteCount: pieceByteCount)
    window = ByteWindow(source, capacity: pieceByteCount + lookahead + 1)
    self.format = format
  }

  /// Parses the piece from its guessed start. Gives up on a very long record, because the guess is then likely to be wrong.
  func parseFromGuess(_ piece: Range<Int>) throws -> Outcome {
    // A record starts at the piece's first byte when the byte before it ends a line.
    try window.load(piece.lowerBound - 1..<piece.upperBound + lookahead)
    let bytes = window.bytes.prefix(piece.count)
    block.clear()
    guard let newline = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return Outcome(start: nil, end: 0, lines: 0, problem: nil) }
    return try parse(piece, from: window.offset + newline + 1, limit: 2 * (piece.count + lookahead))
  }

  /// Parses the piece from a known start of a record in it.
  func parse(_ piece: Range<Int>, from start: Int) throws -> Outcome {
    try window.load(start..<piece.upperBound + lookahead)
    return try parse(piece, from: start, limit: .max)
  }

  private func parse(_ piece: Range<Int>, from start: Int, limit: Int) throws -> Outcome {
    block.clear()
    var parser = CSVRecordParser(block: block, format: format)
    var next = start
    while true {
      do {
        let used = try parser.parse(
          window.bytes, from: next - window.offset, limit: piece.upperBound - window.offset, isLast: window.isAtEnd)
        next = window.offset + used
      } catch let problem as CSVRecordParser.Problem {
        block.forgetRow(block.rowCount)
        return Outcome(start: start, end: next, lines: parser.line, problem: problem.placed(in: window.offset))
      }
      if next >= piece.upperBound { return Outcome(start: start, end: next, lines: parser.line, problem: nil) }
      if window.isAtEnd { return Outcome(start: start, end: next, lines: parser.line, problem: .unterminatedQuote(line: parser.line)) }
      if window.bytes.count >= limit { return Outcome(start: nil, end: next, lines: 0, problem: nil) }
      let recordStart = next - window.offset
      guard window.bytes.count - recordStart <= longestRecord else {
        return Outcome(start: start, end: next, lines: parser.line, problem: .recordTooLong(line: parser.line))
      }
      try window.extend(limit: min(limit, recordStart + longestRecord + 1))
    }
  }
}
