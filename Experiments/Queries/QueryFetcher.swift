import ExperimentKit
import Mistique

/// Fetches what one asking of a question needs, in one way, and keeps of it what is recorded and compared. The values themselves belong to the question
/// alone, which lets go of them when it has its answer: a whole layer may be gigabytes.
final class QueryFetcher {
  /// One call of `getIntermediates`.
  struct Fetch {
    let planned: PlannedFetch
    let costs: [QueryCost]
    let contents: [FetchedContent]
  }

  private let store: IntermediateStore
  private let preference: QueryPlan.Preference
  private let look: (IntermediateResult) -> Void
  private(set) var fetches: [Fetch] = []
  /// Time spent fetching, and time spent on looking at what was fetched, which is no part of the question.
  private(set) var fetchSeconds = 0.0
  private(set) var observingSeconds = 0.0

  /// - Parameter look: sees everything that is fetched, outside of what is timed as fetching.
  init(_ store: IntermediateStore, _ preference: QueryPlan.Preference, look: @escaping (IntermediateResult) -> Void = { _ in }) {
    self.store = store
    self.preference = preference
    self.look = look
  }

  func fetch(_ keys: [IntermediateKey], rows: RowRequest = .all) throws -> [IntermediateResult] {
    let (results, seconds) = try Stopwatch.time {
      try store.getIntermediates(keys, rows: rows, plan: preference) { Interruption.request != nil }
    }
    fetchSeconds += seconds
    observingSeconds += try Stopwatch.time {
      results.forEach(look)
      fetches.append(
        Fetch(planned: try PlannedFetch(results), costs: results.map(\.cost), contents: results.map(FetchedContent.init)))
    }.seconds
    return results
  }
}
