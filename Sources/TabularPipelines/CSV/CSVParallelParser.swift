import Foundation
import Mistique

/// Parses the records of a file on several threads, with the result of one thread that reads from front to back.
///
/// The file is cut into pieces of equal length, which threads take in order. Each parses its piece from a guessed start and waits for
/// its turn; turns go in the order of the pieces. In its turn a thread knows where the piece before really ended: when the guess was right
/// its rows are appended to the columns, otherwise it parses the piece once more from the true start. So rows come in the order of the file,
/// a problem is reported only where all before it is well, and its line is known.
///
/// Memory: the columns, and for each thread a piece's bytes and its rows, which take at most eight times as much.
final class CSVParallelParser: @unchecked Sendable {
  private let source: ByteSource
  private let types: [ColumnType?]
  private let format: CSVFormat
  private let records: Range<Int>
  private let pieceByteCount: Int

  /// Guards what follows. `sinks`, `verifiedStart`, `line` and `rowCount` are written only by the thread whose turn it is.
  private let condition = NSCondition()
  private var nextPiece = 0
  private var turn = 0
  private var failure: (any Error)?
  private var verifiedStart: Int
  private var line: Int
  private var rowCount = 0
  private let sinks: [CSVColumnSink]

  /// - Parameters:
  ///   - start: where the first record starts.
  ///   - line: number of the text line on which it starts.
  init(source: ByteSource, types: [ColumnType?], format: CSVFormat, start: Int, line: Int, pieceByteCount: Int) {
    self.source = source
    self.types = types
    self.format = format
    self.line = line
    self.pieceByteCount = pieceByteCount
    records = start..<source.byteCount
    verifiedStart = start
    sinks = types.compactMap { $0.map(CSVColumnSink.make) }
  }

  private var pieceCount: Int { (records.count + pieceByteCount - 1) / pieceByteCount }

  private func piece(_ index: Int) -> Range<Int> {
    let start = records.lowerBound + index * pieceByteCount
    return start..<min(start + pieceByteCount, records.upperBound)
  }

  /// The columns that are wanted, and how many rows there are. Throws `CSVRecordParser.Problem` and `CSVError`.
  func columns(threadCount: Int) throws -> (columns: [Column], rowCount: Int) {
    let threads = min(threadCount, pieceCount)
    if threads > 0 { DispatchQueue.concurrentPerform(iterations: threads) { _ in work() } }
    if let failure { throw failure }
    return (sinks.map { $0.column() }, rowCount)
  }

  private func work() {
    // A thread waits only for pieces that others have taken before, so this ends with any number of threads, one included.
    let parser = CSVPieceParser(source: source, types: types, format: format, pieceByteCount: pieceByteCount)
    while let index = takePiece() {
      let guess = Result { index == 0 ? try parser.parse(piece(0), from: records.lowerBound) : try parser.parseFromGuess(piece(index)) }
      guard awaitTurn(index) else { return }
      let failure: (any Error)?
      do {
        try settle(piece(index), guess.get(), parser)
        failure = nil
      } catch { failure = error }
      condition.lock()
      self.failure = failure
      turn += 1
      condition.broadcast()
      condition.unlock()
    }
  }

  private func takePiece() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    guard failure == nil, nextPiece < pieceCount else { return nil }
    nextPiece += 1
    return nextPiece - 1
  }

  /// Waits for the turn of a piece; `false` when an earlier one failed.
  private func awaitTurn(_ index: Int) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while turn != index, failure == nil { condition.wait() }
    return failure == nil
  }

  /// Takes over the rows of a piece whose turn it is.
  private func settle(_ piece: Range<Int>, _ guess: CSVPieceParser.Outcome, _ parser: CSVPieceParser) throws {
    // The last record of an earlier piece may cover this one.
    if verifiedStart >= piece.upperBound { return }
    let outcome = guess.start == verifiedStart ? guess : try parser.parse(piece, from: verifiedStart)
    if let problem = outcome.problem { throw problem.moved(by: line) }
    let block = parser.block
    let wanted = block.places.filter { $0.lane != .skipped }
    for (sink, place) in zip(sinks, wanted) { sink.append(place, count: block.rowCount) }
    if rowCount == 0, block.rowCount > 0 {
      let share = Double(outcome.end - records.lowerBound) / Double(records.count)
      for sink in sinks { sink.reserve(Int(Double(block.rowCount) / share * 1.02) + 1, share: share) }
    }
    rowCount += block.rowCount
    line += outcome.lines
    verifiedStart = outcome.end
  }
}
