import Foundation
import Mistique
import TestSupport

/// Questions about frames and what must be true of the answers.
struct FrameQuestions {
  let store: IntermediateStore
  let model: ModelIdentity
  let intermediate: String
  let policy: StoragePolicy
  /// What is expected, which the canary changes.
  var frame: DataFrame
  let isStored: Bool
  let rowsPerBlock: Int
  /// Whether re-runs are held to what is expected; the canary looks at reading alone.
  var checksReruns = true

  init(
    _ store: IntermediateStore, _ model: ModelIdentity, _ intermediate: String, _ policy: StoragePolicy, _ frame: DataFrame,
    rowsPerBlock: Int
  )
    throws
  {
    (self.store, self.model, self.intermediate, self.policy, self.frame) = (store, model, intermediate, policy, frame)
    self.rowsPerBlock = rowsPerBlock
    isStored = try store.intermediates(of: model).first { $0.name == intermediate }!.isStored
  }

  private var values: QuantizationScheme.Values { policy.quantization.values }
  var place: String { "\(model).\(intermediate), \(policy), \(frame.rowCount) rows" }

  /// Asks one random question by reading and by re-running, and searches.
  func ask(_ random: inout SeededRandom) throws {
    let ids = frame.rowIDs.array
    let rows = MapQuestions.rows(ids, &random)
    let isWhole = frame.names.isEmpty || random.next() % 3 == 0
    let columns = isWhole ? Array(frame.names.indices) : frame.names.indices.filter { _ in random.next() % 2 == 0 }
    guard isWhole || !columns.isEmpty else { return }
    let keys = (isWhole ? ["*"] : columns.map { frame.names[$0] }.shuffled(using: &random))
      .map { IntermediateKey(model: model, intermediate: intermediate, column: $0) }
    var places = Array(ids.indices)
    if case .ids(let asked) = rows { places = places.filter { asked.contains(ids[$0]) } }
    let rerun = try store.getIntermediates(keys, rows: rows, plan: .rerun)[0]
    if checksReruns { try check(rerun, places, columns, "re-run", isExact: true) }
    guard isStored else { return }
    try check(try store.getIntermediates(keys, rows: rows, plan: .read)[0], places, columns, "read", isExact: false)
    if let column = columns.randomElement(using: &random) { try search(column, &random) }
  }

  private func check(_ answer: IntermediateResult, _ places: [Int], _ columns: [Int], _ how: String, isExact: Bool) throws {
    guard let got = answer.frame, got.rowIDs.array == places.map({ frame.rowIDs[$0] }), got.names == columns.map({ frame.names[$0] }),
      got.columns.allSatisfy({ $0.count == places.count })
    else { throw BrokenProperty("\(place), \(how): other rows or columns: \(answer.columnNames)") }
    for (column, source) in columns.enumerated() {
      let logged = frame.columns[source]
      if !isExact, values.applies(to: logged.type) {
        try checkQuantized(got.columns[column], logged, places)
        continue
      }
      for (row, from) in places.enumerated() where got.columns[column].plainBits(row) != logged.plainBits(from) {
        throw BrokenProperty(
          "\(place), \(how): \(frame.names[source]) in row \(from) is \(got.columns[column].plainBits(row) ?? "missing"), "
            + "right \(logged.plainBits(from) ?? "missing")")
      }
    }
  }

