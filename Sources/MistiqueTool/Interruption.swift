import ArgumentParser
import Foundation
import Synchronization

/// A clean stop on Ctrl-C: the first SIGINT or SIGTERM raises a flag that is looked at between stages, the second ends the process.
///
/// Either way a store is as it was: a model becomes visible by one commit, and the next writer removes what was written before it.
enum Interruption {
  private static let received = Atomic<Int32>(0)
  /// For the handler, which may not make a string.
  private static let advice: StaticString =
    "\nStopping after the stage that runs. Once more stops at once; the store stays as it was either way.\n"

  /// Call once, before the work.
  static func install() {
    // A handler may only touch what is initialised already, so the lazy global is made here.
    received.store(0, ordering: .sequentiallyConsistent)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.received.store(number, ordering: .sequentiallyConsistent)
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        _ = write(STDERR_FILENO, Interruption.advice.utf8Start, Interruption.advice.utf8CodeUnitCount)
      }
    }
  }

  static var isRequested: Bool { received.load(ordering: .sequentiallyConsistent) != 0 }

  /// What a shell expects of a process that a signal stopped: 130 for Ctrl-C.
  static var exitCode: ExitCode { ExitCode(128 + received.load(ordering: .sequentiallyConsistent)) }
}
