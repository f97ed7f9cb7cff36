import MistiqueStorage

/// A model in the catalogue.
public struct CataloguedModel: Sendable {
  let id: Int64
  /// The first part of its keys.
  package let project: String
  /// The second part of its keys, unique in its project.
  package let name: String
  /// What restores it: `ExecutableModel.kind` of the type that was logged.
  public let kind: String
  /// The storage policy it was logged under, as `StoragePolicy.description` says it.
  public let policy: String
  /// What restoring it from its transformers took, the last time it was measured.
  package let restoreSeconds: Double
  let receiptPlace: ChunkReference?

  /// Where its receipt was when it was looked up; storing more of the model, or less, gives it another.
  /// - Throws: `StoreError` with code `catalogue` where the catalogue does not say.
  var receipt: ChunkReference {
    get throws {
      guard let receiptPlace else { throw unsoundReceipt }
      return receiptPlace
    }
  }

  /// The catalogue does not say where the model's receipt is.
  var unsoundReceipt: StoreError {
    StoreError(
      .catalogue, "the receipt of a model has no sound reference", at: "\(identity)",
      remedy: "Rebuild the catalogue: IntermediateStore.repair(at:), or `mistique repair`.")
  }

  /// Nothing here makes a model of its kind from what is stored.
  func noRestorer(at place: String) -> StoreError {
    StoreError(
      .cannotPlan, "nothing can restore a model of kind \"\(kind)\", so it cannot be re-run", at: place,
      remedy: "Register a restorer for that kind with register(kind:restore:).")
  }

  /// Project and name.
  public var identity: ModelIdentity { ModelIdentity(project: project, name: name) }
}

/// An intermediate in the catalogue.
public struct CataloguedIntermediate: Sendable {
  let id: Int64
  /// Its name, unique in its model.
  public let name: String
  /// The place of the stage that emits it.
  public let stage: Int
  /// Rows, whether it is stored or not.
  public let rows: Int
  /// Columns as the model emits them, before pooling.
  public let columns: Int
  /// Bytes of its values, uncompressed.
  public let logicalBytes: Int
  /// Uncompressed bytes of the chunks that it was the first to store; of one that is not stored, its share of those it would add.
  package let newBytes: Int
  let partition: String?
  let chunk: Int?
  /// How often it was queried: the n_query of the paper's gamma.
  public let queries: Int

  /// What made its values; `nil` where the model promised nothing.
  package let lineage: Lineage?

  /// Whether only some of its columns are in the store.
  public let isPartial: Bool

  /// Whether all of its values are in the store; otherwise a query may have to re-run the model.
  public var isStored: Bool { partition != nil && !isPartial }

  /// Of what is stored of it, all columns or some.
  var manifest: ChunkReference? {
    get throws {
      guard let partition else { return nil }
      return ChunkReference(partition: try PartitionID(catalogued: partition), index: chunk ?? -1)
    }
  }
}
