import MistiqueStorage

/// The gamma from which on an adaptive policy stores an intermediate (paper section 5.2): seconds that storing saves, per GB that it takes.
///
/// The paper's experiments used 0.5 s/KB, which is 500,000 s/GB.
public struct GammaThreshold: Sendable, Hashable {
  /// A finite number, 0 or more. 0 stores whatever is queried and slower to re-run than to read.
  public let secondsPerGB: Double

  /// - Throws: `StoreError` with code `invalid` for a number that is negative or not finite.
  public init(secondsPerGB: Double) throws {
    guard secondsPerGB >= 0, secondsPerGB.isFinite else {
      throw StoreError(
        .invalid, "a gamma of \(secondsPerGB) s/GB", at: "storage policy", remedy: "Use a finite number of seconds per GB, 0 or more.")
    }
    self.secondsPerGB = secondsPerGB
  }
}
