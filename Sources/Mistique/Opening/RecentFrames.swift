import MistiqueStorage
import Synchronization

/// Frames that loggings have read, so that what the variants of a pipeline have in common is decoded once and not for each of them.
///
/// Lives as long as the writer that is open between models: while it is, nothing that these frames were read from can become something else. What was not
/// wanted for longest goes first. Memory: `largestBytes`; columns that two frames share count for each.
final class RecentFrames: Sendable {
  private struct Entry {
    let frame: DataFrame
    let bytes: Int
    /// Counts look-ups: the smaller, the longer ago.
    var turn: Int
  }

  private struct State {
    var entries: [ChunkReference: Entry] = [:]
    var bytes = 0
    var turn = 0
  }

  static let largestBytes = 256 << 20

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int = largestBytes) { self.limit = limit }

  /// What was read of a manifest, if it is still there.
  subscript(manifest: ChunkReference) -> DataFrame? {
    state.withLock { state in
      state.turn += 1
      state.entries[manifest]?.turn = state.turn
      return state.entries[manifest]?.frame
    }
  }

  /// Keeps a frame that was just read, in whole and as it was stored.
  func keep(_ frame: DataFrame, of manifest: ChunkReference) {
    let bytes = frame.columns.reduce(0) { $0 + $1.approximateBytes }
    guard bytes <= limit else { return }
    state.withLock { state in
      state.turn += 1
      if let before = state.entries.updateValue(Entry(frame: frame, bytes: bytes, turn: state.turn), forKey: manifest) {
        state.bytes -= before.bytes
      }
      state.bytes += bytes
      while state.bytes > limit, let oldest = state.entries.min(by: { $0.value.turn < $1.value.turn }) {
        state.entries[oldest.key] = nil
        state.bytes -= oldest.value.bytes
      }
    }
  }
}
