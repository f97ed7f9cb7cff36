import Mistique

/// The fitted state of a stage that a model has: learned in an earlier run, restored, or adopted.
struct KnownState: Sendable {
  let bytes: [UInt8]
  /// What it was fitted by, as far as that is known: perhaps other files than there are now.
  let lineage: Lineage?

  /// What made it, or its bytes where that is not known.
  var identity: Lineage { lineage ?? bytes.withUnsafeBytes { Lineage(ofContent: $0) } }
}
