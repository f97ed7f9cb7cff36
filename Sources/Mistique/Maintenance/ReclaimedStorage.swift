/// What deleting models gave back.
public struct ReclaimedStorage: Sendable, Equatable {
  /// Partition files that are gone.
  public var partitions = 0
  /// Frames, in partitions that others still need, whose blocks went back to the file system; a residual counts by itself.
  public var frames = 0
  /// Bytes that went back to the file system.
  public var bytes = 0
}
