import MistiqueStorage

/// Measures the constants of the cost model where they can first be measured: right after a model was logged.
extension OpenStore {
  /// Rows of the large read and of the re-run; the difference to a one-row read gives the rate. As many as a RowBlock, because a rate
  /// measured on little that stays in the processor's cache was found twice too good for a layer of 262 MB.
  private static let calibrationRows = 1000

  /// A read of little and a read of much, once for a store; restoring the model, if something can.
  func measureCosts(after identity: ModelIdentity) throws {
    let model = try model(identity)
    if restorer(for: model.kind) != nil {
      let start = ContinuousClock.now
      _ = try restore(model)
      journal.note(model: model.id, restoreSeconds: (ContinuousClock.now - start).seconds, stages: [])
    }
    guard costs.constants.read.samples == 0 else { return }
    let stored = try catalog.intermediates(of: model).filter { $0.isStored && $0.rows > 0 && $0.columns > 0 }
    guard let large = stored.max(by: { $0.logicalBytes < $1.logicalBytes }),
      let small = stored.min(by: { $0.logicalBytes < $1.logicalBytes })
    else { return }
    costs.read.calibrate(
      small: try measuredRead(of: small, rows: 1), large: try measuredRead(of: large, rows: min(large.rows, Self.calibrationRows)))
    try calibrateRerun(of: large, model)
    try catalog.setCostConstants(costs.constants)
  }

  /// Re-runs some rows of the widest intermediate, for the cost of handing over, where a model can run on some rows only.
  private func calibrateRerun(of intermediate: CataloguedIntermediate, _ model: CataloguedModel) throws {
    guard restorer(for: model.kind) != nil, let reference = try intermediate.manifest,
      try catalog.stages(of: model)[intermediate.stage].cost?.batches != nil
    else { return }
    let rows = RowSelection.positions(Array(0..<min(intermediate.rows, Self.calibrationRows)))
    let ids = try store.readRowIDs(try store.manifest(reference), rows: rows, counters: ReadCounters()).array
    let question = Question(model: model, intermediate: intermediate, columnNames: ["*"], rows: .ids(ids))
    _ = try ChunkReader(opened: self).answer([question], preference: .rerun, counts: false) { false }
  }

  /// Reads the first `rows` rows of all columns, the second time timed, so that files are open and pages warm as they are for most queries.
  private func measuredRead(of intermediate: CataloguedIntermediate, rows: Int) throws -> (ReadEstimate, seconds: Double) {
    guard let reference = try intermediate.manifest else { preconditionFailure("only stored intermediates are measured") }
    let manifest = try store.manifest(reference)
    let plan = try store.plan(
      manifest, columns: [0..<manifest.schema.columnCount], rows: .positions(Array(0..<rows)))
    var seconds = 0.0
    for _ in 0..<2 {
      let start = ContinuousClock.now
      _ = try store.read(plan, counters: ReadCounters())
      seconds = (ContinuousClock.now - start).seconds
    }
    return (plan.estimate, seconds)
  }
}
