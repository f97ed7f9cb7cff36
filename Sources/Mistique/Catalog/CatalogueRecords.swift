import MistiqueStorage

/// A model in the catalogue.
public struct ModelRecord: Sendable {
  let id: Int64
  public let project: String
  public let name: String
  public let kind: String
  public let policy: String
  /// What restoring it from its transformers took, the last time it was measured.
  public let restoreSeconds: Double

  public var identity: ModelIdentity { ModelIdentity(project: project, name: name) }
}

/// An intermediate in the catalogue.
public struct IntermediateRecord: Sendable {
  let id: Int64
  public let name: String
  /// The place of the stage that puts it out.
  public let stage: Int
  public let rows: Int
  public let columns: Int
  /// Bytes of its values, uncompressed.
  public let logicalBytes: Int
  /// Uncompressed bytes of the chunks that it was the first to store; of one that is not stored, its share of those it would add.
  public let newBytes: Int
  let partition: String?
  let chunk: Int?
  /// How often it was asked for: n_query of the paper's gamma.
  public let queries: Int

  public var isStored: Bool { partition != nil }

  var manifest: ChunkReference? {
    get throws {
      guard let partition else { return nil }
      return ChunkReference(partition: try PartitionID(catalogued: partition), index: chunk ?? -1)
    }
  }
}
