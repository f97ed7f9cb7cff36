import Groundwork

/// Where a run talks to the user.
package struct RunOutput: Sendable {
  package let line: @Sendable (String) -> Void
  package let progress: ProgressReporter.Output

  package init(line: @escaping @Sendable (String) -> Void, progress: ProgressReporter.Output) {
    self.line = line
    self.progress = progress
  }

  /// Lines on standard output, unbuffered so that a log has them as they are made; progress on standard error.
  package static let terminal = RunOutput(
    line: { StandardStream.output.line($0) }, progress: .standardError)
  /// Everything on standard error: for commands whose standard output is for another program.
  package static let standardError = RunOutput(line: { StandardStream.error.line($0) }, progress: .standardError)
  package static let silent = RunOutput(line: { _ in }, progress: .silent)
}
