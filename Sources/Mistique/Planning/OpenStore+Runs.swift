import MistiqueStorage

extension OpenStore {
  /// What a run of a model is predicted to take (`RerunCost`); `nil` when one of its stages was never measured.
  ///
  /// - Parameters:
  ///   - rows: how many each stage runs for.
  ///   - restores: false to leave restoring the model out, which is paid once and not by every query.
  func predictedSeconds(
    of model: CataloguedModel, stages: [Int], rows: Int, from starts: [StoredStart], handingOver answers: [RerunCost.Answer],
    restores: Bool = true
  ) throws -> Double? {
    let modelCosts = try costs(of: model)
    guard let running = modelCosts.seconds(ofStages: stages, rows: rows) else { return nil }
    let restoring = !restores || kept.has(model.receiptPlace) ? 0 : modelCosts.restoreSeconds
    return restoring + running + starts.reduce(0) { $0 + $1.seconds(costs.read) } + costs.rerun.handOverSeconds(answers)
  }
}
