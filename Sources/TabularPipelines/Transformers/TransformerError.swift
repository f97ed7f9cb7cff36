/// Why a transformer cannot work on its inputs. The runner adds the stage's name.
public enum TransformerError: Error, Equatable, Sendable {
  case missingColumns([String], available: [String])
  case duplicateColumn(String)
  case duplicateKey(column: String, value: String)
  case keyTypes(left: String, right: String)
  case textFeature(String)
  case targetMissing(column: String, rows: Int)
  case targetNotFinite(column: String)
  case targetIsText(String)
  case rowsDiffer
  case noRows
  case noFeatures
  case learner(String)
}

extension TransformerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missingColumns(let names, let available):
      "there is no column \(names.map { "\"\($0)\"" }.joined(separator: ", ")); there are \(available.joined(separator: ", "))"
    case .duplicateColumn(let name): "both inputs have a column \"\(name)\"; drop or rename one of them first"
    case .duplicateKey(let column, let value):
      "the right side has the key \(value) of column \"\(column)\" more than once; make it unique, or set duplicates: first"
    case .keyTypes(let left, let right): "key columns must both be integers or both be texts, got \(left) and \(right)"
    case .textFeature(let name): "column \"\(name)\" is a text, which a learner cannot use; drop it (DropColumns) or encode it first"
    case .targetMissing(let column, let rows): "the target \"\(column)\" is missing in \(rows) rows; a learner needs it in all"
    case .targetNotFinite(let column): "the target \"\(column)\" holds a NaN or infinity; a learner needs finite numbers"
    case .targetIsText(let column): "the target \"\(column)\" is a text; a learner needs numbers"
    case .rowsDiffer: "the inputs have different row_ids; only frames of the same rows can be put side by side"
    case .noRows: "there are no rows to learn from"
    case .noFeatures: "there is no column to learn from besides the target"
    case .learner(let message): "XGBoost: \(message)"
    }
  }
}
