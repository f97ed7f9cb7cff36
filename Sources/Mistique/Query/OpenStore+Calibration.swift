import MistiqueStorage

/// Measures the constants of the cost model where they can first be measured: right after a model was logged.
extension OpenStore {
  /// Rows of the large read and of the re-run; the difference to a one-row read gives the rate. As many as a RowBlock, because a rate
  /// measured on little that stays in the processor's cache was found twice too good for a layer of 262 MB.
  private static let calibrationRows = 1000
  /// The largest intermediates are looked at for kinds of reads, so many of them.
  private static let calibratedIntermediates = 8

  /// For each kind of read that was not measured before, a read of little and a read of much; restoring the model, if something can.
  func measureCosts(after identity: ModelIdentity) throws {
    let model = try model(identity)
    if restorer(for: model.kind) != nil {
      let start = ContinuousClock.now
      _ = try restore(model)
      try note(model, restoreSeconds: (ContinuousClock.now - start).seconds, stages: [])
    }
    let stored = try catalog.intermediates(of: model).filter { $0.isStored && $0.rows > 0 && $0.columns > 0 }
      .sorted { $0.logicalBytes > $1.logicalBytes }
    guard let large = stored.first, let small = stored.last else { return }
    var smallRead: (ReadEstimate, seconds: Double)?
    var measures = false
    for intermediate in stored.prefix(Self.calibratedIntermediates) {
      for rungs in [QuantizationScheme.Rungs.all, .base] {
        let plan = try calibrationPlan(of: intermediate, rows: min(intermediate.rows, Self.calibrationRows), rungs)
        for (kind, part) in plan.estimate.parts where part.rawBytes >= plan.estimate.rawBytes / 2 && !costs.read.isMeasured(kind) {
          let least = try smallRead ?? measuredRead(calibrationPlan(of: small, rows: 1))
          smallRead = least
          costs.read.calibrate(kind, small: least, large: try measuredRead(plan))
          measures = true
        }
      }
    }
    guard measures else { return }
    try calibrateRerun(of: large, model)
    try catalog.setCostConstants(costs.constants)
  }

  /// Re-runs some rows of the widest intermediate, for the cost of handing over, where a model can run on some rows only.
  private func calibrateRerun(of intermediate: CataloguedIntermediate, _ model: CataloguedModel) throws {
    guard restorer(for: model.kind) != nil, let reference = try intermediate.manifest, try costs(of: model).runsOnSomeRows else { return }
    let rows = RowSelection.positions(Array(0..<min(intermediate.rows, Self.calibrationRows)))
    let ids = try store.readRowIDs(try store.manifest(reference), rows: rows, counters: ReadCounters()).array
    let question = Question(model: model, intermediate: intermediate, columnNames: ["*"], rows: .ids(ids))
    _ = try whileReading { try ChunkReader(opened: self).answer([question], preference: .rerun, $0, counts: false) }
  }

  /// The first `rows` rows of all columns.
  private func calibrationPlan(
    of intermediate: CataloguedIntermediate, rows: Int, _ rungs: QuantizationScheme.Rungs = .all
  ) throws -> ReadPlan {
    guard let reference = try intermediate.manifest else { preconditionFailure("only stored intermediates are measured") }
    let manifest = try store.manifest(reference)
    return try store.plan(manifest, columns: [0..<manifest.schema.columnCount], rows: .positions(Array(0..<rows)), rungs: rungs)
  }

  /// What a read takes, the second time, so that files are open and pages warm as they are for most queries.
  private func measuredRead(_ plan: ReadPlan) throws -> (ReadEstimate, seconds: Double) {
    var seconds = 0.0
    for _ in 0..<2 {
      let start = ContinuousClock.now
      _ = try store.read(plan, counters: ReadCounters())
      seconds = (ContinuousClock.now - start).seconds
    }
    return (plan.estimate, seconds)
  }
}
