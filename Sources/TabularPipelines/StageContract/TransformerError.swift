import Mistique

/// Why a transformer cannot work on its inputs. ``PipelineRunError`` adds the stage's name.
package enum TransformerError: Error, Equatable, Sendable {
  /// Columns that the stage needs are not in its input; `available` are those that are.
  case missingColumns([String], available: [String])
  /// Two columns of the output would have one name, or a parameter names a column twice.
  case duplicateColumn(String)
  /// A column has a type that the transformer cannot use; `needed` says in words which types it can.
  case columnType(column: String, got: String, needed: String)
  /// A text of a parameter is not a value of the column's type.
  case unusableValue(String, column: String, type: String)
  /// `Cast` met a value that the type does not have.
  case notCastable(column: String, rowID: Int64, value: String, type: ColumnType)
  /// `Cast` was asked for a type that no value of the column's type becomes: a date as a number.
  case castTypes(column: String, from: ColumnType, to: ColumnType)
  /// The right side of a `Join` has a key more than once.
  case duplicateKey(column: String, value: String)
  /// The key columns of a `Join` have two types, or one that is no key.
  case keyTypes(left: ColumnType, right: ColumnType)
  /// A learner was given a text column as a feature.
  case textFeature(String)
  /// The target of a learner is missing in some rows.
  case targetMissing(column: String, rows: Int)
  /// The target of a learner holds a NaN or an infinity.
  case targetNotFinite(column: String)
  /// The target of a learner is a text.
  case targetIsText(String)
  /// Inputs that are put side by side have different `row_id`s.
  case rowsDiffer
  /// A learner was given no rows.
  case noRows
  /// A learner was given no column besides the target.
  case noFeatures
  /// The parameter `base_score` is neither `mean` nor a finite number.
  case baseScore(String)
  /// XGBoost reports an error, with the first line of its message.
  case learner(String)
}

extension TransformerError: CustomStringConvertible {
  /// One line: what is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .missingColumns(let names, let available):
      "there is no column \(names.map { "\"\($0)\"" }.joined(separator: ", ")); there are \(available.joined(separator: ", "))"
    case .duplicateColumn(let name): "the column \"\(name)\" would be there twice; drop, rename or name one of them only"
    case .columnType(let column, let got, let needed):
      "column \"\(column)\" is of type \(got), and this transformer needs \(needed); name another column, or convert it first (Cast)"
    case .unusableValue(let value, let column, let type):
      "\"\(value)\" is not a value of column \"\(column)\", which is of type \(type); give one, or leave the column out"
    case .notCastable(let column, let rowID, let value, let type):
      "column \"\(column)\" has \"\(value)\" in row_id \(rowID), which is no \(type); Cast rounds nothing, so drop the row or leave the column out"
    case .castTypes(let column, let from, let to):
      "column \"\(column)\" is \(from), which cannot be cast to \(to); cast it to text first if its text is meant"
    case .duplicateKey(let column, let value):
      "the right side has the key \(value) of column \"\(column)\" more than once; make it unique, or set duplicates: first"
    case .keyTypes(let left, let right):
      "key columns must both be int64, text, boolean, date or timestamp, got \(left) and \(right); convert one of them first (Cast)"
    case .textFeature(let name): "column \"\(name)\" is a text, which a learner cannot use; drop it (DropColumns) or encode it first"
    case .targetMissing(let column, let rows): "the target \"\(column)\" is missing in \(quantity(rows, "row")); a learner needs it in all"
    case .targetNotFinite(let column): "the target \"\(column)\" holds a NaN or infinity; a learner needs finite numbers"
    case .targetIsText(let column): "the target \"\(column)\" is a text; a learner needs numbers"
    case .rowsDiffer: "the inputs have different row_ids; only frames of the same rows can be put side by side"
    case .noRows: "there are no rows to learn from"
    case .noFeatures: "there is no column to learn from besides the target"
    case .baseScore(let text): "the parameter base_score is \"\(text)\"; give mean, for the mean of the target, or a finite number"
    case .learner(let message): "XGBoost: \(message)"
    }
  }
}
