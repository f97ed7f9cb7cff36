import Dispatch
import Synchronization

/// Seals partitions in the background, in the order they come, so that compression overlaps the model that makes the next RowBlocks.
///
/// Bounded: `enqueue` waits while `largestBacklog` partitions are under way, which is what keeps the writer's memory under its ceiling.
/// The first error is kept and thrown by the next call; partitions after it are not written.
final class SealQueue: Sendable {
  static let largestBacklog = 2

  private struct State {
    var sealed: [Int: SealedPartition] = [:]
    var error: (any Error)?
  }

  private let queue = DispatchQueue(label: "mistique.seal", qos: .userInitiated)
  private let room = DispatchSemaphore(value: SealQueue.largestBacklog)
  private let state = Mutex(State())

  func enqueue(_ partition: Partition, layout: FrameLayout, directory: String) throws {
    try throwFirstError()
    room.wait()
    let (chunks, codec, ordinal) = (partition.chunks, partition.codec, partition.ordinal)
    queue.async { [self] in
      defer { room.signal() }
      guard state.withLock({ $0.error == nil }) else { return }
      do {
        let sealed = try PartitionSealer.seal(chunks, codec: codec, layout: layout, directory: directory)
        state.withLock { $0.sealed[ordinal] = sealed }
      } catch {
        state.withLock { $0.error = error }
      }
    }
  }

  /// The partition, if it is on disk by now.
  func sealed(_ ordinal: Int) -> SealedPartition? { state.withLock { $0.sealed[ordinal] } }

  /// Waits until everything that was enqueued is on disk.
  func drain() throws {
    queue.sync {}
    try throwFirstError()
  }

  private func throwFirstError() throws {
    if let error = state.withLock({ $0.error }) { throw error }
  }
}
