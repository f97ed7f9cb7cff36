import ArgumentParser
import Groundwork

/// A clean stop on Ctrl-C, checked between stages.
///
/// A store is as it was even when a second signal ends the process: a model becomes visible by one commit, and the next writer removes what
/// was written before it.
enum Interruption {
  /// Call once, before the work.
  static func install() {
    StopSignal.install(
      advice: "\nStopping after the current stage. Press Ctrl-C again to stop at once; either way the store stays as it was.\n")
  }

  static var isRequested: Bool { StopSignal.received != nil }

  /// What a shell expects of a process that a signal stopped: 130 for Ctrl-C.
  static var exitCode: ExitCode { ExitCode(StopSignal.exitStatus(of: StopSignal.received ?? 0)) }
}
