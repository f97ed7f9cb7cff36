import Foundation

extension Runner {
  /// Measures one part of an experiment, or all of one that is not divided, into a folder of the part's own under `results`. Goes on from an interrupted start.
  ///
  /// Nothing is judged or drawn: that needs all parts. The folder is complete when it holds rows and provenance, which a rename gives it at the end.
  /// `patience` is how long another process that holds the part is waited for: a cluster may start a task again before the first one's node is known dead.
  ///
  /// Throws: as `run`.
  package func measure(_ piece: ExperimentPiece, of experiment: Experiment, _ options: RunOptions, patience: Double = 0) throws {
    try announce(experiment, part: piece.part, piece.cost, held: piece.folder, options)
    let lock = try lock(piece.folder, at: options.scale, patience: patience)
    defer { withExtendedLifetime(lock) {} }
    try results.recover(piece.folder, at: options.scale)
    if PieceState(of: piece, at: options.scale, in: results) == .measured {
      output.line("\(piece.folder) is measured already.")
      return
    }
    let attempt = try RunAttempt(experiment, named: piece.folder, part: piece.part, options, results: results, output: output)
    let table = try attempt.run(experiment)
    let provenance = try attempt.provenance(of: experiment)
    try table.write(to: attempt.folder.appendingPathComponent("rows.csv"))
    try AtomicFile.writeJSON(provenance, to: attempt.folder.appendingPathComponent("provenance.json"))
    try results.publish(piece.folder, at: options.scale)
    output.line("\(piece.folder): took \(Quantity.seconds(provenance.usage.wallSeconds))")
  }

  private func lock(_ name: String, at scale: Scale, patience: Double) throws -> FolderLock {
    let watch = Stopwatch()
    while true {
      do {
        return try results.lock(name, at: scale)
      } catch let error as RunError where watch.seconds < patience {
        if let request = Interruption.request { throw request }
        output.line("\(error) Trying again in 5 seconds.")
        Thread.sleep(forTimeInterval: 5)
      }
    }
  }

  /// Puts together what tasks measured under `pieces`, and ends as `run` does: judged, drawn, published. The rows are those of a run of one process, in their order.
  ///
  /// Throws: `MixedParts` when parts are not of one build, data set and number of cores, `MeasurementError` when two recorded the same, or the error of
  /// reading a part. The previous run is then as it was.
  package func gather(_ experiment: Experiment, at scale: Scale, from pieces: ResultsFolder) throws -> RunReport {
    let lock = try results.lock(experiment.name, at: scale)
    defer { withExtendedLifetime(lock) {} }
    try results.recover(experiment.name, at: scale)
    var table = try experiment.emptyTable()
    var provenances: [(name: String?, provenance: Provenance)] = []
    for piece in try ExperimentPiece.all(of: experiment, at: scale) {
      let part = try MeasurementTable(reading: pieces.rows(of: piece.folder, at: scale))
      guard part.parameters == table.parameters else {
        throw RecordError(
          file: pieces.rows(of: piece.folder, at: scale).path,
          problem: "it has the columns \(part.parameters), and the experiment has \(table.parameters)")
      }
      for row in part.rows { try table.append(row) }
      provenances.append(
        (piece.part, try AtomicFile.readJSON(Provenance.self, from: pieces.provenance(of: piece.folder, at: scale))))
    }
    let provenance = try Provenance(combining: provenances)
    output.line(
      "\(experiment.name) at scale \(scale): rows of \(provenances.count) \(provenances.count == 1 ? "task" : "tasks"), put together.")
    let folder = results.gathering(of: experiment.name, at: scale)
    try AtomicFile.remove(folder)
    try AtomicFile.createDirectory(folder)
    return try publish(experiment, table, provenance, from: folder)
  }
}
