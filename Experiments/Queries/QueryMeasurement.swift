import ExperimentKit
import Foundation
import Mistique

/// Asks questions of a store in every way, and records what each way takes: the halves of figure 5.
///
/// Every fetched value of every repetition is compared with the re-run's, bit for bit; a difference ends the run.
struct QueryMeasurement {
  static let parameters = ["target", "query"]

  let context: RunContext

  /// A store in the scratch folder, which an interrupted run has left filled.
  func store(_ name: String, register: (IntermediateStore) -> Void) throws -> IntermediateStore {
    let store = try IntermediateStore(at: context.scratchDirectory.appendingPathComponent(name))
    register(store)
    return store
  }

  /// One question: the plan that is chosen, then every way of fetching, each as often as the run repeats.
  func run(_ query: DiagnosticQuery, on store: IntermediateStore) throws {
    let place: MeasurementTable.Parameters = ["target": query.target, "query": query.name]
    try context.checkpointed("\(query.target) \(query.name)") {
      var automatic = try store.getIntermediates(query.keys, rows: query.rows)
      let rerun = try Self.ask(query, store, .rerun)
      // Compared at once and let go: an answer may be a whole layer.
      try Self.compare(automatic, with: rerun.results, query)
      let plans = automatic.map { Planned(model: $0.model, plan: $0.plan) }
      automatic = []
      var readCosts: [QueryCost] = []
      var (cold, warm, reruns, computing): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
      for _ in 0..<context.repetitions {
        try context.checkCancelled()
        store.dropCaches()
        try PageCache.evict(store.directory)
        cold.append(try Self.compared(Self.ask(query, store, .read), with: rerun, query).seconds)
        let read = try Self.compared(Self.ask(query, store, .read), with: rerun, query)
        warm.append(read.seconds)
        computing.append(read.computeSeconds)
        readCosts = read.results.map(\.cost)
        reruns.append(try Self.ask(query, store, .rerun).seconds)
      }
      try context.record("readColdSeconds", Timings(seconds: cold), at: place)
      try context.record("readSeconds", Timings(seconds: warm), at: place)
      try context.record("rerunSeconds", Timings(seconds: reruns), at: place)
      try context.record("computeSeconds", Timings(seconds: computing), at: place)
      try record(plans, place)
      try record(readCosts, rerun.results, place)
      try context.record("speedUp", Timings.median(of: reruns) / Timings.median(of: warm), unit: "x", at: place)
    }
  }

  private struct Fetched {
    let results: [IntermediateResult]
    let answer: [Double]
    /// Of both.
    let seconds: Double
    let computeSeconds: Double
  }

  private struct Planned {
    let model: ModelIdentity
    let plan: QueryPlan
  }

  /// Fetches and computes; both are timed together, as t_diag = t_fetch + t_compute.
  private static func ask(_ query: DiagnosticQuery, _ store: IntermediateStore, _ plan: QueryPlan.Preference) throws -> Fetched {
    let (results, fetching) = try Stopwatch.time {
      try store.getIntermediates(query.keys, rows: query.rows, plan: plan) { Interruption.request != nil }
    }
    let (answer, computing) = try Stopwatch.time { try query.compute(results) }
    return Fetched(results: results, answer: answer, seconds: fetching + computing, computeSeconds: computing)
  }

  private static func compare(_ results: [IntermediateResult], with rerun: [IntermediateResult], _ query: DiagnosticQuery) throws {
    for (a, b) in zip(results, rerun) where !a.isIdentical(to: b) {
      throw ReadDiffersFromRerun(key: "\(a.model).\(a.intermediate)", query: "\(query.name) on \(query.target)")
    }
  }

  private static func compared(_ read: Fetched, with rerun: Fetched, _ query: DiagnosticQuery) throws -> Fetched {
    try compare(read.results, with: rerun.results, query)
    guard read.answer.map(\.bitPattern) == rerun.answer.map(\.bitPattern) else {
      throw ReadDiffersFromRerun(key: "the answer", query: "\(query.name) on \(query.target)")
    }
    return read
  }

  /// The plan: 1 when everything was read, 0 when everything was re-run. Intermediates of a model are re-run together, and predicted as
  /// the dearest of them; models one after the other.
  private func record(_ plans: [Planned], _ place: MeasurementTable.Parameters) throws {
    let read = plans.filter { $0.plan.choice == .read }.count
    try context.record("chosenRead", Double(read) / Double(plans.count), unit: "1", at: place)
    try context.record("predictedReadSeconds", plans.compactMap(\.plan.predictedReadSeconds).reduce(0, +), unit: "s", at: place)
    let reruns = Dictionary(grouping: plans, by: \.model).values.map { $0.compactMap(\.plan.predictedRerunSeconds).max() ?? 0 }
    // Smallest first: a sum of floating-point numbers depends on their order, and a dictionary's is not fixed.
    try context.record("predictedRerunSeconds", reruns.sorted().reduce(0, +), unit: "s", at: place)
  }

  private func record(_ reads: [QueryCost], _ reruns: [IntermediateResult], _ place: MeasurementTable.Parameters) throws {
    try context.record("bytesRead", reads.reduce(0) { $0 + $1.bytesRead }, unit: "B", at: place)
    try context.record("bytesDecoded", reads.reduce(0) { $0 + $1.bytesDecoded }, unit: "B", at: place)
    try context.record("framesDecoded", reads.reduce(0) { $0 + $1.framesDecoded }, unit: "frames", at: place)
    let stages = Dictionary(grouping: reruns, by: \.model).values.map { $0.map(\.cost.stagesRun).max() ?? 0 }
    try context.record("stagesRun", stages.reduce(0, +), unit: "stages", at: place)
    // Compared above, value by value; a difference ends the run.
    try context.record("identicalReads", 2 * context.repetitions, unit: "reads", at: place)
  }

  static let gates = [
    Gate("framesDecoded", .exact, better: .lower), Gate("bytesDecoded", .exact, better: .lower), Gate("stagesRun", .exact, better: .lower),
    Gate("identicalReads", .exact),
    Gate(
      "bytesRead",
      .within(0.02, reason: "trained weights differ in their last bits between kinds of processors, and so do compressed sizes"),
      better: .lower),
    // A quarter: on a shared machine the two times of a ratio may be disturbed differently, but a lost order of magnitude shows.
    Gate("speedUp", .ratioAtLeast(0.25)), Gate("chosenRead", .reported), Gate("readSeconds", .reported), Gate("rerunSeconds", .reported),
  ]
}
