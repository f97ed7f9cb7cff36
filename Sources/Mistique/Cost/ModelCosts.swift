import Synchronization

/// What a model's stages and its restoring were measured to take: the catalogue's measurements, corrected by those of this process.
final class ModelCosts: Sendable {
  private struct State {
    var restoreSeconds: Double
    var stages: [Int: StageCost]
    /// By the intermediate asked for; of this process.
    var searches: [String: Double] = [:]
    var found: [WeighedCuts: (seconds: Double, trusted: Int)] = [:]
  }

  /// Of so many times that cuts would be weighed, once they are, whatever was found before: others may have stored an ancestor.
  private static let trust = 16

  private let state: Mutex<State>

  init(restoreSeconds: Double, stages: [Int: StageCost]) {
    state = Mutex(State(restoreSeconds: restoreSeconds, stages: stages))
  }

  var restoreSeconds: Double { state.withLock { $0.restoreSeconds } }

  /// Whether the model runs on some rows only, batch by batch, as networks do; not on whole tables.
  var runsOnSomeRows: Bool { state.withLock { $0.stages.values.contains(where: \.isInBatches) } }

  /// Seconds of one stage for `rows` rows; `nil` when it was never measured.
  func seconds(ofStage place: Int, rows: Int) -> Double? { state.withLock { $0.stages[place]?.seconds(rows: rows) } }

  /// Seconds of several; `nil` when one of them was never measured.
  func seconds(ofStages places: [Int], rows: Int) -> Double? {
    var sum = 0.0
    for place in places {
      guard let seconds = seconds(ofStage: place, rows: rows) else { return nil }
      sum += seconds
    }
    return sum
  }

  /// The least that weighing the cuts before an intermediate has taken; `nil` when they were never weighed.
  func searchSeconds(for intermediate: String) -> Double? { state.withLock { $0.searches[intermediate] } }

  /// Takes in what weighing cuts took. The least counts: where it is too much to look further, nothing would ever correct a search that was held up.
  func note(searchSeconds: Double, for intermediate: String) {
    state.withLock { $0.searches[intermediate] = min($0.searches[intermediate] ?? .infinity, searchSeconds) }
  }

  /// What the best of the cuts was predicted to take when they were last weighed, with nothing to restore and nothing to wait for; `nil` when they never
  /// were, and when it is time to weigh them again.
  func fewestSeconds(of cuts: WeighedCuts) -> Double? {
    state.withLock { state in
      guard let found = state.found[cuts], found.trusted < Self.trust else { return nil }
      state.found[cuts]!.trusted += 1
      return found.seconds
    }
  }

  /// Takes in what the best of the cuts is predicted to take; infinite where there are none.
  func note(fewestSeconds: Double, of cuts: WeighedCuts) { state.withLock { $0.found[cuts] = (fewestSeconds, 0) } }

  /// Takes measurements in; gives the costs that they have changed.
  func note(restoreSeconds: Double?, _ measurements: [StageMeasurement]) -> [Int: StageCost] {
    state.withLock { state in
      if let restoreSeconds { state.restoreSeconds = restoreSeconds }
      var changed: [Int: StageCost] = [:]
      for measurement in measurements {
        state.stages[measurement.stage, default: StageCost()].note(measurement)
        changed[measurement.stage] = state.stages[measurement.stage]!
      }
      return changed
    }
  }
}

/// A question as far as the cuts before it depend on it.
struct WeighedCuts: Hashable {
  let intermediate: String
  /// By its name: costs know nothing of questions.
  let accuracy: String
  let rows: Int
  /// Of the answer: handing it over is part of what was weighed.
  let bytes: Int
}
