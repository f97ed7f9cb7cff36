import Foundation

/// Runs experiments and keeps their results whole.
///
/// Owns the way from an `Experiment` to a complete run folder: check, run, judge, draw, publish. Never changes a published row.
package struct Runner: Sendable {
  package let results: ResultsFolder
  package let renderer: FigureRenderer
  package let output: RunOutput
  /// Measures what the machine can give; replaceable, so that a refusal can be tested.
  let resources: @Sendable (URL) throws -> Resources

  package init(results: ResultsFolder, renderer: FigureRenderer = FigureRenderer(), output: RunOutput = .terminal) {
    self.init(results: results, renderer: renderer, output: output, resources: Resources.available)
  }

  init(
    results: ResultsFolder, renderer: FigureRenderer, output: RunOutput, resources: @escaping @Sendable (URL) throws -> Resources
  ) {
    self.results = results
    self.renderer = renderer
    self.output = output
    self.resources = resources
  }

  /// Prints the expected cost, refuses what does not fit, runs or resumes the experiment, and publishes the run.
  ///
  /// Throws: `ResourceError`, `RunError`, `ProvenanceError`, `FileError`, `Cancelled`, or what the experiment throws. The previous run is
  /// then as it was, and the finished units are kept for the next start. A claim that does not hold and a figure that cannot be drawn do
  /// not throw: they are in the report.
  package func run(_ experiment: Experiment, _ options: RunOptions) throws -> RunReport {
    try announce(experiment, try experiment.cost(at: options.scale), held: experiment.name, options)
    let lock = try results.lock(experiment.name, at: options.scale)
    defer { withExtendedLifetime(lock) {} }
    try results.recover(experiment.name, at: options.scale)
    let attempt = try RunAttempt(experiment, named: experiment.name, options, results: results, output: output)
    let table = try attempt.run(experiment)
    let provenance = try attempt.provenance(of: experiment)
    return try publish(experiment, table, provenance, from: attempt.folder)
  }

  /// Judges, writes, draws, and puts the run in place of the previous one.
  func publish(
    _ experiment: Experiment, _ table: MeasurementTable, _ provenance: Provenance, from folder: URL
  ) throws -> RunReport {
    let scale = provenance.settings.scale
    let claims = judge(experiment, table, at: scale)
    try table.write(to: folder.appendingPathComponent("rows.csv"))
    try AtomicFile.writeJSON(claims, to: folder.appendingPathComponent("claims.json"))
    try AtomicFile.writeJSON(provenance, to: folder.appendingPathComponent("provenance.json"))
    let drawn = draw(experiment, table, provenance, into: folder)
    try results.publish(experiment.name, at: scale, from: folder)

    let final = results.run(of: experiment.name, at: scale)
    output.line("\(experiment.name): took \(Quantity.seconds(provenance.usage.wallSeconds)), results in \(final.path)")
    return RunReport(
      experiment: experiment.name, scale: scale, folder: final, provenance: provenance, claims: claims,
      pictures: drawn.names.map(final.appendingPathComponent), figureFailures: drawn.failures)
  }

  /// Draws the figures of an existing run again and judges its claims again, from its rows and provenance alone.
  ///
  /// A figure that cannot be drawn does not stop the others: it is in the report, as a claim in error is. Throws: `FileError` when there is no run, `CSVError` or
  /// `RecordError` when it is damaged.
  package func redraw(_ experiment: Experiment, at scale: Scale) throws -> RunReport {
    try results.recover(experiment.name, at: scale)
    let table = try MeasurementTable(reading: results.rows(of: experiment.name, at: scale))
    let provenance = try AtomicFile.readJSON(Provenance.self, from: results.provenance(of: experiment.name, at: scale))
    let folder = results.run(of: experiment.name, at: scale)
    let claims = experiment.outcome.claims.results(for: table, at: scale)
    try AtomicFile.writeJSON(claims, to: results.claims(of: experiment.name, at: scale))
    let drawn = draw(experiment, table, provenance, into: folder)
    return RunReport(
      experiment: experiment.name, scale: scale, folder: folder, provenance: provenance, claims: claims,
      pictures: drawn.names.map(folder.appendingPathComponent), figureFailures: drawn.failures)
  }

  /// Says what is run and what it is expected to take, and refuses what does not fit.
  ///
  /// - Parameter folder: that of the run, whose unfinished attempt may hold some of the disk already.
  func announce(_ experiment: Experiment, part: String? = nil, _ cost: Cost, held folder: String, _ options: RunOptions) throws {
    output.line(
      "\(experiment.name)\(part.map { ", \($0)," } ?? "") at scale \(options.scale): \(experiment.title) (\(experiment.identity.source)). Expected: \(cost)."
    )
    do {
      let here = try resources(results.root)
      let free = here.freeDiskBytes + results.heldBytes(by: folder, at: options.scale)
      try Resources(freeDiskBytes: free, physicalMemoryBytes: here.physicalMemoryBytes).check(cost, for: experiment.name, at: options.scale)
    } catch let error as ResourceError where options.force {
      output.line("Forced, although: \(error)")
    }
  }

  private func judge(_ experiment: Experiment, _ table: MeasurementTable, at scale: Scale) -> [ClaimResult] {
    let claims = experiment.outcome.claims.results(for: table, at: scale)
    for claim in claims { output.line("  \(claim)") }
    return claims
  }

  private func draw(
    _ experiment: Experiment, _ table: MeasurementTable, _ provenance: Provenance, into folder: URL
  ) -> (names: [String], failures: [String]) {
    var names: [String] = []
    var failures: [String] = []
    for figure in experiment.outcome.figures where figure.isOf(table) {
      do {
        let chart = try figure.chart(table)
        names += try renderer.render(chart, named: figure.name, stamp: provenance.stamp, into: folder).map(\.lastPathComponent)
      } catch {
        failures.append("\(figure.name): \(error)")
        output.line("  NOT DRAWN: \(figure.name): \(error)")
      }
    }
    return (names, failures)
  }
}
