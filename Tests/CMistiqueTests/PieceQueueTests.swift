import CMistique
import Mistique
import Testing

@testable import MistiqueABI

/// The queue between a caller and the thread that logs: its ceiling, and how it ends.
struct PieceQueueTests {
  private let patient = Callbacks(nil)
  /// Ends whatever waits.
  private let impatient = Callbacks(mistique_callbacks(context: nil, stop: { _ in 1 }, stop_flag: nil, progress: nil))

  private func piece(_ buffer: PieceBuffer) -> Piece {
    Piece(
      layer: "x", schema: .maps(channels: 1, height: 1, width: 1), order: .channelMajor, ids: .first(0), values: buffer, count: 0)
  }

  @Test("What is beyond the ceiling waits, and takes a buffer that comes back")
  func ceiling() throws {
    let queue = PieceQueue(ceiling: 4_000)
    let first = try queue.buffer(for: 500, held: 0, impatient)
    let second = try queue.buffer(for: 500, held: first.bytes, impatient)
    #expect(throws: CancellationError.self) { try queue.buffer(for: 500, held: 0, impatient) }
    queue.giveBack([piece(first)])
    let third = try queue.buffer(for: 400, held: 0, impatient)
    #expect(third === first && second !== first)
  }

  @Test("A single group may pass the ceiling, when nothing else waits")
  func largeGroup() throws {
    let queue = PieceQueue(ceiling: 4_000)
    let large = try queue.buffer(for: 5_000, held: 0, impatient)
    let more = try queue.buffer(for: 5_000, held: large.bytes, impatient)
    #expect(large.capacity == 5_000 && more !== large)
    // Another group waits for it.
    #expect(throws: CancellationError.self) { try queue.buffer(for: 1, held: 0, impatient) }
  }

  @Test("Groups come in their order, then frames, then the end")
  func order() throws {
    let queue = PieceQueue(ceiling: 4_000)
    let buffers = try (0..<3).map { _ in try queue.buffer(for: 10, held: 0, patient) }
    for buffer in buffers { try queue.push([piece(buffer)]) }
    queue.end([(name: "f", frame: DataFrame(rowIDs: .first(0), columns: []))])
    for buffer in buffers { #expect(try queue.next()?.first?.values === buffer) }
    #expect(try queue.next()?.count == nil)
    #expect(queue.lastFrames.map(\.name) == ["f"])
  }

  @Test("A stop ends both sides; a failure of the logging thread is the caller's")
  func ends() throws {
    let stopped = PieceQueue(ceiling: 4_000)
    stopped.cancel()
    #expect(throws: CancellationError.self) { try stopped.next() }
    // Not a cancellation, after which the caller would try again.
    #expect(throws: InterfaceError.self) { try stopped.buffer(for: 1, held: 0, patient) }
    #expect(throws: InterfaceError.self) { try stopped.push([]) }
    let failed = PieceQueue(ceiling: 4_000)
    let failure = StoreError(.diskFull, "it is full", at: "here", remedy: "Free space.")
    failed.fail(failure)
    #expect(throws: failure) { try failed.buffer(for: 1, held: 0, patient) }
    #expect(throws: failure) { try failed.push([]) }
  }
}
