/// Measures the constants of the cost model where they can first be measured: right after a model was logged.
extension Mistique {
  /// Rows of the large read; the difference to a one-row read gives the rate.
  private static let calibrationRows = 256

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
    let constants = costs.constants
    try catalog.setCostConstants([
      ("read.fixedSeconds", constants.fixedSeconds, constants.samples),
      ("read.secondsPerByte", constants.secondsPerByte, constants.samples),
    ])
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
