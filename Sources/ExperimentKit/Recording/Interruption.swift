import Foundation
import Groundwork

/// A clean stop on Ctrl-C: the first SIGINT or SIGTERM raises a flag that a run checks between units, the second kills the process.
package enum Interruption {
  /// Installs the handlers. Call once, early in `main`.
  package static func install() { StopSignal.install() }

  /// The error to stop with, once a stop was asked for.
  package static var request: Cancelled? { StopSignal.received.map(Cancelled.init) }

  /// Forgets a request, for a process that goes on after one, as the tests do.
  static func clear() { StopSignal.clear() }
}

/// A run stopped because the user asked.
package struct Cancelled: Error, Equatable, CustomStringConvertible {
  package let signal: Int32

  /// What a shell expects of a process stopped by a signal: 130 for Ctrl-C.
  package var exitStatus: Int32 { StopSignal.exitStatus(of: signal) }

  package var description: String {
    "Stopped by \(signal == SIGINT ? "Ctrl-C" : "signal \(signal)"). Finished units are kept: start the same run again to go on from there."
  }
}
