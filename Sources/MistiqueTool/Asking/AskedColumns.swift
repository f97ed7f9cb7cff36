import ArgumentParser
import Diagnosis
import Mistique

/// A column of an answer's raw material.
struct AskedColumn {
  /// As in its intermediate; `n35` where a map was reduced to one number per row.
  let name: String
  /// The whole key, for messages and pictures.
  let key: String
  let values: Column

  /// Every value as a number, missing as NaN; `nil` for text.
  var numbers: [Double]? { values.doubles }

  /// - Throws: `QuestionError` for text.
  func requiredNumbers() throws -> [Double] {
    guard let numbers else {
      throw QuestionError(key, "it is a column of text, and the question is about numbers", remedy: "Ask for a column of numbers")
    }
    return numbers
  }

  /// A remark where it has integers that a Double does not hold, which statistics are made of.
  var roundingNote: String? {
    let large = integers?.contains { integer in integer.map { Int64(exactly: Double($0)) != $0 } ?? false } ?? false
    return large ? "\(key) has integers beyond 2^53, which are rounded to float64 here." : nil
  }

  /// Integers that a Double may not hold, `nil` where one is missing; `nil` for columns of other types.
  var integers: [Int64?]? {
    values.integers.map { integers in integers.enumerated().map { values.isPresent($0) ? $1 : nil } }
  }
}

/// The columns that keys name, over the rows that all their intermediates have.
struct AskedColumns {
  /// In the order of the first key's intermediate.
  let rowIDs: [Int64]
  /// One list of columns for each key.
  let ofKey: [[AskedColumn]]

  var all: [AskedColumn] { ofKey.flatMap { $0 } }

  /// Each column once, in the order of the keys.
  var distinct: [AskedColumn] { Self.distinct(all) }

  /// Those of other keys than the ones before them. Byte for byte, as everything compares names.
  static func distinct(_ columns: some Sequence<AskedColumn>, besides known: AskedColumn? = nil) -> [AskedColumn] {
    var seen = Set(known.map { [ColumnName($0.key)] } ?? [])
    return columns.filter { seen.insert(ColumnName($0.key)).inserted }
  }

  /// The only column of a key.
  ///
  /// - Throws: `QuestionError` when there are several.
  func single(_ key: Int, of keys: [IntermediateKey]) throws -> AskedColumn {
    guard ofKey[key].count == 1 else {
      throw QuestionError(
        "\(keys[key])", "it names \(ofKey[key].count) columns, and the question is about one",
        remedy: ofKey[key].count > 1 ? "Name one, such as \(ofKey[key][0].name)" : "Name a column of another intermediate")
    }
    return ofKey[key][0]
  }
}
