import Foundation

extension Runner {
  /// Makes the published run of an experiment its baseline. A deliberate act: `reason` is kept beside the numbers.
  ///
  /// Throws: `BaselineError`, or the error of reading the run.
  package func setBaseline(_ experiment: Experiment, at scale: Scale, reason: String) throws {
    let (rows, provenance) = try published(experiment, at: scale)
    let outcome = experiment.outcome
    try Baseline(rows, gates: outcome.gates, claims: outcome.claims, provenance: provenance, reason: reason).write(to: results)
    output.line("\(experiment.name): baseline at scale \(scale) set. Reason: \(reason)")
  }

  /// Holds the published run of an experiment to its baseline and prints the comparison.
  ///
  /// A regression does not throw: it is the result's `exitStatus`. Throws: `BaselineError.none`, or the error of reading either.
  package func compare(_ experiment: Experiment, at scale: Scale) throws -> Comparison {
    let (rows, provenance) = try published(experiment, at: scale)
    let baseline = try Baseline(reading: results, of: experiment.name, at: scale, variant: provenance.settings.dataVariant)
    let outcome = experiment.outcome
    let comparison = Comparison(
      baseline, rows: rows, provenance: provenance, gates: outcome.gates, claims: outcome.claims,
      checkout: SourceState.current(in: URL(fileURLWithPath: ".", isDirectory: true)))
    output.line("\(comparison)")
    return comparison
  }

  /// As `compare`; a run that regressed in nothing but times and claims is repeated, and what regresses again counts.
  ///
  /// The repetition replaces the run. Throws: also what running throws.
  package func compareTwice(_ experiment: Experiment, _ options: RunOptions) throws -> Comparison {
    let first = try compare(experiment, at: options.scale)
    guard first.mayBeDisturbed else { return first }
    output.line(
      "\(experiment.name): only times and claims differ, which other processes may have disturbed. It is run once more; what regresses again counts."
    )
    _ = try run(experiment, options)
    return try compare(experiment, at: options.scale)
  }

  private func published(_ experiment: Experiment, at scale: Scale) throws -> (MeasurementTable, Provenance) {
    try results.recover(experiment.name, at: scale)
    let rows = try MeasurementTable(reading: results.rows(of: experiment.name, at: scale))
    let provenance = try AtomicFile.readJSON(Provenance.self, from: results.provenance(of: experiment.name, at: scale))
    guard provenance.settings.scale == scale else { throw BaselineError.otherScale(experiment.name, run: provenance.settings.scale) }
    return (rows, provenance)
  }
}
