/// What logging a model did. Chunks and bytes of chunks are of the intermediates that were computed; those that were reused cost a reference each.
public struct LoggingReport: Sendable, Equatable {
  /// Intermediates of the model, computed or reused.
  public var intermediates = 0
  /// Bytes of all values, uncompressed.
  public var logicalBytes = 0
  /// ColumnChunks of all stored intermediates, duplicates included.
  public var chunks = 0
  /// Of these, chunks that were in the store before.
  public var duplicateChunks = 0
  /// Raw bytes of the duplicates.
  public var duplicateBytes = 0
  /// Of the duplicates, those that were known without hashing: parts of columns that a stage passed on, picked rows of or filled.
  package var passedChunks = 0
  /// Chunks that were stored again, because the stored ones that are equal by their fingerprints are damaged.
  public var damagedChunks = 0
  /// Bytes of the partition files this model added.
  public var storedBytes = 0
  /// Of these, bytes of the files that hold the trained transformers: weights, boosters, encoders.
  public var transformerBytes = 0
  /// Partition files that this model added.
  public var partitions = 0
  /// Names of the stages that ran, in their order.
  public var stagesRun: [String] = []
  /// Stored intermediates that stages which ran read instead of having them computed, by their names in the model.
  public var intermediatesRead: [String] = []
  /// Intermediates that were not computed, in the order of the model, and what they refer to.
  public var reused: [ReusedIntermediate] = []
  /// With ``StoragePolicy/verifiesReuse``: intermediates that were computed and found equal to stored ones.
  public var verified: [String] = []
  /// Stored intermediates and trained parts that would have been reused and are damaged: they were computed again, or taken from another model.
  public var damaged: [DamagedSource] = []
  /// Partition files that were damaged or missing: nothing refers to what is in them, and what the model has of it was stored again.
  public var damagedPartitions: [DamagedPartition] = []
  /// Running the model and handing its intermediates on.
  public var executeSeconds = 0.0
  /// All of it, until the commit was durable.
  public var seconds = 0.0
  /// Why reading could not be measured after the commit, for the cost model; `nil` when it could. The model is logged either way.
  public var calibrationFailure: String?
}
