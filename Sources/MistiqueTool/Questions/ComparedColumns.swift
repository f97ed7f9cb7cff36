import Diagnosis
import Mistique

/// Two columns over the same rows, and where they differ.
struct ComparedColumns {
  let first: AskedColumn
  let second: AskedColumn
  let differing: ColumnDifference
  /// Both as numbers; `nil` for texts.
  let numbers: [[Double]]?
  private let integers: [[Int64?]]?

  /// - Throws: `QuestionError` when one is text and the other is not.
  init(_ first: AskedColumn, _ second: AskedColumn, tolerance: Double) throws {
    (self.first, self.second) = (first, second)
    if case .text(let texts) = first.values.values, case .text(let others) = second.values.values {
      func bytes(_ texts: TextValues, _ column: Column) -> [ArraySlice<UInt8>?] {
        (0..<column.count).map { column.isPresent($0) ? texts.bytes(at: $0) : nil }
      }
      differing = ColumnDifference(labels: bytes(texts, first.values), bytes(others, second.values))
      (numbers, integers) = (nil, nil)
      return
    }
    let numbers = [try first.requiredNumbers(), try second.requiredNumbers()]
    self.numbers = numbers
    if let left = first.integers, let right = second.integers, first.values.type == second.values.type {
      integers = [left, right]
      // Subtracted as integers: as float64 those above 2^53 would be rounded first.
      let gaps = zip(left, right).map { one, other -> Double in
        guard let one, let other else { return one == other ? 0 : .nan }
        return Self.difference(one, other)
      }
      differing = ColumnDifference(gaps, Array(repeating: 0, count: gaps.count), tolerance: tolerance)
    } else {
      integers = nil
      differing = ColumnDifference(numbers[0], numbers[1], tolerance: tolerance)
    }
  }

  /// What the columns are called in tables: by their names, or by their keys where these are the same.
  var names: (String, String) { first.name == second.name ? (first.key, second.key) : (first.name, second.name) }

  private static func difference(_ one: Int64, _ other: Int64) -> Double {
    let (difference, overflow) = one.subtractingReportingOverflow(other)
    return overflow ? Double(one) - Double(other) : Double(difference)
  }

  /// The first less the second; `nil` where there is no such number.
  func difference(_ row: Int) -> Double? {
    if let integers {
      guard let one = integers[0][row], let other = integers[1][row] else { return nil }
      return Self.difference(one, other)
    }
    guard let numbers else { return nil }
    // The same infinity in both is no difference.
    let difference = numbers[0][row] == numbers[1][row] ? 0 : numbers[0][row] - numbers[1][row]
    return difference.isNaN ? nil : difference
  }

  /// The rows that differ, the greatest difference first, those without a number last.
  var order: [Int] {
    let sizes = Dictionary(uniqueKeysWithValues: differing.rows.map { ($0, difference($0).map(abs) ?? -1) })
    return differing.rows.sorted { sizes[$0]! != sizes[$1]! ? sizes[$0]! > sizes[$1]! : $0 < $1 }
  }

  var facts: [Answer.Fact] {
    var facts = [Answer.Fact("rows", differing.count), .init("differ", differing.rows.count), .init("share", differing.share)]
    if let numbers {
      let all = numbers[0].indices.compactMap(difference)
      if let distribution = Distribution(all, bins: 1) { facts.append(.init("mean difference", distribution.mean)) }
      if let distribution = Distribution(all.map(abs), bins: 1) { facts.append(.init("mean absolute difference", distribution.mean)) }
    }
    return facts
  }

  /// Means of the first, the second, the difference and its absolute value per group; `nil` for texts.
  func means(_ groups: Groups) -> [[Double]]? {
    guard let numbers else { return nil }
    let differences = numbers[0].indices.map { difference($0) ?? .nan }
    let columns = numbers + [differences, differences.map(abs)]
    let means = GroupMeans.of(columns, groups: groups.places, groupCount: groups.names.count)
    return columns.indices.map { column in groups.names.indices.map { means[$0 * columns.count + column] } }
  }
}
