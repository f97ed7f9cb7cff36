/// What deleting models gave back.
public struct ReclaimedStorage: Sendable, Equatable {
  /// Partition files that the store has no more.
  public var partitions = 0
  /// Of these, files that were damaged. They are now in the folder `partitions.set-aside`, and their bytes did not go back: a file that lies under a wrong name
  /// may be the only copy of another. Where nothing is missing from the store, they may be deleted.
  public var setAside = 0
  /// Frames, in partitions that others still need, that nothing refers to any more; a residual counts by itself. Their blocks went back to the file system,
  /// unless it makes no holes or the file has another name besides, as in a backup of hard links: `bytes` says how much did.
  public var frames = 0
  /// Bytes that went back to the file system.
  public var bytes = 0
}
