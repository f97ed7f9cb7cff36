import Mistique

/// Why a transformer cannot work on its inputs. The runner adds the stage's name.
public enum TransformerError: Error, Equatable, Sendable {
  case missingColumns([String], available: [String])
  case duplicateColumn(String)
  /// A column of a type that the transformer cannot use; `needed` lists those it can.
  case columnType(column: String, got: String, needed: String)
  /// A text of a parameter that is not a value of the column it is meant for.
  case unusableValue(String, column: String, type: String)
  /// A value that the type does not have.
  case notCastable(column: String, rowID: Int64, value: String, type: ColumnType)
  case castTypes(column: String, from: ColumnType, to: ColumnType)
  case duplicateKey(column: String, value: String)
  case keyTypes(left: ColumnType, right: ColumnType)
  case textFeature(String)
  case targetMissing(column: String, rows: Int)
  case targetNotFinite(column: String)
  case targetIsText(String)
  case rowsDiffer
  case noRows
  case noFeatures
  case baseScore(String)
  case learner(String)
}

extension TransformerError: CustomStringConvertible {
  public var description: String {
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
      "column \"\(column)\" is \(from), and no \(from) is cast to \(to); cast it to text first if its text is meant"
    case .duplicateKey(let column, let value):
      "the right side has the key \(value) of column \"\(column)\" more than once; make it unique, or set duplicates: first"
    case .keyTypes(let left, let right):
      "key columns must both be int64, text, boolean, date or timestamp, got \(left) and \(right); convert one of them first (Cast)"
    case .textFeature(let name): "column \"\(name)\" is a text, which a learner cannot use; drop it (DropColumns) or encode it first"
    case .targetMissing(let column, let rows): "the target \"\(column)\" is missing in \(rows) rows; a learner needs it in all"
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
