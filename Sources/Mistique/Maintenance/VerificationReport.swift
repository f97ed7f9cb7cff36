/// What `verify` looked at and what it found.
public struct VerificationReport: Sendable {
  /// Models whose records were looked at.
  public var models = 0
  /// Partition files that were read.
  public var partitions = 0
  /// Frames that were decoded.
  public var frames = 0
  /// Of these frames, those whose residual was given back: their values are there within the bound of their base.
  public var demotedFrames = 0
  /// Stored bytes of these frames.
  public var bytes = 0
  /// One sentence each: where, what, and what to do. Empty when the store is intact.
  public var problems: [String] = []
  /// Models of which something cannot be read.
  public var damagedModels: [ModelIdentity] = []

  /// Whether nothing is wrong.
  public var isIntact: Bool { problems.isEmpty }
}
