import MistiqueStorage
import Synchronization

/// What queries counted and measured, kept in memory and written to the catalogue in batches: a query must not wait for a disk.
final class QueryJournal: Sendable {
  struct StageKey: Hashable, Sendable {
    let model: Int64
    let stage: Int
  }

  struct Entries: Sendable {
    var queries: [Int64: Int] = [:]
    var restoreSeconds: [Int64: Double] = [:]
    var stages: [StageKey: StageMeasurement] = [:]

    var isEmpty: Bool { queries.isEmpty && restoreSeconds.isEmpty && stages.isEmpty }
  }

  private let entries = Mutex(Entries())

  func countQuery(of intermediate: Int64) { entries.withLock { $0.queries[intermediate, default: 0] += 1 } }

  /// Questions since the last `take`.
  func queries(of intermediate: Int64) -> Int { entries.withLock { $0.queries[intermediate] ?? 0 } }

  func note(model: Int64, restoreSeconds: Double, stages: [StageMeasurement]) {
    entries.withLock { entries in
      entries.restoreSeconds[model] = restoreSeconds
      for stage in stages { entries.stages[StageKey(model: model, stage: stage.stage)] = stage }
    }
  }

  /// What was measured of a stage since the last `take`, newer than the catalogue's.
  func measured(model: Int64) -> (restoreSeconds: Double?, stages: [Int: StageMeasurement]) {
    entries.withLock { entries in
      let stages = entries.stages.filter { $0.key.model == model }.map { ($0.key.stage, $0.value) }
      return (entries.restoreSeconds[model], Dictionary(stages, uniquingKeysWith: { $1 }))
    }
  }

  /// Gives back what was taken and could not be written; what was measured since is newer.
  func putBack(_ taken: Entries) {
    entries.withLock { entries in
      entries.queries.merge(taken.queries, uniquingKeysWith: +)
      entries.restoreSeconds.merge(taken.restoreSeconds) { newer, _ in newer }
      entries.stages.merge(taken.stages) { newer, _ in newer }
    }
  }

  func take() -> Entries {
    entries.withLock { entries in
      defer { entries = Entries() }
      return entries
    }
  }
}
