import Foundation

extension Runner {
  /// Makes the published run of an experiment its baseline. A deliberate act: `reason` is kept beside the numbers.
  ///
  /// Throws: `BaselineError`, or the error of reading the run.
  /// - Parameter allowsDirty: whether the run may be of a source that no commit has, or of which nobody knows.
  package func setBaseline(_ experiment: Experiment, at scale: Scale, reason: String, allowsDirty: Bool = true) throws {
    let (rows, provenance) = try published(experiment, at: scale)
    guard allowsDirty || provenance.source.isDirty == false else {
      throw provenance.source.isDirty == true ? BaselineError.dirty(experiment.name) : BaselineError.unknownSource(experiment.name)
    }
    let outcome = experiment.outcome
    try Baseline(rows, gates: outcome.gates, claims: outcome.claims, provenance: provenance, reason: reason)
      .write(to: results, variant: try experiment.baselineVariant(of: provenance))
    output.line("\(experiment.name): baseline at scale \(scale) set. Reason: \(reason)")
  }

  /// Holds the published run of an experiment to its baseline and prints the comparison.
  ///
  /// A regression does not throw: it is the result's `exitStatus`. Throws: `BaselineError.none`, or the error of reading either.
  package func compare(_ experiment: Experiment, at scale: Scale) throws -> Comparison {
    let comparison = try comparison(experiment, at: scale)
    output.line("\(comparison)")
    return comparison
  }

  private func comparison(_ experiment: Experiment, at scale: Scale) throws -> Comparison {
    let (rows, provenance) = try published(experiment, at: scale)
    let baseline = try Baseline(reading: results, of: experiment.name, at: scale, variant: try experiment.baselineVariant(of: provenance))
    let outcome = experiment.outcome
    return Comparison(
      baseline, rows: rows, provenance: provenance, gates: outcome.gates, claims: outcome.claims,
      checkout: SourceState.current())
  }

  /// As `compare`; a run that regressed in nothing but times and claims is repeated, and the measurements and claims that regress again
  /// count.
  ///
  /// The repetition is measured with the run's own seed, repetitions and settings, and replaces it. `options` gives what no run records. Where it would be
  /// on other data, it is not run, and what regressed counts. Throws: also what running throws.
  package func compareTwice(_ experiment: Experiment, _ options: RunOptions) throws -> Comparison {
    let first = try compare(experiment, at: options.scale)
    guard first.mayBeDisturbed else { return first }
    let (_, before) = try published(experiment, at: options.scale)
    guard before.settings.dataVariant == options.configuration["data"] else {
      output.line(
        "\(experiment.name): only times and claims differ, but it is not run once more: it was measured on other data than are given now "
          + "(\(before.data.label)).")
      return first
    }
    output.line(
      "\(experiment.name): only times and claims differ, which other processes may have disturbed. It is run once more; what regresses again counts."
    )
    var options = options
    (options.seed, options.repetitions) = (before.settings.seed, before.settings.repetitions)
    options.configuration = before.settings.configuration
    options.data = before.data
    let after = try run(experiment, options).provenance
    let second = try comparison(experiment, at: options.scale)
    // Another program or machine excuses nothing that it shows itself.
    let again = (after.source, after.machine) == (before.source, before.machine) ? second.confirmed(by: first) : second
    output.line("\(again)")
    return again
  }

  private func published(_ experiment: Experiment, at scale: Scale) throws -> (MeasurementTable, Provenance) {
    try results.recover(experiment.name, at: scale)
    let rows = try MeasurementTable(reading: results.rows(of: experiment.name, at: scale))
    let provenance = try AtomicFile.readJSON(Provenance.self, from: results.provenance(of: experiment.name, at: scale))
    guard provenance.settings.scale == scale else { throw BaselineError.otherScale(experiment.name, run: provenance.settings.scale) }
    return (rows, provenance)
  }
}

extension Experiment {
  /// Which of its baselines a run belongs to: that of its data and, where it says so, of the version that decides its rows.
  ///
  /// Throws: `BaselineError.unknownVersion` when the run does not say which it had.
  func baselineVariant(of provenance: Provenance) throws -> String? {
    var parts = provenance.settings.dataVariant.map { [$0] } ?? []
    if let name = baselineVersion {
      guard let version = provenance.versions[name] else { throw BaselineError.unknownVersion(self.name, version: name) }
      parts.append(version.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }
    return parts.isEmpty ? nil : parts.joined(separator: ".")
  }
}
