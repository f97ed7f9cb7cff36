import ExperimentKit
import Foundation
import Mistique

/// Asks questions of a store in every way, and records what each way takes: the halves of figure 5.
///
/// The ways: re-run from the model's input, read, and by the plan that the store chooses, the last two cold (by a store opened anew, its files not in the
/// page cache) and warm, all with the models in memory; and re-run as the paper's system does, which loads the model each time. Every answer of every repetition is compared with the re-run's, bit for bit; a difference ends the run.
struct QueryMeasurement {
  static let parameters = ["target", "query"]
  private static let warmRepetitions = 5

  let context: RunContext
  /// Makes models of a store re-runnable.
  let register: (IntermediateStore) -> Void
  /// Values of parameters that the experiment has beside target and query.
  var settings: [String: String] = [:]

  /// A store in the scratch folder, which an interrupted run has left filled. It keeps all the models that an experiment asks about.
  func store(_ name: String) throws -> IntermediateStore {
    try open(context.scratchDirectory.appendingPathComponent(name), modelsKept: 8)
  }

  /// The same store once more, which keeps no model: every re-run loads its own.
  func loading(_ store: IntermediateStore) throws -> IntermediateStore { try open(store.directory, modelsKept: 0) }

  private func open(_ folder: URL, modelsKept: Int) throws -> IntermediateStore {
    var options = StoreOptions()
    options.modelsKept = modelsKept
    let store = try IntermediateStore(at: folder, options: options)
    register(store)
    return store
  }

  /// A question in every way: cold reads as often as the run repeats, warm reads and chosen plans at least five times, since some take a tenth of a
  /// millisecond, and re-runs as often as `Patience` says.
  ///
  /// - Parameter loading: the same store where it keeps no model.
  func run(_ query: DiagnosticQuery, on store: IntermediateStore, loading: IntermediateStore? = nil) throws {
    try context.checkpointed((settings.values.sorted() + [query.target, query.name]).joined(separator: " ")) {
      let reference = try ask(query, store, .rerun)
      // Not timed: opens the files and reads their directories, which is paid once.
      _ = try compared(ask(query, store, .read), with: reference, query)
      var (cold, chosenCold, warm, chosen): ([Answered], [Answered], [Answered], [Answered]) = ([], [], [], [])
      for _ in 0..<context.repetitions {
        try context.checkCancelled()
        cold.append(try compared(askCold(query, store.directory, .read), with: reference, query))
        chosenCold.append(try compared(askCold(query, store.directory, .automatic), with: reference, query))
      }
      // Not timed: cold reads leave little of the store in the processor's caches.
      _ = try compared(ask(query, store, .read), with: reference, query)
      for repetition in 0..<max(context.repetitions, Self.warmRepetitions) {
        try context.checkCancelled()
        let read = { warm.append(try compared(ask(query, store, .read), with: reference, query)) }
        let choose = { chosen.append(try compared(ask(query, store, .automatic), with: reference, query)) }
        // In turns: what comes second finds the memory that the first has let go of.
        for way in repetition.isMultiple(of: 2) ? [read, choose] : [choose, read] { try way() }
      }
      func reruns(on rerun: IntermediateStore, first: Answered, isWarm: Bool = false) throws -> [Answered] {
        try Patience.timings(first: first, isWarm: isWarm, seconds: \.seconds, context: context) {
          // After a read, as the chosen plans are: one re-run after the other finds memory that the last one has touched.
          _ = try ask(query, store, .read)
          return try compared(ask(query, rerun, .rerun), with: reference, query)
        }
      }
      let inMemory = try reruns(on: store, first: reference)
      let loaded = try loading.map { try reruns(on: $0, first: compared(ask(query, $0, .rerun), with: reference, query), isWarm: true) }
      try record(query, reruns: inMemory, loading: loaded, cold: cold, chosenCold: chosenCold, warm: warm, chosen: chosen)
    }
  }

  /// The shortest re-run over the shortest read. Most reads take tenths of a millisecond, of which a disturbed machine doubles the median; it seldom disturbs
  /// every repetition, so that this is what is held to the baseline.
  static let speedUpOfFastest = "speedUpOfFastest"

  /// Seconds of a re-run that loads its models first, as the paper's do.
  static let rerunLoading = "rerunLoadingSeconds"

  // MARK: Asking

  private struct Answered {
    let answer: [Double]
    var fetches: [QueryFetcher.Fetch]
    /// t_diag = t_fetch + t_compute.
    let seconds: Double
    let fetchSeconds: Double
  }

  private func ask(_ query: DiagnosticQuery, _ store: IntermediateStore, _ preference: QueryPlan.Preference) throws -> Answered {
    let fetcher = QueryFetcher(store, preference)
    let (answer, seconds) = try Stopwatch.time { try query.answer(fetcher) }
    return Answered(
      answer: answer, fetches: fetcher.fetches, seconds: seconds - fetcher.observingSeconds, fetchSeconds: fetcher.fetchSeconds)
  }

  /// Asks as a process does that has just opened the store after the machine was started. A store of its own, so that the cost model of the one that
  /// chooses warm plans does not take slow disks for slow decoding.
  private func askCold(_ query: DiagnosticQuery, _ directory: URL, _ preference: QueryPlan.Preference) throws -> Answered {
    let store = try open(directory, modelsKept: StoreOptions().modelsKept)
    try PageCache.evict(directory, at: context.scale)
    return try ask(query, store, preference)
  }

