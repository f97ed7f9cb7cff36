import CStorageKernels
import Glibc
import Groundwork

/// What a query holds while it reads, so that stored intermediates are not changed under its hands.
///
/// An advisory lock on the file `readers.lock` of a store: any number of shared holds at a time, or one exclusive hold. Every hold opens the
/// file itself, so that threads of one process exclude each other as processes do; the kernel lets go of it when the process ends, however it ends.
///
///     let hold = try lock.shared()            // a query begins
///     if hold.upgradeWithoutWaiting() {       // nobody else reads
///       ...                                   // partitions may be changed
///       hold.downgrade()
///     }
///
/// Nobody waits for the exclusive hold, so that readers wait only while there is one. It does not keep writers apart: that is what `WriterLock` does.
package final class ReadersLock: Sendable {
  package static let fileName = "readers.lock"
  private let path: String

  /// The lock of the store in `directory`. Nothing is opened.
  package init(directory: String) { path = "\(directory)/\(Self.fileName)" }

  /// Makes the file, so that also who can only read has a hold that locks. Where that fails, the next hold says why.
  package func make() {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor >= 0 { close(descriptor) }
  }

  /// A shared hold; waits while somebody has the exclusive one.
  ///
  /// Where this user may not write to the store and the file is not there, the hold locks nothing: nobody who may write has opened the store since it had such a file.
  /// - Complexity: four system calls, of which two when the hold is gone.
  /// - Throws: `StoreError` with code `inputOutput` when the file cannot be opened or locked.
  package func shared() throws -> Hold {
    let hold = try Hold(path: path)
    try hold.lock()
    return hold
  }

  /// A shared hold, or an exclusive one between `upgradeWithoutWaiting` and `downgrade`; gone with its last reference.
  package final class Hold: Sendable {
    /// Open as long as the hold is there; `nil` when it locks nothing. Only `deinit` closes it: closed anywhere else, its number could by then be that
    /// of another thread's file.
    private let descriptor: Int32?
    private let path: String

    fileprivate init(path: String) throws {
      self.path = path
      descriptor = try Self.open(path)
    }

    deinit {
      guard let descriptor else { return }
      // A child process that another thread is just starting may hold a copy of the descriptor: closing ours alone would leave the lock with it.
      _ = mistique_lock_file(descriptor, MISTIQUE_UNLOCKED)
      close(descriptor)
    }

    private static func open(_ path: String) throws -> Int32? {
      let writable = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      if writable >= 0 { return writable }
      let first = SystemFailure.last
      guard [EACCES, EROFS, EPERM].contains(first.code) else { throw DurableFile.failure("cannot be opened", path: path, first) }
      let readable = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      if readable >= 0 { return readable }
      guard errno == ENOENT else { throw DurableFile.failure("cannot be opened", path: path) }
      return nil
    }

    fileprivate func lock() throws {
      guard let descriptor else { return }
      while mistique_lock_file(descriptor, MISTIQUE_SHARED) != 0 {
        guard errno == EINTR else { throw DurableFile.failure("cannot be locked", path: path) }
      }
    }

    /// Makes the hold exclusive if no other hold is there, and says whether it is. It stays shared, without a gap, when it is not; so it does
    /// where the file cannot be written.
    package func upgradeWithoutWaiting() -> Bool {
      guard let descriptor else { return false }
      return mistique_lock_file(descriptor, MISTIQUE_EXCLUSIVE) == 0
    }

    /// Makes an exclusive hold shared again, without a gap; a shared one stays what it is.
    package func downgrade() {
      guard let descriptor else { return }
      // From exclusive to shared nothing is in the way, and nothing is waited for.
      _ = mistique_lock_file(descriptor, MISTIQUE_SHARED)
    }
  }
}
