import Dispatch
import Groundwork
import Synchronization

/// Seals partitions in the background, in the order they come, so that encoding overlaps the model that makes the next RowBlocks, and
/// waiting for the disk overlaps encoding the next partition.
///
/// Bounded: `enqueue` waits while `largestBacklog` partitions are under way, which is what keeps the writer's memory under its ceiling.
/// The first error is kept and thrown by the next call; partitions after it are not written.
final class SealQueue: Sendable {
  static let largestBacklog = 3

  private struct State {
    var sealed: [Int: SealedPartition] = [:]
    var error: (any Error)?
  }

  private let encoding = DispatchQueue(label: "mistique.encode", qos: .userInitiated)
  private let writing = DispatchQueue(label: "mistique.write", qos: .userInitiated)
  private let room = DispatchSemaphore(value: SealQueue.largestBacklog)
  private let state = Mutex(State())

  func enqueue(_ partition: Partition, layout: FrameLayout, destination: PartitionDestination) throws {
    try throwFirstError()
    room.wait()
    let (chunks, codec, similarity, ordinal) = (partition.chunks, partition.codec, partition.similarity, partition.ordinal)
    let layout = layout.sharing(frameBytes: partition.sharedFrameBytes)
    encoding.async { [self] in
      StandardArithmetic.adopt()
      attempt {
        let encoded = try EncodedPartition(
          chunks, codec: codec, layout: layout, similarity: similarity, counted: destination.countedFrames)
        writing.async { [self] in
          defer { room.signal() }
          attempt {
            let sealed =
              switch destination {
              case .directory(let directory, taken: let taken): try encoded.write(in: directory, besides: taken)
              case .counted: try encoded.counted(ordinal: ordinal)
              }
            state.withLock { $0.sealed[ordinal] = sealed }
          } orElse: {
          }
        }
      } orElse: {
        room.signal()
      }
    }
  }

  /// Runs `body` unless something failed before; keeps its error. `orElse` runs when `body` did not come to its end.
  private func attempt(_ body: () throws -> Void, orElse: () -> Void) {
    guard state.withLock({ $0.error == nil }) else { return orElse() }
    do {
      try body()
    } catch {
      state.withLock { $0.error = $0.error ?? error }
      orElse()
    }
  }

  /// Takes a partition that is sealed already.
  func take(_ partition: SealedPartition, ordinal: Int) { state.withLock { $0.sealed[ordinal] = partition } }

  /// The partition, if it is on disk by now.
  func sealed(_ ordinal: Int) -> SealedPartition? { state.withLock { $0.sealed[ordinal] } }

  /// The names of all that are on disk by now.
  var allSealed: [PartitionID] { state.withLock { $0.sealed.values.map(\.id) } }

  /// Waits until everything that was enqueued is on disk.
  func drain() throws {
    encoding.sync {}
    writing.sync {}
    try throwFirstError()
  }

  private func throwFirstError() throws {
    if let error = state.withLock({ $0.error }) { throw error }
  }
}
