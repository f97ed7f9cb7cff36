/// What deleting models gave back.
public struct ReclaimedStorage: Sendable, Equatable {
  /// Partition files that are gone.
  public var partitions = 0
  /// Frames, in partitions that others still need, that nothing refers to any more; a residual counts by itself. Their blocks went back to the file system,
  /// unless it makes no holes or the file has another name besides, as in a backup of hard links: `bytes` says how much did.
  public var frames = 0
  /// Bytes that went back to the file system.
  public var bytes = 0
}