  /// Compares what was asked with the re-run, and lets go of the frames: kept ones would take the memory that the next asking reuses.
  private func compared(_ asked: Answered, with rerun: Answered, _ query: DiagnosticQuery) throws -> Answered {
    let question = "\(query.name) on \(query.target)"
    let (contents, expected) = (asked.fetches.flatMap(\.contents), rerun.fetches.flatMap(\.contents))
    guard contents.count == expected.count else { throw ReadDiffersFromRerun(key: "another number of intermediates", query: question) }
    for (content, expected) in zip(contents, expected) where !content.isIdentical(to: expected) {
      throw ReadDiffersFromRerun(key: content.place, query: question)
    }
    guard asked.answer.map(\.bitPattern) == rerun.answer.map(\.bitPattern) else {
      throw ReadDiffersFromRerun(key: "the answer", query: question)
    }
    var asked = asked
    asked.fetches = asked.fetches.map { QueryFetcher.Fetch(planned: $0.planned, costs: $0.costs, contents: []) }
    return asked
  }

  // MARK: Recording

  private func record(
    _ query: DiagnosticQuery, reruns: [Answered], loading: [Answered]?, cold: [Answered], chosenCold: [Answered], warm: [Answered],
    chosen: [Answered]
  ) throws {
    let place: MeasurementTable.Parameters = settings.merging(["target": query.target, "query": query.name]) { first, _ in first }
    func record(_ metric: String, _ asked: [Answered], _ seconds: (Answered) -> Double) throws {
      try context.record(metric, Timings(seconds: asked.map(seconds)), at: place)
    }
    try record("readColdSeconds", cold, \.seconds)
    try record("chosenColdSeconds", chosenCold, \.seconds)
    try record(PlanQuality.Metric.read, warm, \.seconds)
    try record(PlanQuality.Metric.rerun, reruns, \.seconds)
    if let loading { try record(Self.rerunLoading, loading, \.seconds) }
    try record(PlanQuality.Metric.chosen, chosen, \.seconds)
    try record("readFetchSeconds", warm, \.fetchSeconds)
    try record("rerunFetchSeconds", reruns, \.fetchSeconds)
    try record(PlanQuality.Metric.fetched, chosen, \.fetchSeconds)
    try record("computeSeconds", warm) { $0.seconds - $0.fetchSeconds }
    for (repetition, asked) in chosen.enumerated() { try recordPlans(asked.fetches.map(\.planned), place, repetition: repetition + 1) }
    try context.record(
      PlanQuality.Metric.decision, PlanQuality.decision(chosen.map { $0.fetches.map(\.planned) }), unit: "1", at: place)
    try recordCounters(warm[0], reruns[0], identicalReads: cold.count + warm.count, place)
    let (read, rerun) = (Timings.median(of: warm.map(\.seconds)), Timings.median(of: reruns.map(\.seconds)))
    try context.record("speedUp", rerun / read, unit: "x", at: place)
    let (fastestRead, fastestRerun) = (warm.map(\.seconds).min()!, reruns.map(\.seconds).min()!)
    try context.record(Self.speedUpOfFastest, fastestRerun / fastestRead, unit: "x", at: place)
  }

  /// The plan that was chosen: 1 when everything was read, 0 when everything was re-run, and what was predicted for it and for both other ways.
  private func recordPlans(_ plans: [PlannedFetch], _ place: MeasurementTable.Parameters, repetition: Int) throws {
    func record(_ metric: String, _ value: Double, unit: String) throws {
      try context.record(metric, value, unit: unit, at: place, repetition: repetition)
    }
    let (read, all) = plans.reduce((0, 0)) { ($0.0 + $1.readIntermediates, $0.1 + $1.intermediates) }
    try record("chosenRead", Double(read) / Double(all), unit: "1")
    try context.record("chosenStages", plans.reduce(0) { $0 + $1.stages }, unit: "stages", at: place, repetition: repetition)
    try record(PlanQuality.Metric.predicted, plans.reduce(0) { $0 + $1.predictedSeconds }, unit: "s")
    let reads = plans.compactMap(\.predictedReadSeconds)
    if reads.count == plans.count { try record("predictedReadSeconds", reads.reduce(0, +), unit: "s") }
    let reruns = plans.compactMap(\.predictedRerunSeconds)
    if reruns.count == plans.count { try record("predictedRerunSeconds", reruns.reduce(0, +), unit: "s") }
  }

  private func recordCounters(_ read: Answered, _ rerun: Answered, identicalReads: Int, _ place: MeasurementTable.Parameters) throws {
    let costs = read.fetches.flatMap(\.costs)
    try context.record("bytesRead", costs.reduce(0) { $0 + $1.bytesRead }, unit: "B", at: place)
    try context.record("bytesDecoded", costs.reduce(0) { $0 + $1.bytesDecoded }, unit: "B", at: place)
    try context.record("framesDecoded", costs.reduce(0) { $0 + $1.framesDecoded }, unit: "frames", at: place)
    try context.record("stagesRun", rerun.fetches.reduce(0) { $0 + $1.planned.stages }, unit: "stages", at: place)
    // Compared above, value by value; a difference ends the run.
    try context.record("identicalReads", identicalReads, unit: "reads", at: place)
  }

  static let gates =
    [
      Gate("framesDecoded", .exact, better: .lower), Gate("bytesDecoded", .exact, better: .lower),
      Gate("stagesRun", .exact, better: .lower),
      Gate("identicalReads", .exact),
      Gate(
        "bytesRead",
        .within(0.02, reason: "trained weights differ in their last bits between kinds of processors, and so do compressed sizes"),
        better: .lower),
      Gate(speedUpOfFastest, .ratioAtLeast(0.5)), Gate("speedUp", .reported), Gate("chosenRead", .reported), Gate("readSeconds", .reported),
      Gate("rerunSeconds", .reported),
      Gate("chosenSeconds", .reported), Gate("chosenColdSeconds", .reported),
    ] + PlanQuality.gates
}
