import CMistique
import Diagnosis
import Mistique

/// Questions of a caller.
///
/// The engine decides between reading and re-running. What is added here: a captured model without a function is read, and an answer is held to a bound.
struct Asking {
  let opened: OpenedStore
  let settings: AskSettings

  /// One answer for each intermediate, in the order in which the keys first name them.
  func answers(_ keys: [IntermediateKey], rows: RowRequest) throws -> [IntermediateResult] {
    if settings.accuracy == .stored, let bound = settings.bound, bound > 0,
      let plans = try? plans(keys, rows: rows, .within(.absolute(bound))),
      plans.allSatisfy({ $0.plan.choice == .read })
    {
      // The engine knows beforehand that what is stored is near enough, and how little of it that takes.
      return try answers(keys, rows: rows, .within(.absolute(bound)))
    }
    let results = try answers(keys, rows: rows, settings.accuracy)
    guard let bound = settings.bound, bound > 0 else { return results }
    return try results.map { result in
      guard !result.isExact else { return result }
      let ofIt = keys.filter { $0.model == result.model && $0.intermediate == result.intermediate }
      if try error(of: result, ofIt, rows) <= bound { return result }
      return try ask(ofIt, rows: rows, .exact)[0]
    }
  }

  private func answers(_ keys: [IntermediateKey], rows: RowRequest, _ accuracy: Accuracy) throws -> [IntermediateResult] {
    let found = try groups(keys).flatMap { try ask($0, rows: rows, accuracy) }
    return inOrder(of: keys, found) { IntermediateKey(model: $0.model, intermediate: $0.intermediate) }
  }

  /// How each intermediate would be answered.
  func plans(
    _ keys: [IntermediateKey], rows: RowRequest, _ accuracy: Accuracy? = nil
  ) throws -> [(key: IntermediateKey, plan: QueryPlan)] {
    let found = try groups(keys).flatMap { group -> [(key: IntermediateKey, plan: QueryPlan)] in
      let plans = try opened.store.explain(
        group.map(\.description), rows: rows, plan: try preference(group[0].model), accuracy: accuracy ?? settings.accuracy)
      return zip(Self.intermediates(group), plans).map { ($0, $1) }
    }
    return inOrder(of: keys, found) { $0.key.ofIntermediate }
  }

  /// What was found of each intermediate, in the order in which the keys first name them.
  private func inOrder<Found>(
    of keys: [IntermediateKey], _ found: [Found], _ intermediate: (Found) -> IntermediateKey
  ) -> [Found] {
    guard found.count > 1 else { return found }
    let places = Dictionary(keys.enumerated().map { ($1.ofIntermediate, $0) }, uniquingKeysWith: min)
    return found.sorted { places[intermediate($0), default: keys.count] < places[intermediate($1), default: keys.count] }
  }

  private func ask(_ keys: [IntermediateKey], rows: RowRequest, _ accuracy: Accuracy) throws -> [IntermediateResult] {
    let callbacks = settings.callbacks
    do {
      return try opened.store.getIntermediates(
        keys, rows: rows, plan: try preference(keys[0].model), accuracy: accuracy, isCancelled: { callbacks.isStopped })
    } catch let error as StoreError where error.code == .cannotPlan {
      // What the engine advises, to register a restorer, is not how it is done here.
      guard try lacksFunction(keys[0].model) else { throw error }
      let other = RerunRegistry.noFunction(keys[0].model, at: error.place)
      throw StoreError(.cannotPlan, "\(error.what); \(other.what)", at: error.place, remedy: other.remedy)
    }
  }

  /// The keys of each model, so that one model's plan is not another's.
  private func groups(_ keys: [IntermediateKey]) -> [[IntermediateKey]] {
    guard opened.reruns.wasUsed else { return [keys] }
    var order: [ModelIdentity] = []
    var groups: [ModelIdentity: [IntermediateKey]] = [:]
    for key in keys {
      if groups[key.model] == nil { order.append(key.model) }
      groups[key.model, default: []].append(key)
    }
    return order.map { groups[$0]! }
  }

  /// The caller's, but never a re-run of a captured model that has no function.
  private func preference(_ model: ModelIdentity) throws -> QueryPlan.Preference {
    guard settings.preference == .automatic, opened.reruns.wasUsed, try lacksFunction(model) else { return settings.preference }
    return .read
  }

  /// Whether it is a captured model that nothing re-runs.
  private func lacksFunction(_ model: ModelIdentity) throws -> Bool {
    try opened.description(of: model).map { opened.reruns.function(for: model, $0) == nil } ?? false
  }

