/// Why a number cannot be computed from the given values, where, and what to do.
public struct DiagnosisError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of reasons, for programs that react to one.
  public enum Code: String, Sendable {
    /// A value is NaN or infinite.
    case notFinite
    /// All values are the same, so that there is no variance, or no range, to measure in.
    case constant
    /// Too few rows to say anything.
    case tooFewRows
    /// The matrix of inner products would have more elements than LAPACK can address.
    case tooLarge
    /// LAPACK's iteration did not converge.
    case noConvergence
    /// A value of a mask says neither that something is there nor that it is not.
    case notAMask
  }

  /// The kind of reason.
  public let code: Code
  let what: String
  let remedy: String

  init(_ code: Code, _ what: String, remedy: String) {
    self.code = code
    self.what = what
    self.remedy = remedy
  }

  /// What is wrong, with its place, and what to do about it.
  public var description: String { "\(what). \(remedy)" }
}
