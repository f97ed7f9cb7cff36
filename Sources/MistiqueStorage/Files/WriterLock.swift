import Glibc

/// How long to wait for another writer.
package struct WriterPatience: Sendable {
  let limit: Duration
  let whenWaiting: @Sendable () -> Void
  let isCancelled: @Sendable () -> Bool

  /// - Parameters:
  ///   - whenWaiting: called once, when a wait begins.
  ///   - isCancelled: asked while waiting; the wait then ends with `CancellationError`.
  package init(
    limit: Duration, whenWaiting: @escaping @Sendable () -> Void = {}, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.limit = limit
    self.whenWaiting = whenWaiting
    self.isCancelled = isCancelled
  }

  /// Not at all.
  package static let none = WriterPatience(limit: .zero)
}

/// The right to write to a store: one process at a time, readers never wait.
///
/// An advisory lock on the file `writer.lock`; the kernel lets go of it when the process ends, however it ends.
package final class WriterLock {
  private let descriptor: Int32
  private static let pauseMicroseconds: UInt32 = 20_000

  /// - Throws: `StoreError` with code `locked` when another process, or another writer of this one, has it and keeps it longer than `patience`.
  package init(directory: String, patience: WriterPatience = .none) throws {
    let path = "\(directory)/writer.lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw DurableFile.failure("cannot be opened", path: path) }
    let start = ContinuousClock.now
    var isWaiting = false
    // Every property is set: what is thrown from here on runs `deinit`, which closes. Closing here too would close the file of another thread.
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw DurableFile.failure("cannot be locked", path: path) }
      if patience.isCancelled() { throw CancellationError() }
      guard ContinuousClock.now - start < patience.limit else { throw Self.locked(directory) }
      if !isWaiting { patience.whenWaiting() }
      isWaiting = true
      usleep(Self.pauseMicroseconds)
    }
  }

  private static func locked(_ directory: String) -> StoreError {
    StoreError(
      .locked, "another writer is at work on this store", at: directory,
      remedy: "Wait until it has finished (on the command line: --wait); reading goes on meanwhile.")
  }

  deinit {
    guard descriptor >= 0 else { return }
    // A child process that another thread is just starting may hold a copy of the descriptor: closing ours alone would leave the lock with it.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