  private static func intermediates(_ keys: [IntermediateKey]) -> [IntermediateKey] {
    keys.reduce(into: []) { found, key in
      if !found.contains(where: { $0.model == key.model && $0.intermediate == key.intermediate }) { found.append(key) }
    }
  }

  // MARK: Bounds

  /// The largest error that a value of the answer may have; infinite where nobody knows.
  private func error(of result: IntermediateResult, _ keys: [IntermediateKey], _ rows: RowRequest) throws -> Double {
    guard let matrix = result.matrix, result.plan.choice == .read else { return .infinity }
    // Bounds are of all columns at once: those of one key only where there is one.
    guard keys.count == 1 else { return .infinity }
    let callbacks = settings.callbacks
    let bounds = try opened.store.bounds(of: keys[0], rows: rows, isCancelled: { callbacks.isStopped })
    // Another process may have stored another model under the name since.
    guard bounds.lower.receipt == result.receipt, let lower = bounds.lower.matrix, let upper = bounds.upper.matrix,
      (lower.rows, lower.columns) == (matrix.rows, matrix.columns)
    else { return .infinity }
    return matrix.withValues { values in
      lower.withValues { lower in
        upper.withValues { upper in
          var largest = 0.0
          for place in values.indices where lower[place] != upper[place] {
            // NaN is stored as it is.
            if values[place].isNaN, lower[place].isNaN, upper[place].isNaN { continue }
            let error = max(Double(upper[place]) - Double(values[place]), Double(values[place]) - Double(lower[place]))
            if error.isNaN { return .infinity }
            largest = max(largest, error)
          }
          return largest
        }
      }
    }
  }

  // MARK: TOPK

  /// The `k` rows with the largest values of one column, or the smallest, with the values; of a map its largest value counts.
  func topK(_ k: Int, of key: IntermediateKey, smallest: Bool) throws -> [(id: Int64, value: Double)] {
    let callbacks = settings.callbacks
    let candidates = try opened.store.topCandidates(
      [key.description], k: k, smallest: smallest, isCancelled: { callbacks.isStopped })
    // A column of NaN has no best rows, and a re-run of no rows is not asked of anybody.
    if let candidates, candidates.rowIDs.isEmpty { return [] }
    let among = try candidates.flatMap { try amongThem($0, key) }
    let result = try among ?? answers([key], rows: .all)[0]
    try callbacks.check()
    switch result.values {
    case .maps(let matrix):
      guard matrix.columns > 0 else { return [] }
      let maxima = matrix.withValues { MapReduction.maxima($0, columns: matrix.columns) }
      guard among != nil, let candidates else { return best(k, maxima, smallest).map { (result.rowIDs[$0], maxima[$0]) } }
      let ordered = candidates.inOrder(maxima, of: result.rowIDs)
      return best(k, ordered, smallest).map { (candidates.rowIDs[$0], ordered[$0]) }
    case .frame(let frame):
      guard frame.columns.count == 1 else {
        throw InterfaceError.invalid("it names \(frame.columns.count) columns", at: "\(key)", remedy: "Name one column.")
      }
      let column = frame.columns[0]
      if let integers = column.integers {
        let values = integers.indices.map { column.isPresent($0) ? integers[$0] : nil }
        let places = smallest ? TopK.smallest(k, ofIntegers: values) : TopK.largest(k, ofIntegers: values)
        if let lost = places.first(where: { Int64(exactly: Double(integers[$0])) != integers[$0] }) {
          throw InterfaceError.invalid(
            "among them is \(integers[lost]), which float64 does not hold", at: "\(key)",
            remedy: "Read the column, whose integers are whole, and sort it.")
        }
        return places.map { (result.rowIDs[$0], Double(integers[$0])) }
      }
      guard let numbers = column.doubles else {
        throw InterfaceError.invalid("its values are texts", at: "\(key)", remedy: "Name a column of numbers.")
      }
      return best(k, numbers, smallest).map { (result.rowIDs[$0], numbers[$0]) }
    }
  }

  /// The candidates exactly; `nil` when another process has stored another model under the name since.
  private func amongThem(_ candidates: CandidateRows, _ key: IntermediateKey) throws -> IntermediateResult? {
    do {
      let result = try answers([key], rows: .ids(candidates.rowIDs))[0]
      return result.receipt == candidates.receipt ? result : nil
    } catch let error as StoreError where error.code == .missingRow { return nil }
  }

  private func best(_ k: Int, _ values: [Double], _ smallest: Bool) -> [Int] {
    smallest ? TopK.smallest(k, of: values) : TopK.largest(k, of: values)
  }
}
