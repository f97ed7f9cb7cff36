import Foundation

/// One start of a run in its partial folder, new or going on from an interrupted one.
struct RunAttempt {
  let folder: URL
  private let options: RunOptions
  private let machine: Machine
  private let versions: [String: String]
  private let context: RunContext
  private let journal: Journal
  private let watch = Stopwatch()
  private let isPeakOfThisRun = PeakMemory.reset()

  /// Finds every fact of the provenance first: a run of hours must not fail on one at its end.
  ///
  /// `name` is that of the folder, the experiment's or, where only `part` of it is measured, one of the part's own.
  init(
    _ experiment: Experiment, named name: String, part: String? = nil, _ options: RunOptions, results: ResultsFolder, output: RunOutput
  ) throws {
    self.options = options
    let source = options.source ?? SourceState.ofExecutable(in: options.sourceDirectory)
    machine = try Machine.current()
    versions = try Versions.complete(options.versions)
    folder = results.partial(of: name, at: options.scale)
    let fingerprint = options.fingerprint(of: name, parameters: experiment.parameters, source: source, machine: machine)
    journal = try Self.openJournal(in: folder, fingerprint: fingerprint, source: source, output: output)
    let scratch = ResultsFolder.scratch(in: folder)
    try AtomicFile.createDirectory(scratch)
    context = try RunContext(
      options, table: experiment.emptyTable(), journal: journal, scratch: scratch,
      parts: PartProgress(declared: experiment.parts(options.scale).map(\.name), selected: part), output: output)
  }

  /// The journal of an earlier attempt of the same run, or a new one.
  private static func openJournal(in folder: URL, fingerprint: String, source: SourceState, output: RunOutput) throws -> Journal {
    guard let journal = try UnfinishedRuns(folder: folder).journal(of: fingerprint, output) else {
      return try Journal.create(ResultsFolder.journal(in: folder), configuration: fingerprint, source: source)
    }
    let tail = journal.droppedTail ? " (its last line was cut off and is measured again)" : ""
    output.line("Going on from an interrupted run: \(journal.units.count) finished units are taken over\(tail).")
    return journal
  }

  /// Executes the experiment. Throws what it throws, `Cancelled`, or `RunError.noRows` and `.noData`.
  func run(_ experiment: Experiment) throws -> MeasurementTable {
    try context.checkCancelled()
    try experiment.run(context)
    try context.checkData()
    try context.checkCancelled()
    try context.parts.checkComplete()
    let state = context.finished()
    guard !state.table.rows.isEmpty else { throw RunError.noRows(experiment.name) }
    guard state.data != nil else { throw RunError.noData(experiment.name) }
    return state.table
  }

  /// The facts of this run. Call after `run`.
  func provenance(of experiment: Experiment) throws -> Provenance {
    let state = context.finished()
    guard let stated = state.data else { throw RunError.noData(experiment.name) }
    let wallSeconds = watch.seconds + state.resumedSeconds
    return try Provenance(
      settings: .init(
        experiment: experiment.name, scale: options.scale, seed: options.seed, repetitions: options.repetitions,
        configuration: options.configuration),
      source: journal.header.source, machine: machine, versions: versions.merging(state.versions) { $1 }, data: stated,
      usage: .init(
        startedAt: journal.header.startedAt, finishedAt: Date(timeIntervalSince1970: Date.now.timeIntervalSince1970.rounded(.down)),
        wallSeconds: wallSeconds, peakMemoryBytes: max(state.peakMemoryBytes, PeakMemory.bytes()), isPeakOfThisRun: isPeakOfThisRun,
        diskBytes: state.diskBytes, resumedUnits: state.resumedUnits))
  }
}
