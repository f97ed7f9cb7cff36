/// What logging a model did.
public struct LoggingReport: Sendable, Equatable {
  /// Intermediates that the model emitted.
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
  /// Bytes of the partition files this model added.
  public var storedBytes = 0
  /// Of these, bytes of the files that hold the trained transformers: weights, boosters, encoders.
  public var transformerBytes = 0
  /// Partition files that this model added.
  public var partitions = 0
  /// Running the model and handing its intermediates on.
  public var executeSeconds = 0.0
  /// All of it, until the commit was durable.
  public var seconds = 0.0
  /// Why reading could not be measured after the commit, for the cost model; `nil` when it could. The model is logged either way.
  public var calibrationFailure: String?
}
