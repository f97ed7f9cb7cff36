import Diagnosis
import Mistique

/// Two rows over the same columns.
struct ComparedRows {
  struct Pair {
    let name: String
    /// One row each.
    let first: Column
    let second: Column
  }

  let columns: [Pair]
  /// Both rows as what is subtracted from what: NaN for gaps, and in both for what is not subtracted.
  private let numbers: (first: [Double], second: [Double])
  /// Columns of text in either row, or of a time in one and a number in the other.
  private let unlike: [Int]

  /// Two rows of the same columns.
  init(_ asked: AskedColumns, rows: (Int64, Int64)) throws {
    let places = [rows.0, rows.1].map { id in asked.rowIDs.firstIndex(of: id)! }
    try self.init(asked.distinct.map { Pair(name: $0.name, first: $0.values.slice(places[0]), second: $0.values.slice(places[1])) })
  }

  /// The only row of two intermediates.
  ///
  /// - Throws: `QuestionError` when they have other columns.
  init(_ asked: AskedColumns, keys: [IntermediateKey]) throws {
    let (first, second) = (asked.ofKey[0], asked.ofKey[1])
    // Byte for byte, as names are everywhere: Swift's own comparison takes two spellings of one letter for one.
    let other = zip(first, second).first { !$0.name.utf8.elementsEqual($1.name.utf8) }
    guard first.count == second.count, other == nil else {
      throw QuestionError(
        "\(keys[0])",
        "it has other columns than \(keys[1])"
          + (other.map { ": \($0.name) where that has \($1.name)" } ?? ", \(first.count) and \(second.count)"),
        remedy: "Ask for columns that both have")
    }
    try self.init(zip(first, second).map { Pair(name: $0.name, first: $0.values.slice(0), second: $1.values.slice(0)) })
  }

  private init(_ columns: [Pair]) throws {
    self.columns = columns
    let pairs = columns.map { $0.first.subtrahends($0.second) }
    numbers = (pairs.map { $0?.first[0] ?? .nan }, pairs.map { $0?.second[0] ?? .nan })
    unlike = pairs.indices.filter { pairs[$0] == nil }
  }

  /// The numbers compared.
  func difference(_ count: Int) -> RowDifference { RowDifference(numbers.first, numbers.second, count: count) }

  /// What differs without a number: where only one row has one, and what is not subtracted.
  private func unnumbered(_ difference: RowDifference) -> [Int] {
    difference.missing + unlike.filter { Self.differ(columns[$0].first, columns[$0].second) }
  }

  /// Whether two values that are not subtracted differ: texts in their bytes.
  private static func differ(_ first: Column, _ second: Column) -> Bool {
    guard first.isPresent(0), second.isPresent(0) else { return first.isPresent(0) != second.isPresent(0) }
    if case .text(let one) = first.values, case .text(let other) = second.values { return one != other }
    return CellText.exact(first, 0) != CellText.exact(second, 0)
  }

  func differing(_ difference: RowDifference) -> Int {
    let all = self.difference(columns.count)
    return all.columns.count + unnumbered(difference).count
  }

  func listed(_ difference: RowDifference, _ count: Int) -> [Int] {
    Array((difference.columns.map(\.column) + unnumbered(difference)).prefix(count))
  }

  /// One row's value as a number in the unit of both, NaN where there is none.
  func value(_ place: Int, _ side: Int) -> Double {
    let (own, other) = side == 0 ? (columns[place].first, columns[place].second) : (columns[place].second, columns[place].first)
    return own.numbersBeside(other)?[0] ?? .nan
  }

  func signedDifference(_ place: Int) -> Double? {
    let difference = numbers.first[place] - numbers.second[place]
    return difference.isNaN ? nil : difference
  }

  /// The values of one row: numbers where all listed columns hold such, texts otherwise.
  func cells(_ places: [Int], _ side: Int) -> Column {
    let values = places.map { side == 0 ? columns[$0].first : columns[$0].second }
    var present = Validity(count: values.count, present: true)
    for (place, value) in values.enumerated() where !value.isPresent(0) { present[place] = false }
    if values.allSatisfy({ $0.type == .int64 || $0.type == .boolean }) {
      return Column(.int64(values.map { $0.integers![0] }), validity: present)
    }
    let isNumeric = values.allSatisfy { value in
      switch value.type {
      case .float32, .float64, .boolean: true
      case .int64: abs(Double(value.integers![0])) < 0x1p53
      default: false
      }
    }
    if isNumeric {
      if values.allSatisfy({ $0.type == .float32 }) { return Self.joined(values, present) }
      return Column(.float64(values.enumerated().map { $1.isPresent(0) ? $1.doubles![0] : 0 }), validity: present)
    }
    return Column(.text(TextValues(values.map { CellText.exact($0, 0) ?? "" })), validity: present)
  }

  private static func joined(_ values: [Column], _ present: Validity) -> Column {
    Column(.float32(values.map { if case .float32(let value) = $0.values { value[0] } else { 0 } }), validity: present)
  }
}

extension Column {
  /// One row as a column of its own.
  fileprivate func slice(_ row: Int) -> Column { slice(row..<row + 1) }
}
