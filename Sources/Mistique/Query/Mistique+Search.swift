/// Rows found by their value in one column.
public struct FoundRows: Sendable, Equatable {
  public let rowIDs: RowIDs
  /// ColumnChunks of the column, and those that did not have to be read because of their smallest and largest values.
  public let chunks: Int
  public let skippedChunks: Int
  /// Bytes read from partition files.
  public let bytesRead: Int
}

extension Mistique {
  /// The rows of a stored intermediate in which one column's value lies in `range`, in the intermediate's order; missing values and NaN lie in none.
  ///
  ///     let tall = try store.findRows("zillow.p1.table.numberofstories", in: 3...100)
  ///
  /// RowBlocks whose smallest and largest value exclude the range are skipped.
  /// - Throws: `MistiqueError` (`malformedKey`, `notFound`, `cannotPlan` when it is not stored), `StoreError` (`invalid` for text and for more than
  ///   one column).
  public func findRows(_ key: String, in range: ClosedRange<Double>) throws -> FoundRows {
    let key = try IntermediateKey(key)
    let question = try question(IntermediateKey(model: key.model, intermediate: key.intermediate), columns: [key.column], rows: .all)
    guard let reference = try question.intermediate.manifest else {
      throw MistiqueError(
        .cannotPlan, "it is not stored, so it cannot be searched", at: question.place, remedy: "Log the model with a policy that stores it."
      )
    }
    let manifest = try store.manifest(reference)
    let columns = try question.columns(of: manifest.schema)
    guard columns.count == 1, columns[0].count == 1 else {
      throw StoreError(
        .invalid, "a search is by one column, \(key.column) names \(columns.reduce(0) { $0 + $1.count })", at: question.place,
        remedy: "Name one, as in n35_4_7.")
    }
    let counters = ReadCounters()
    let found = try store.search(manifest, column: columns[0].lowerBound, in: range, counters: counters)
    let ids = try store.readRowIDs(manifest, rows: .positions(found.rows), counters: counters)
    return FoundRows(rowIDs: ids, chunks: found.chunks, skippedChunks: found.skippedChunks, bytesRead: counters.bytesRead)
  }
}
