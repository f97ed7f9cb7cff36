import Foundation
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

  /// Reads `0.5s/KB`, `500 s/MB`, `500000 s/GB`, or a number alone, which is of seconds per GB. Units are decimal: 1 GB is 10^9 bytes.
  ///
  /// - Throws: `StoreError` with code `invalid` for anything else.
  public init(_ text: String) throws {
    let compact = text.filter { !$0.isWhitespace }.lowercased()
    let unit = ["s/gb": 1.0, "s/mb": 1e3, "s/kb": 1e6].first { compact.hasSuffix($0.key) }
    guard let number = Double(compact.dropLast(unit?.key.count ?? 0)) else {
      throw StoreError(
        .invalid, "\"\(text)\" is no gamma", at: "storage policy", remedy: "Write a number and s/GB, s/MB or s/KB, as in 0.5s/KB.")
    }
    try self.init(secondsPerGB: number * (unit?.value ?? 1))
  }
}
