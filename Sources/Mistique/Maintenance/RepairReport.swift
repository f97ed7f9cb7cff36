import Foundation

/// What `repair` found in the partition files.
public struct RepairReport: Sendable {
  /// Models that the new catalogue has.
  public var models: [ModelIdentity] = []
  /// Models with a receipt of which something is missing or damaged, and what; those that the old catalogue lists and of which no receipt is there; and earlier
  /// ones of a name that is in the new catalogue. What they share with other models stays where it is until the next deletion or
  /// `collectGarbage`, which frees it: bring back what is missing, and repair again, before that.
  public var lost: [(model: ModelIdentity, reason: String)] = []
  /// Files that cannot be read, and why. They are among those set aside.
  public var damagedFiles: [(path: String, reason: String)] = []
  /// Where partition files were put that no model needs any more, and how many, if there were any. If something was lost: once they can be read, copy what is in
  /// the folder back into `partitions`, over nothing that is there, and repair again. Otherwise an interrupted writer left them, and they may be deleted.
  public var setAside: (folder: URL, files: Int)?
  /// Where the catalogue of before was put, if there was one.
  public var previousCatalog: URL?
}
