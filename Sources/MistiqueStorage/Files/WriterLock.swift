import Glibc

/// The right to write to a store: one process at a time, readers never wait.
///
/// An advisory lock on the file `writer.lock`; the kernel lets go of it when the process ends, however it ends.
final class WriterLock {
  private let descriptor: Int32

  /// - Throws: `StoreError` with code `locked` when another process, or another writer of this one, has it.
  init(directory: String) throws {
    let path = "\(directory)/writer.lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw DurableFile.failure("cannot be opened", path: path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      close(descriptor)
      guard number == EWOULDBLOCK else {
        errno = number
        throw DurableFile.failure("cannot be locked", path: path)
      }
      throw StoreError(
        .locked, "another writer is at work on this store", at: directory,
        remedy: "Wait until it has finished; reading goes on meanwhile.")
    }
  }

  deinit {
    // A child process that another thread is just starting may hold a copy of the descriptor: closing ours alone would leave the lock with it.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
