import ExperimentKit
import Foundation
import Mistique

/// An intermediate that is questioned under every policy, and the rows of it that are compared.
struct QuestionedIntermediate {
  let model: ModelIdentity
  let name: String
  /// As it was emitted.
  let schema: IntermediateSchema
  let rowIDs: RowIDs
  /// Places of the compared rows, ascending and evenly spread.
  let compared: [Int]

  var rows: Int { rowIDs.count }

  /// Whether KBIT_QT and the like change any of its values.
  var hasFloats: Bool {
    switch schema {
    case .maps: true
    case .columns(let columns): columns.contains { $0.type == .float64 || $0.type == .float32 }
    }
  }

  /// Whether there is anything to pool.
  var hasMaps: Bool {
    guard case .maps(_, let height, let width) = schema else { return false }
    return height * width > 1
  }

  /// Columns whose values are numbers; of maps none, which have nothing else.
  var numericColumns: [String] {
    guard case .columns(let columns) = schema else { return [] }
    return columns.filter { $0.type != .text }.map(\.name)
  }

  /// The column or map in the middle, which POINTQ and TOPK ask for.
  var column: String {
    switch schema {
    case .maps(let channels, _, _): "n\(channels / 2)"
    case .columns: ColumnSelector.selector(of: numericColumns[numericColumns.count / 2])
    }
  }

  /// The row in the middle, which POINTQ and KNN ask about.
  var middle: Int { rows / 2 }

  func key(_ column: String = "*") -> IntermediateKey { IntermediateKey(model: model, intermediate: name, column: column) }

  /// Columns that `column` asks for: one, or the cells of a map.
  var columnsOfOne: Int {
    if case .maps(_, let height, let width) = schema { height * width } else { 1 }
  }

  /// Rows of which one piece is made, so that so many columns of it take no more than 64 MB. A table is read as a whole.
  func rowsPerPiece(columns: Int) -> Int { schema.isTable ? rows : max(1, min(rows, (64 << 20) / max(1, columns * 4))) }

  /// The intermediates of a model that have rows and numbers.
  ///
  /// - Parameter sample: how many rows are compared at most; fewer of one whose rows are so wide that they would take more than 128 MB.
  static func all(of model: ModelIdentity, in store: IntermediateStore, sample: Int) throws -> [QuestionedIntermediate] {
    try store.intermediates(of: model).filter { $0.rows > 0 && $0.columns > 0 }.compactMap { logged in
      let key = IntermediateKey(model: model, intermediate: logged.name)
      // One column, if there is one that can be named, tells the rows and the schema.
      let some = try store.getIntermediates([key], rows: .ids([]), plan: .read)[0]
      let first = IntermediateKey(model: model, intermediate: logged.name, column: ColumnSelector.selector(of: some.schema.columnName(0)))
      let result = try store.getIntermediates([first], plan: .read)[0]
      let wide = max(1, (128 << 20) / max(1, some.schema.columnCount * 4))
      let count = min(result.rowIDs.count, sample, wide)
      let compared = (0..<count).map { $0 * result.rowIDs.count / count }
      let found = QuestionedIntermediate(model: model, name: logged.name, schema: some.schema, rowIDs: result.rowIDs, compared: compared)
      return found.schema.isTable && found.numericColumns.isEmpty ? nil : found
    }
  }
}

extension IntermediateSchema {
  /// Whether it is of named columns.
  var isTable: Bool { if case .columns = self { true } else { false } }
}
