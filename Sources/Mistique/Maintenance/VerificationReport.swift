/// What `verify` looked at and what it found.
public struct VerificationReport: Sendable {
  public var models = 0
  public var partitions = 0
  public var frames = 0
  public var bytes = 0
  /// One sentence each: where, what, and what to do. Empty when the store is intact.
  public var problems: [String] = []
  /// Models of which something cannot be read.
  public var damagedModels: [ModelIdentity] = []

  public var isIntact: Bool { problems.isEmpty }
}
