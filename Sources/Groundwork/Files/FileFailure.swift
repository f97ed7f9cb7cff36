/// A step of writing a file that failed: which one, on what path, and the system's reason.
package struct FileFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What could not be done; the raw value completes "cannot be".
  package enum Step: String, Sendable {
    case opened
    case created
    case written
    case flushed = "flushed to disk"
    case closed
    case renamed = "renamed into place"
  }

  package let step: Step
  /// The file or folder that the step was taken on.
  package let path: String
  package let reason: SystemFailure

  package init(_ step: Step, _ path: String, _ reason: SystemFailure) {
    self.step = step
    self.path = path
    self.reason = reason
  }

  package var description: String { "\(path) cannot be \(step.rawValue): \(reason)" }
}
