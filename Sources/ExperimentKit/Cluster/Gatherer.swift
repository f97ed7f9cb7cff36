import Foundation

/// Puts together what tasks have measured, and names what is missing. Judges by what they wrote, never by what Slurm says of them.
package struct Gatherer: Sendable {
  /// A task whose rows are not there.
  package struct Missing: Sendable, Equatable {
    package let task: Int
    package let label: String
    package let state: PieceState
    package let log: URL
  }

  package let plan: ClusterPlan
  package let folder: ClusterFolder
  /// The tasks of the submission that were not measured when this was made, in order. Looked at once: tasks may be running.
  package let missing: [Missing]
  private let submission: Submission

  /// Throws: `ClusterError.noSubmission`, `RecordError`, `ClusterError.otherBuild` when this process is not of the source that measured,
  /// `ClusterError.otherData` when tasks measured on different files of one name.
  package init(_ plan: ClusterPlan, in folder: ClusterFolder) throws {
    self.plan = plan
    self.folder = folder
    let submission = try folder.submission()
    try submission.checkSource(SourceState.current())
    self.submission = submission
    let looked = submission.experiments.flatMap(plan.tasks).map { (task: $0, state: folder.state(of: plan.pieces[$0])) }
    missing = looked.filter { $0.state != .measured }.map { task, state in
      Missing(task: task, label: plan.pieces[task].label, state: state, log: folder.log(of: task))
    }
    var seen: [String: (piece: String, sha256: String)] = [:]
    for piece in looked.filter({ $0.state == .measured }).map({ plan.pieces[$0.task] }) {
      let own = try folder.provenance(of: piece)
      try submission.checkPiece(own, in: folder.root)
      for file in own.data.files {
        if let other = seen[file.name], other.sha256 != file.sha256 {
          throw ClusterError.otherData(file: file.name, pieces: [other.piece, piece.label])
        }
        seen[file.name] = (piece.label, file.sha256)
      }
    }
  }

  /// Gathers every experiment of the submission whose tasks are all measured; the others are left as they are.
  ///
  /// When all were gathered, the next submission begins anew. It does not where one was passed over, because a run that ended later than its tasks is there:
  /// what its tasks measured stays, to be gathered once that run is out of the way. Throws: `FileError`.
  package func gather(_ experiments: [Experiment], runner: Runner) throws -> Campaign {
    let waiting = Set(missing.map { plan.pieces[$0.task].experiment })
    let chosen = experiments.filter { submission.experiments.contains($0.name) }
    let whole = chosen.filter { !waiting.contains($0.name) }
    let taken = try whole.filter { try !isPassed($0, in: runner.results, runner.output) }
    let campaign = Campaign(taken, output: runner.output) { experiment in
      try runner.gather(experiment, at: plan.scale, from: folder.pieces)
    }
    if waiting.isEmpty, taken.count == whole.count, campaign.failures.isEmpty, campaign.stopped == nil { try markGathered() }
    return campaign
  }

  /// Unless something was submitted meanwhile, which the next submission would then remove.
  private func markGathered() throws {
    let now = try folder.submission()
    if (now.configuration, now.experiments) == (submission.configuration, submission.experiments) { try folder.markGathered() }
  }

  /// Whether another run of an experiment ended after all of its tasks.
  private func isPassed(_ experiment: Experiment, in results: ResultsFolder, _ output: RunOutput) throws -> Bool {
    let published = results.provenance(of: experiment.name, at: plan.scale)
    guard AtomicFile.exists(published) else { return false }
    let last = try plan.tasks(of: experiment.name).map { try folder.provenance(of: plan.pieces[$0]).usage.finishedAt }.max()
    guard let last, try AtomicFile.readJSON(Provenance.self, from: published).usage.finishedAt > last else { return false }
    output.line(
      "\(experiment.name): kept as it is: a run that ended later than its tasks is there. What the tasks measured is kept too, and not measured again. "
        + "To take it, move \(results.run(of: experiment.name, at: plan.scale).path) away, then: experiments gather --scale \(plan.scale). "
        + "To measure anew: experiments submit --fresh")
    return true
  }

  /// A table of what is missing; nil when nothing is.
  package func missingTable(width: Int? = nil) -> String? {
    guard !missing.isEmpty else { return nil }
    var table = TextTable(header: ["task", "measures", "state", "log"])
    for one in missing {
      table.append(["\(one.task)", one.label, "\(one.state)", FileManager.default.fileExists(atPath: one.log.path) ? one.log.path : "none"])
    }
    let stage = folder.logs.appendingPathComponent("\(SlurmJob.preparing)-*.log").path
    let hint = missing.allSatisfy { $0.state == .notBegun } ? "None has begun: if no job waits for its turn, look at \(stage).\n" : ""
    return table.rendered(width: width) + hint
  }
}
