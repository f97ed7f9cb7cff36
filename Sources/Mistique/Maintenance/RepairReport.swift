import Foundation

/// What `repair` found in the partition files.
public struct RepairReport: Sendable {
  /// Models that the new catalogue has.
  public var models: [ModelIdentity] = []
  /// Models with a receipt of which something is missing or damaged, and what.
  public var lost: [(model: ModelIdentity, reason: String)] = []
  /// Files that cannot be read, and why; they are left where they are.
  public var damagedFiles: [(path: String, reason: String)] = []
  /// Where the catalogue of before was put, if there was one.
  public var previousCatalog: URL?
}
