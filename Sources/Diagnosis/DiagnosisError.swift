/// Why a number cannot be computed from these values, where, and what to do.
public struct DiagnosisError: Error, Sendable, Equatable, CustomStringConvertible {
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
  }

  public let code: Code
  public let what: String
  public let remedy: String

  public init(_ code: Code, _ what: String, remedy: String) {
    self.code = code
    self.what = what
    self.remedy = remedy
  }

  public var description: String { "\(what). \(remedy)" }
}