  /// Gaps and NaN stay; values keep their order and stay within what the column has; lower precision rounds to the nearest.
  private func checkQuantized(_ got: Column, _ logged: Column, _ places: [Int]) throws {
    var pairs: [(logged: Double, got: Double)] = []
    for (row, from) in places.enumerated() {
      guard got.isPresent(row) == logged.isPresent(from) else { throw BrokenProperty("\(place): row \(from) is missing, or is not") }
      let (value, read) = (logged.plainNumber(from), got.plainNumber(row))
      guard value.isNaN == read.isNaN else { throw BrokenProperty("\(place): \(value) reads as \(read)") }
      if !value.isNaN { pairs.append((value, read)) }
    }
    let finite = (0..<logged.count).map { logged.plainNumber($0) }
    switch values {
    case .lowerPrecision(.float32):
      for (value, read) in pairs where read != Double(Float(value)) && read.bitPattern != value.bitPattern {
        throw BrokenProperty("\(place): \(value) reads as \(read), not the nearest float32")
      }
    case .lowerPrecision:
      for (value, read) in pairs where read != value && abs(read - value) > max(abs(value) * 0x1p-11, 0x1p-25) {
        throw BrokenProperty("\(place): \(value) reads as \(read), not the nearest float16")
      }
    default:
      guard finite.allSatisfy(\.isFinite), let low = finite.min(), let high = finite.max() else { return }
      pairs.sort { $0.logged < $1.logged }
      // Multiples of a step may lie beyond the outermost values, by no more than the bound.
      var slack = 0.0
      if case .bound(.relative(let share), _) = values { slack = share * max(abs(low), abs(high)) }
      guard pairs.allSatisfy({ low - slack <= $0.got && $0.got <= high + slack }),
        zip(pairs, pairs.dropFirst()).allSatisfy({ $0.got <= $1.got })
      else {
        throw BrokenProperty("\(place): outside \(low)...\(high), or out of order: \(pairs)")
      }
    }
  }

  private func search(_ column: Int, _ random: inout SeededRandom) throws {
    let logged = frame.columns[column]
    guard logged.type != .text else { return }
    let numbers = (0..<logged.count).map { logged.plainNumber($0) }
    let ends = [
      numbers.randomElement(using: &random), numbers.randomElement(using: &random), random.unit() * 4 - 2, 0, -.infinity, .infinity,
    ]
    let (a, b) = (ends[Int(random.next() % 6)] ?? 0, ends[Int(random.next() % 6)] ?? 0)
    guard !a.isNaN, !b.isNaN else { return }
    let range = min(a, b)...max(a, b)
    let right = (0..<logged.count).filter { row in
      guard logged.isPresent(row) else { return false }
      guard case .int64(let whole) = logged.values else { return range.contains(numbers[row]) }
      return Self.isIn(whole[row], range)
    }
    let key = IntermediateKey(model: model, intermediate: intermediate, column: frame.names[column]).description
    let found = try store.findRows(key, in: range)
    try Self.judge(found, right: right.map { frame.rowIDs[$0] }, order: frame.rowIDs.array, isExact: !values.applies(to: logged.type)) {
      "\(place): \(frame.names[column]), \(logged.type), in \(range)"
    }
  }

  /// Rows that were found are right and in order; those that are right were found, or are among the possible ones where values are quantized.
  static func judge(_ found: FoundRows, right: [Int64], order: [Int64], isExact: Bool, _ place: () -> String) throws {
    let (certain, possible, all) = (Set(found.rowIDs.array), Set(found.possibleRowIDs.array), Set(right))
    guard certain.isDisjoint(with: possible), order.filter(certain.contains) == found.rowIDs.array,
      order.filter(possible.contains) == found.possibleRowIDs.array,
      isExact ? certain == all && possible.isEmpty : certain.isSubset(of: all),
      all.isSubset(of: certain.union(possible))
    else { throw BrokenProperty("\(place()): \(found.rowIDs.array), possibly \(found.possibleRowIDs.array), right \(right)") }
  }

  /// Exactly: a double's integer part is an integer, so nothing has to be rounded.
  private static func isIn(_ value: Int64, _ range: ClosedRange<Double>) -> Bool {
    func isAtMost(_ limit: Double) -> Bool { limit >= 0x1p63 || (limit >= -0x1p63 && value <= Int64(limit.rounded(.down))) }
    func isAtLeast(_ limit: Double) -> Bool { limit < -0x1p63 || (limit < 0x1p63 && value >= Int64(limit.rounded(.up))) }
    return isAtLeast(range.lowerBound) && isAtMost(range.upperBound)
  }
}
