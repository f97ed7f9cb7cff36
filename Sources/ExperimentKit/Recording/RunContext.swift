import Foundation
import Synchronization

/// What a running experiment sees: its scale and seed, a place to record rows, and the means to be interrupted and resumed.
///
/// Owns the rows until the run is complete. Recording is safe from any thread; units, data and versions belong to the run's own thread.
/// Never decides what is measured, and never drops or alters a row.
package final class RunContext: Sendable {
  package let scale: Scale
  package let seed: UInt64
  /// How often a timed measurement is to be repeated.
  package let repetitions: Int
  /// The caller's own settings, by name.
  package let configuration: [String: String]
  /// A folder for stores and models. It survives an interruption, as the finished units do, and goes when the run is complete, or set aside for another one.
  package let scratchDirectory: URL

  struct State {
    var table: MeasurementTable
    var journal: Journal
    var openUnit: String?
    var doneKeys: Set<String> = []
    var resumedUnits = 0
    var resumedSeconds = 0.0
    var peakMemoryBytes: Int64 = 0
    var diskBytes: Int64?
    var data: DataRecord?
    var source: DataSource?
    var versions: [String: String] = [:]
  }

  /// Which parts of a divided experiment this run is of.
  let parts: PartProgress
  private let state: Mutex<State>
  private let resumable: [String: Journal.Unit]
  /// What the data must be, where a run repeats another one.
  private let expectedData: DataRecord?
  private let output: RunOutput

  init(
    _ options: RunOptions, table: MeasurementTable, journal: Journal, scratch: URL, parts: PartProgress = PartProgress(), output: RunOutput
  ) {
    scale = options.scale
    seed = options.seed
    repetitions = options.repetitions
    configuration = options.configuration
    expectedData = options.data
    scratchDirectory = scratch
    self.parts = parts
    self.output = output
    resumable = Dictionary(journal.units.map { ($0.key, $0) }) { first, _ in first }
    state = Mutex(State(table: table, journal: journal))
  }

  /// Records one measurement. Every parameter of the experiment needs a value; `repetition` counts from 1.
  ///
  /// Throws: `MeasurementError`.
  package func record(
    _ metric: String, _ value: some Measurable, unit: String, at parameters: MeasurementTable.Parameters, repetition: Int = 1
  ) throws {
    try parts.checkInside(metric)
    var parameters = parameters
    parameters[MeasurementTable.repetition] = repetition
    let complete = parameters
    let measured = value.measured
    try state.withLock { try $0.table.append(metric, measured, unit: unit, at: complete) }
  }

  /// Records every repetition of a timing, in seconds.
  package func record(_ metric: String, _ timings: Timings, at parameters: MeasurementTable.Parameters) throws {
    for (index, seconds) in timings.seconds.enumerated() {
      try record(metric, seconds, unit: "s", at: parameters, repetition: index + 1)
    }
  }

  /// The rows so far, those that were taken over included: for numbers that are made from all of them.
  package var measurements: MeasurementTable { state.withLock { $0.table } }

  /// Runs one unit of the experiment, or takes over its rows when an interrupted run of the same configuration finished it already.
  ///
  /// Returns whether the unit ran. `key` must be unique in the run and mean the same measurement each time. What later units need from
  /// this one belongs in `scratchDirectory`, because a unit that is taken over is not executed; where it is gone, it is made again.
  ///
  /// Throws: what `body` throws, `Cancelled` when a stop was asked for, `RunError` for a nested or repeated unit. Rows of a unit that
  /// throws are not kept.
  @discardableResult
  package func checkpointed(_ key: String, _ body: () throws -> Void) throws -> Bool {
    try checkCancelled()
    try parts.checkInside("unit '\(key)'")
    let mark = try state.withLock { state in
      if let outer = state.openUnit { throw RunError.nestedUnit(key, inside: outer) }
      guard state.doneKeys.insert(key).inserted else { throw RunError.repeatedUnit(key) }
      return state.table.rows.count
    }
    if let unit = resumable[key] {
      try takeOver(unit)
      return false
    }
    state.withLock { $0.openUnit = key }
    defer { state.withLock { $0.openUnit = nil } }
    let watch = Stopwatch()
    do {
      try body()
      try checkData()
    } catch {
      state.withLock { $0.table.truncate(to: mark) }
      throw error
    }
    let peak = try PeakMemory.bytes()
    try state.withLock { state in
      let rows = state.table.rows[mark...].map { $0.coordinates + [$0.metric, $0.unit, $0.value.description] }
      try state.journal.append(
        Journal.Unit(key: key, seconds: watch.seconds, peakMemoryBytes: peak, diskBytes: state.diskBytes, rows: Array(rows)))
    }
    return true
  }

  /// Whether an interrupted run of the same configuration finished the unit `key`, so that its body will not be run: for what several units need and none is.
  package func isFinished(_ key: String) -> Bool { resumable[key] != nil }

  private func takeOver(_ unit: Journal.Unit) throws {
    try state.withLock { state in
      for row in unit.rows {
        let width = row.count
        guard width == state.table.parameters.count + 3, let value = MeasuredValue(parsing: row[width - 1]) else {
          throw RecordError(file: state.journal.file.path, problem: "unit '\(unit.key)' holds a row that does not fit the experiment")
        }
        try state.table.append(
          MeasurementRow(coordinates: Array(row.dropLast(3)), metric: row[width - 3], unit: row[width - 2], value: value))
      }
      state.resumedUnits += 1
      state.resumedSeconds += unit.seconds
      state.peakMemoryBytes = max(state.peakMemoryBytes, unit.peakMemoryBytes)
      if let bytes = unit.diskBytes { state.diskBytes = max(state.diskBytes ?? 0, bytes) }
    }
    say("  \(unit.key): finished in an earlier attempt, taken over")
  }

  /// States the data the run uses. Once per run, outside of units; a run that never does fails. Hashes the files.
  ///
  /// Throws: `RunError.otherData` when an attempt that did not end used other data: the units that are taken over were measured on them, and stores in the scratch
  /// folder made of them, whether a unit has finished or not. `RunError.notTheData` when the run that this one repeats used other data.
  package func state(data source: DataSource) throws {
    let data = try DataRecord(source)
    if let expectedData, expectedData != data {
      throw RunError.notTheData(earlier: expectedData.debugDescription, now: data.debugDescription)
    }
    try state.withLock { state in
      if let unit = state.openUnit { throw RunError.statedInsideUnit("data", unit: unit) }
      let file = ResultsFolder.dataRecord(in: scratchDirectory.deletingLastPathComponent())
      if AtomicFile.exists(file) {
        let earlier = try AtomicFile.readJSON(DataRecord.self, from: file)
        guard earlier == data else {
          throw RunError.otherData(
            folder: scratchDirectory.deletingLastPathComponent().path, earlier: earlier.debugDescription, now: data.debugDescription)
        }
      } else {
        try AtomicFile.writeJSON(data, to: file)
      }
      state.data = data
      state.source = source
    }
  }

  /// Throws: `RunError.dataChanged` when the files are no more those that were stated. One whose size and times are the same is not read again.
  func checkData() throws {
    guard case (let source?, let stated?) = state.withLock({ ($0.source, $0.data) }) else { return }
    let now = try DataRecord(source)
    guard now == stated else { throw RunError.dataChanged(earlier: stated.debugDescription, now: now.debugDescription) }
  }

  /// States the version of a library the run used. Outside of units.
  package func state(version: String, of library: String) throws {
    try state.withLock { state in
      if let unit = state.openUnit { throw RunError.statedInsideUnit("version of \(library)", unit: unit) }
      state.versions[library] = version
    }
  }

  /// States how much disk the run has in use now; the largest statement is kept.
  package func state(diskBytes: Int64) {
    state.withLock { $0.diskBytes = max($0.diskBytes ?? 0, diskBytes) }
  }

  /// Throws `Cancelled` when the user asked for a stop. Call it in long loops; units call it by themselves.
  package func checkCancelled() throws {
    if let request = Interruption.request { throw request }
  }

  /// A reporter for a long loop.
  package func progress(_ label: String, total: Int, unit: String) -> ProgressReporter {
    ProgressReporter(label: label, total: total, unit: unit, output: output.progress)
  }

  /// Prints a line for the user.
  package func say(_ line: String) { output.line(line) }

  /// Everything gathered, once `run` has returned.
  func finished() -> State { state.withLock { $0 } }
}
