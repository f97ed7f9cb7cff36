import ArgumentParser
import Mistique

extension IntermediateResult {
  /// The row ids, and then the columns of the keys in their order, each once: what CSV has.
  ///
  /// - Parameters:
  ///   - rows: which of the answer's rows, in which order, some perhaps more than once; all when nil.
  ///   - idColumn: what the column of row ids is called.
  ///   - option: the option that calls it otherwise, if the command has one.
  /// - Throws: `ValidationError` when a column of the intermediate is called so.
  func frame(of keys: [IntermediateKey], rows: [Int]? = nil, idColumn: String, option: String?) throws -> DataFrame {
    let names = columnNames
    let order = schemaColumns(of: keys).map(offset)
    if let clash = order.first(where: { ColumnName(names[$0]) == ColumnName(idColumn) }) {
      let remedy = option.map { "Choose another name for the row ids with \($0)." } ?? "Write it with mistique get --id-column."
      throw ValidationError("The intermediate has a column \"\(names[clash])\" itself. \(remedy)")
    }
    let columns = order.map { place in (name: names[place], column: frame?.columns[place] ?? Column(.float32(matrix!.column(place)))) }
    let all = [(name: idColumn, column: Column(.int64(rowIDs.array)))] + columns
    guard let rows else { return DataFrame(rowIDs: rowIDs, columns: all) }
    // The ids of a frame differ; those of a row that comes twice are in their column.
    return DataFrame(rowIDs: .first(rows.count), columns: all.map { (name: $0.name, column: $0.column.gather(rows)) })
  }
}
