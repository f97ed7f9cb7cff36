import MistiqueStorage

/// Measures the constants of the cost model where they can first be measured: right after a model was logged.
extension IntermediateStore {
  /// Rows of the large read and of the re-run; the difference to a one-row read gives the rate. As many as a RowBlock, because a rate
  /// measured on little that stays in the processor's cache was found twice too good for a layer of 262 MB.
  private static let calibrationRows = 1000

  /// A read of little and a read of much, once for a store; restoring the model, if something can.
  func calibrate(after identity: ModelIdentity) throws {
    let model = try model(identity)
    if hasRestorer(for: model.kind) {
      let start = ContinuousClock.now
      _ = try reader.restore(model)
      journal.record(model: model.id, restoreSeconds: (ContinuousClock.now - start).seconds, stages: [])
    }
    guard costs.constants.samples == 0 else { return }
    let stored = try catalog.intermediates(of: model).filter { $0.isStored && $0.rows > 0 && $0.columns > 0 }
    guard let large = stored.max(by: { $0.logicalBytes < $1.logicalBytes }),
      let small = stored.min(by: { $0.logicalBytes < $1.logicalBytes })
    else { return }
    costs.calibrate(
      small: try measuredRead(of: small, rows: 1), large: try measuredRead(of: large, rows: min(large.rows, Self.calibrationRows)))
    try calibrateRerun(of: large, model)
    try saveConstants()
  }

  /// Re-runs some rows of the widest intermediate, for the cost of handing over, where a model can run on some rows only.
  private func calibrateRerun(of intermediate: IntermediateRecord, _ model: ModelRecord) throws {
    guard hasRestorer(for: model.kind), let reference = try intermediate.manifest,
      try catalog.stages(of: model)[intermediate.stage].cost?.batches != nil
    else { return }
    let rows = RowSelection.positions(Array(0..<min(intermediate.rows, Self.calibrationRows)))
    let ids = try store.readRowIDs(try store.manifest(reference), rows: rows, counters: ReadCounters()).array
    let question = ChunkReader.Question(model: model, intermediate: intermediate, columnNames: ["*"], rows: .ids(ids))
    _ = try reader.answer([question], preference: .rerun, counts: false) { false }
  }

  /// Writes the constants to the catalogue, so that the next process need not measure them.
  func saveConstants() throws {
    let constants = costs.constants
    try catalog.setCostConstants([
      ("read.fixedSeconds", constants.fixedSeconds, constants.samples),
      ("read.secondsPerByte", constants.secondsPerByte, constants.samples),
      ("rerun.handOverSecondsPerByte", constants.handOverSecondsPerByte, constants.handOverSamples),
    ])
  }

  static func storedConstants(_ catalog: MetadataDB) throws -> QueryCostModel.Constants? {
    guard let fixed = try catalog.costConstant("read.fixedSeconds"), let rate = try catalog.costConstant("read.secondsPerByte"),
      let handOver = try catalog.costConstant("rerun.handOverSecondsPerByte")
    else { return nil }
    return .init(
      fixedSeconds: fixed.value, secondsPerByte: rate.value, samples: fixed.samples,
      handOverSecondsPerByte: handOver.value, handOverSamples: handOver.samples)
  }

  /// Reads the first `rows` rows of all columns, the second time timed, so that files are open and pages warm as they are for most queries.
  private func measuredRead(of intermediate: IntermediateRecord, rows: Int) throws -> (ReadEstimate, seconds: Double) {
    guard let reference = try intermediate.manifest else { preconditionFailure("only stored intermediates are measured") }
    let manifest = try store.manifest(reference)
    let selection = RowSelection.positions(Array(0..<rows))
    let columns = [0..<manifest.schema.columnCount]
    var seconds = 0.0
    for _ in 0..<2 {
      let start = ContinuousClock.now
      if case .columns = manifest.schema {
        _ = try store.readColumns(manifest, columns: Array(columns[0]), rows: selection, counters: ReadCounters())
      } else {
        _ = try FloatMatrix(rows: rows, columns: columns[0].count) {
          try store.readMaps(manifest, columns: columns, rows: selection, into: $0, counters: ReadCounters())
        }
      }
      seconds = (ContinuousClock.now - start).seconds
    }
    return (try store.estimate(manifest, columns: columns, rows: selection), seconds)
  }
}
