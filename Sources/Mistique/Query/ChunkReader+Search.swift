import MistiqueStorage

extension ChunkReader {
  /// The rows of a stored intermediate in which the only asked column's value lies in `interval`.
  func rows(of question: Question, in interval: SearchedInterval) throws -> FoundRows {
    let store = opened.store
    guard question.intermediate.isStored, let reference = try question.intermediate.manifest else {
      throw StoreError(
        .cannotPlan, "it is not stored, so it cannot be searched", at: question.place, remedy: "Log the model with a policy that stores it."
      )
    }
    let manifest = try store.manifest(reference)
    let columns = try question.columns(of: manifest.schema)
    guard columns.count == 1, columns[0].count == 1 else {
      throw StoreError(
        .invalid,
        "a search is by one column, \(question.columnNames.joined(separator: ", ")) names \(columns.reduce(0) { $0 + $1.count })",
        at: question.place, remedy: "Name one, as in n35_4_7.")
    }
    let counters = ReadCounters()
    let found = try store.search(manifest, column: columns[0].lowerBound, in: interval, counters: counters)
    func ids(_ rows: [Int]) throws -> RowIDs { try store.readRowIDs(manifest, rows: .positions(rows), counters: counters) }
    let (certain, possible) = (try ids(found.rows), try ids(found.possibleRows))
    return FoundRows(
      rowIDs: certain, possibleRowIDs: possible, chunks: found.chunks, skippedChunks: found.skippedChunks, bytesRead: counters.bytesRead)
  }
}
