import Foundation

/// Pipes to other programs, which may end before they have read all.
package enum BrokenPipe {
  /// Runs `body`, which writes to a pipe, so that a reader that is gone is an error of `body` and not the end of this process.
  ///
  /// SIGPIPE is blocked in this thread only, and one that `body` raises is taken back: what the program does with SIGPIPE elsewhere stays.
  package static func asError<Result>(_ body: () throws -> Result) rethrows -> Result {
    var (pending, pipe, previous) = (sigset_t(), sigset_t(), sigset_t())
    sigpending(&pending)
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, &previous)
    defer {
      if sigismember(&pending, SIGPIPE) == 0 {
        var now = timespec()
        while sigtimedwait(&pipe, nil, &now) < 0, errno == EINTR {}
      }
      pthread_sigmask(SIG_SETMASK, &previous, nil)
    }
    return try body()
  }
}
