import MistiqueStorage
import Synchronization

/// What queries counted and measured, kept in memory and written to the catalogue in batches: a query must not wait for a disk.
final class QueryJournal: Sendable {
  struct StageKey: Hashable, Sendable {
    let model: Int64
    let stage: Int
  }

  struct ColumnKey: Hashable, Sendable {
    let intermediate: Int64
    let name: String
  }

  struct Entries: Sendable {
    var queries: [Int64: Int] = [:]
    /// Of columns that were asked for by name.
    var columnQueries: [ColumnKey: Int] = [:]
    var restoreSeconds: [Int64: Double] = [:]
    var stages: [StageKey: StageCost] = [:]

    var isEmpty: Bool { queries.isEmpty && columnQueries.isEmpty && restoreSeconds.isEmpty && stages.isEmpty }
    /// Questions that are counted.
    var count: Int { queries.values.reduce(0, +) }
  }

  private let entries = Mutex(Entries())

  /// - Parameter columns: those that are asked for by name.
  /// - Returns: how many questions have been counted since the last `take`.
  @discardableResult
  func countQuery(of intermediate: Int64, columns: [String] = []) -> Int {
    entries.withLock { entries in
      entries.queries[intermediate, default: 0] += 1
      for name in columns { entries.columnQueries[ColumnKey(intermediate: intermediate, name: name), default: 0] += 1 }
      return entries.count
    }
  }

  /// Questions since the last `take`.
  func queries(of intermediate: Int64) -> Int { entries.withLock { $0.queries[intermediate] ?? 0 } }

  /// Questions for a column by its name since the last `take`.
  func queries(of intermediate: Int64, column: String) -> Int {
    entries.withLock { $0.columnQueries[ColumnKey(intermediate: intermediate, name: column)] ?? 0 }
  }

  func note(model: Int64, restoreSeconds: Double?, stages: [Int: StageCost]) {
    entries.withLock { entries in
      if let restoreSeconds { entries.restoreSeconds[model] = restoreSeconds }
      for (place, cost) in stages { entries.stages[StageKey(model: model, stage: place)] = cost }
    }
  }

  /// What was measured of a model since the last `take`, newer than the catalogue's.
  func measured(model: Int64) -> (restoreSeconds: Double?, stages: [Int: StageCost]) {
    entries.withLock { entries in
      let stages = entries.stages.filter { $0.key.model == model }.map { ($0.key.stage, $0.value) }
      return (entries.restoreSeconds[model], Dictionary(stages, uniquingKeysWith: { $1 }))
    }
  }

  /// Gives back what was taken and could not be written; what was measured since is newer.
  func putBack(_ taken: Entries) {
    entries.withLock { entries in
      entries.queries.merge(taken.queries, uniquingKeysWith: +)
      entries.columnQueries.merge(taken.columnQueries, uniquingKeysWith: +)
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
