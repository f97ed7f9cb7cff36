/// How large an experiment is run.
package enum Scale: String, Sendable, Codable, CaseIterable, Comparable, CustomStringConvertible {
  /// Seconds; part of the tests, so that no experiment rots.
  case smoke
  /// Minutes; gated against the baselines.
  case ci
  /// The default: the shape of the paper's results on one ordinary machine.
  case small
  /// The paper's own sizes.
  case paper

  package static let standard = Scale.small

  package var description: String { rawValue }

  package static func < (left: Scale, right: Scale) -> Bool {
    allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
  }
}
