import Diagnosis
import Mistique

/// Two columns over the same rows, and where they differ.
struct ComparedColumns {
  let first: AskedColumn
  let second: AskedColumn
  let differing: ColumnDifference
  /// Both as numbers in one unit; `nil` for texts.
  let numbers: [[Double]]?
  /// What is subtracted from what.
  private let subtrahends: (first: [Double], second: [Double])?

  /// - Throws: `QuestionError` when one is text and the other is not, and for times beside numbers.
  init(_ first: AskedColumn, _ second: AskedColumn, tolerance: Double) throws {
    (self.first, self.second) = (first, second)
    if case .text(let texts) = first.values.values, case .text(let others) = second.values.values {
      func bytes(_ texts: TextValues, _ column: Column) -> [ArraySlice<UInt8>?] {
        (0..<column.count).map { column.isPresent($0) ? texts.bytes(at: $0) : nil }
      }
      differing = ColumnDifference(labels: bytes(texts, first.values), bytes(others, second.values))
      (numbers, subtrahends) = (nil, nil)
      return
    }
    guard let subtrahends = first.values.subtrahends(second.values),
      let one = first.values.numbersBeside(second.values), let other = second.values.numbersBeside(first.values)
    else {
      // Text has an error of its own.
      for column in [first, second] { _ = try column.requiredNumbers() }
      throw QuestionError(
        second.key, "it is a column of \(second.values.type), and \(first.key) one of \(first.values.type): their difference means nothing",
        remedy: "Compare times with times, and numbers with numbers")
    }
    self.subtrahends = subtrahends
    numbers = [one, other]
    differing = ColumnDifference(subtrahends.first, subtrahends.second, tolerance: tolerance)
  }

  /// What the columns are called in tables: by their names, or by their keys where these are the same.
  var names: (String, String) { first.name == second.name ? (first.key, second.key) : (first.name, second.name) }

  /// The first less the second; `nil` where there is no such number.
  func difference(_ row: Int) -> Double? {
    guard let subtrahends else { return nil }
    let (one, other) = (subtrahends.first[row], subtrahends.second[row])
    // The same infinity in both is no difference.
    let difference = one == other ? 0 : one - other
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
      if !all.isEmpty {
        // Of infinite differences too, as by group.
        let means = GroupMeans.of([all, all.map(abs)], groups: all.map { _ in 0 }, groupCount: 1)
        facts += [.init("mean difference", means[0]), .init("mean absolute difference", means[1])]
      }
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
