import Foundation
import Mistique

/// Parses the records of a file on several threads. The result is that of one thread reading from front to back.
///
/// The file is cut into pieces of equal length, which threads take in order. Each parses its piece from a guessed start and waits for
/// its turn; turns go in the order of the pieces. In its turn a thread knows where the previous piece really ended. If the guess was right, the
/// thread appends its rows to the columns; otherwise it parses the piece again from the true start. So rows come in the order of the file, and a
/// problem is reported with its line, and only when everything before it is well-formed. Columns are filled one group at a time, and each group
/// has turns of its own: touching new memory costs as much as parsing, so one thread fills the first columns while another fills the last.
///
/// Memory: the columns, and per thread the bytes of a piece and its rows, which take at most eight times as much.
final class CSVParallelParser: @unchecked Sendable {
  private let source: ByteSource
  private let plans: [CSVColumnPlan]
  private let format: CSVFormat
  private let records: Range<Int>
  private let pieceByteCount: Int
  private let longestRecord: Int

  private static let groupCount = 4

  /// Guards the properties below. `verifiedStart`, `line` and `rowCount` are written only by the thread whose turn it is to settle, the sinks of a
  /// group only by the thread whose turn it is to fill it.
  private let condition = NSCondition()
  private var nextPiece = 0
  /// The piece whose turn it is, for settling (first) and for each group of columns.
  private var turns = [Int](repeating: 0, count: 1 + CSVParallelParser.groupCount)
  private var failure: (any Error)?
  private var verifiedStart: Int
  private var line: Int
  private var rowCount = 0
  private let sinks: [CSVColumnSink]

  /// - Parameters:
  ///   - start: where the first record starts.
  ///   - line: number of the text line on which it starts.
  ///   - longestRecord: bytes of a record at most.
  init(source: ByteSource, plans: [CSVColumnPlan], format: CSVFormat, start: Int, line: Int, pieceByteCount: Int, longestRecord: Int) {
    self.source = source
    self.plans = plans
    self.format = format
    self.line = line
    self.pieceByteCount = pieceByteCount
    self.longestRecord = longestRecord
    records = start..<source.byteCount
    verifiedStart = start
    sinks = plans.compactMap { $0.storedType.map(CSVColumnSink.make) }
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
    let parser = CSVPieceParser(
      source: source, plans: plans, format: format, pieceByteCount: pieceByteCount, longestRecord: longestRecord)
    let wanted = parser.block.places.filter { $0.lane != .skipped }
    while let index = takePiece() {
      let guess = Result { index == 0 ? try parser.parse(piece(0), from: records.lowerBound) : try parser.parseFromGuess(piece(index)) }
      guard awaitTurn(index, at: 0) else { return }
      do {
        let reservation = try settle(piece(index), guess.get(), parser)
        passTurn(at: 0, failure: nil)
        guard fill(index, parser.block, wanted, reservation) else { return }
      } catch {
        passTurn(at: 0, failure: error)
        return
      }
    }
  }

  /// Appends the rows of a settled piece to the columns, group by group; `false` when an earlier piece failed.
  private func fill(_ index: Int, _ block: CSVBlock, _ places: [CSVBlock.Place], _ reservation: Reservation?) -> Bool {
    for group in 0..<Self.groupCount {
      guard awaitTurn(index, at: 1 + group) else { return false }
      for column in stride(from: group, to: sinks.count, by: Self.groupCount) {
        sinks[column].append(places[column], count: block.rowCount)
        if let reservation { sinks[column].reserve(reservation.rows, share: reservation.share) }
      }
      passTurn(at: 1 + group, failure: nil)
    }
    return true
  }

  private func takePiece() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    guard failure == nil, nextPiece < pieceCount else { return nil }
    nextPiece += 1
    return nextPiece - 1
  }

  /// Waits for the turn of a piece; `false` when an earlier one failed.
  private func awaitTurn(_ index: Int, at stage: Int) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while turns[stage] != index, failure == nil { condition.wait() }
    return failure == nil
  }

  private func passTurn(at stage: Int, failure: (any Error)?) {
    condition.lock()
    if let failure { self.failure = failure }
    turns[stage] += 1
    condition.broadcast()
    condition.unlock()
  }

  /// How many rows to expect in all, from the share of the file that was read.
  private struct Reservation {
    let rows: Int
    let share: Double
  }

  /// Leaves the rows of the piece whose turn it is in the parser's block, and records where they end.
  private func settle(_ piece: Range<Int>, _ guess: CSVPieceParser.Outcome, _ parser: CSVPieceParser) throws -> Reservation? {
    // The last record of an earlier piece may cover this one.
    if verifiedStart >= piece.upperBound {
      parser.block.clear()
      return nil
    }
    let outcome = guess.start == verifiedStart ? guess : try parser.parse(piece, from: verifiedStart)
    if let problem = outcome.problem { throw problem.moved(by: line) }
    var reservation: Reservation?
    let rows = parser.block.rowCount
    if rowCount == 0, rows > 0 {
      let share = Double(outcome.end - records.lowerBound) / Double(records.count)
      reservation = Reservation(rows: Int(Double(rows) / share * 1.02) + 1, share: share)
    }
    rowCount += rows
    line += outcome.lines
    verifiedStart = outcome.end
    return reservation
  }
}
