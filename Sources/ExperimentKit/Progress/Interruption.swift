import Foundation
import Synchronization

/// A clean stop on Ctrl-C: the first SIGINT or SIGTERM raises a flag that a run checks between units, the second kills the process.
public enum Interruption {
  /// The signal that asked for the stop; 0 while none has.
  private static let received = Atomic<Int32>(0)

  /// Installs the handlers. Call once, early in `main`.
  public static func install() {
    // The handler may only touch what is already initialised, so the lazy global is made here.
    received.store(0, ordering: .sequentiallyConsistent)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.received.store(number, ordering: .sequentiallyConsistent)
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
      }
    }
  }

  /// The error to stop with, once a stop was asked for.
  public static var request: Cancelled? {
    let number = received.load(ordering: .sequentiallyConsistent)
    return number == 0 ? nil : Cancelled(signal: number)
  }

  /// Forgets a request, for a process that goes on after one, as the tests do.
  static func clear() {
    received.store(0, ordering: .sequentiallyConsistent)
  }
}

/// A run stopped because the user asked.
public struct Cancelled: Error, Equatable, CustomStringConvertible {
  public let signal: Int32

  /// What a shell expects of a process stopped by a signal: 130 for Ctrl-C.
  public var exitStatus: Int32 { 128 + signal }

  public var description: String {
    "Stopped by \(signal == SIGINT ? "Ctrl-C" : "signal \(signal)"). Finished units are kept: start the same run again to go on from there."
  }
}
