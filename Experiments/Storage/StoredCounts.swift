import ExperimentKit
import Mistique

/// What a store takes once another model is in it, and what logging that model did.
struct StoredCounts: Codable, Equatable, Sendable {
  // Of all models so far.
  var logicalBytes = 0
  var storedBytes = 0
  var partitionBytes = 0
  var directoryBytes = 0
  var catalogBytes = 0
  var transformerBytes = 0
  // Of the last one.
  var chunks = 0
  var duplicateChunks = 0
  var passedChunks = 0
  var executeSeconds = 0.0
  var logSeconds = 0.0

  init() {}

  /// - Parameter before: with the models before it.
  init(_ report: LoggingReport, of store: IntermediateStore, after before: StoredCounts?) throws {
    let storage = try store.storage()
    logicalBytes = report.logicalBytes + (before?.logicalBytes ?? 0)
    transformerBytes = report.transformerBytes + (before?.transformerBytes ?? 0)
    (storedBytes, partitionBytes) = (storage.storedBytes, storage.partitionBytes)
    (directoryBytes, catalogBytes) = (storage.directoryBytes, storage.catalogBytes)
    (chunks, duplicateChunks, passedChunks) = (report.chunks, report.duplicateChunks, report.passedChunks)
    (executeSeconds, logSeconds) = (report.executeSeconds, report.seconds)
  }

  /// What the same models take over several sets of rows, each in stores of its own. Weights and boosters are the same in all of them and are counted once.
  init(adding parts: [StoredCounts]) {
    for (place, part) in parts.enumerated() {
      let again = place == 0 ? 0 : part.transformerBytes
      logicalBytes += part.logicalBytes
      storedBytes += part.storedBytes - again
      partitionBytes += part.partitionBytes - again
      directoryBytes += part.directoryBytes
      catalogBytes += part.catalogBytes
      transformerBytes += part.transformerBytes - again
      chunks += part.chunks
      duplicateChunks += part.duplicateChunks
      passedChunks += part.passedChunks
      executeSeconds += part.executeSeconds
      logSeconds += part.logSeconds
    }
  }

  func record(in context: RunContext, at place: MeasurementTable.Parameters) throws {
    try context.record("logicalBytes", logicalBytes, unit: "B", at: place)
    try context.record("storedBytes", storedBytes, unit: "B", at: place)
    try context.record("partitionBytes", partitionBytes, unit: "B", at: place)
    try context.record("directoryBytes", directoryBytes, unit: "B", at: place)
    try context.record("catalogBytes", catalogBytes, unit: "B", at: place)
    try context.record("transformerBytes", transformerBytes, unit: "B", at: place)
    try context.record("intermediateBytes", storedBytes - transformerBytes, unit: "B", at: place)
    try context.record("chunks", chunks, unit: "chunks", at: place)
    try context.record("duplicateChunks", duplicateChunks, unit: "chunks", at: place)
    try context.record("passedChunks", passedChunks, unit: "chunks", at: place)
    try context.record("executeSeconds", executeSeconds, unit: "s", at: place)
    try context.record("logSeconds", logSeconds, unit: "s", at: place)
  }
}
