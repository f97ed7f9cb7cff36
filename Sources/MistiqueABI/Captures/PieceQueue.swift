import CMistique
import Foundation
import Mistique
import Synchronization

/// Groups of pieces on their way from a caller to the thread that logs them, and the memory they lie in.
///
/// Memory: `ceiling` bytes, buffers that wait for reuse included. Only a group that is larger than that may pass it, while nothing else waits.
///
/// `@unchecked Sendable`: everything that changes is used under `condition`.
final class PieceQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private let ceiling: Int
  private let cancelled = Atomic<Bool>(false)
  private var groups: [[Piece]] = []
  private var frames: [(name: String, frame: DataFrame)] = []
  private var hasEnded = false
  /// Why nobody takes groups any more.
  private var failure: (any Error)?
  /// Bytes of all buffers that somebody has.
  private var lentBytes = 0
  private var spares: [PieceBuffer] = []
  private var spareBytes = 0

  init(ceiling: Int) { self.ceiling = ceiling }

  // MARK: The caller's side

  /// A buffer for `count` values; waits for room.
  ///
  /// - Parameter held: bytes of the buffers of the group that it is for: where only these are lent, waiting would be for ever.
  /// - Throws: what ended the thread that logs; `CancellationError` when `callbacks` ask for it: then the call may be repeated.
  func buffer(for count: Int, held: Int, _ callbacks: Callbacks) throws -> PieceBuffer {
    while true {
      if let buffer = try takeBuffer(for: count, held: held) { return buffer }
      // Outside the lock: a callback may do anything.
      try callbacks.check()
    }
  }

  private func takeBuffer(for count: Int, held: Int) throws -> PieceBuffer? {
    condition.lock()
    defer { condition.unlock() }
    try requireTaker()
    if let place = spares.firstIndex(where: { $0.capacity >= count && $0.capacity / 2 <= count }) {
      let spare = spares.remove(at: place)
      spareBytes -= spare.bytes
      lentBytes += spare.bytes
      return spare
    }
    let bytes = count * 4
    if lentBytes + spareBytes + bytes > ceiling { dropSpares() }
    guard lentBytes + bytes <= ceiling || lentBytes <= held else {
      _ = condition.wait(until: Date(timeIntervalSinceNow: Callbacks.patienceSeconds))
      return nil
    }
    let buffer = try PieceBuffer(capacity: count)
    lentBytes += buffer.bytes
    return buffer
  }

  /// - Throws: what ended the thread that logs. That somebody stopped it is no `CancellationError`, after which a call may be repeated.
  private func requireTaker() throws {
    if isCancelled {
      throw InterfaceError(
        code: Int32(MISTIQUE_BAD_HANDLE), what: "the capture was stopped", place: "capture", remedy: "Abandon it, and begin another one.")
    }
    if let failure { throw failure }
  }

  private func dropSpares() {
    spares = []
    spareBytes = 0
  }

  func push(_ group: [Piece]) throws {
    condition.lock()
    defer { condition.unlock() }
    try requireTaker()
    groups.append(group)
    condition.broadcast()
  }

  /// Nothing more will come but `frames`.
  func end(_ frames: [(name: String, frame: DataFrame)]) {
    condition.lock()
    defer { condition.unlock() }
    self.frames = frames
    hasEnded = true
    condition.broadcast()
  }

  /// Ends both sides.
  func cancel() {
    cancelled.store(true, ordering: .releasing)
    condition.lock()
    defer { condition.unlock() }
    condition.broadcast()
  }

  var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

  /// Takes back the buffers of pieces that are stored, or never will be.
  func giveBack(_ pieces: [Piece]) {
    condition.lock()
    defer { condition.unlock() }
    for piece in pieces {
      lentBytes -= piece.values.bytes
      guard lentBytes + spareBytes + piece.values.bytes <= ceiling else { continue }
      spares.append(piece.values)
      spareBytes += piece.values.bytes
    }
    condition.broadcast()
  }

  // MARK: The logging thread's side

  /// The next group; `nil` when there is none any more.
  func next() throws -> [Piece]? {
    condition.lock()
    defer { condition.unlock() }
    while groups.isEmpty, !hasEnded, !isCancelled { condition.wait() }
    if isCancelled { throw CancellationError() }
    return groups.isEmpty ? nil : groups.removeFirst()
  }

  /// What came with the end.
  var lastFrames: [(name: String, frame: DataFrame)] {
    condition.lock()
    defer { condition.unlock() }
    return frames
  }

  /// Nobody takes groups any more: the caller gets `error` from now on.
  func fail(_ error: any Error) {
    condition.lock()
    defer { condition.unlock() }
    failure = error
    groups = []
    condition.broadcast()
  }
}
