import Foundation

/// What came of a run.
package struct RunReport: Sendable {
  package let experiment: String
  package let scale: Scale
  package let folder: URL
  package let provenance: Provenance
  package let claims: [ClaimResult]
  package let pictures: [URL]
  /// Figures that could not be drawn, with the reason. The rows are kept all the same: redraw them once that is fixed.
  package let figureFailures: [String]

  /// Figures that could not be drawn and claims that could not be judged, with the reasons.
  package var faults: [String] { figureFailures + claims.compactMap(\.fault) }

  /// 0 when every claim that applies holds and every figure is drawn, else 1.
  package var exitStatus: Int32 { claims.contains(where: \.isFailure) || !figureFailures.isEmpty ? 1 : 0 }
}
