import MistiqueStorage

/// Finds rows of a stored intermediate by their ids.
struct StoredRows {
  let store: DataStore
  let manifest: IntermediateManifest

  /// The rows that a question asks for.
  /// - Throws: `StoreError` with code `missingRow` for one that is not there.
  func selection(_ question: Question, counters: ReadCounters) throws -> RowSelection {
    guard case .ids(let ids) = question.rows else { return .all }
    let positions = try positions(of: ids, counters: counters)
    guard positions.count == Set(ids).count else {
      let there = try Set(store.readRowIDs(manifest, rows: .positions(positions), counters: counters).array)
      guard let missing = ids.first(where: { !there.contains($0) }) else {
        throw StoreError.corrupt("a row_id comes twice among the rows that are stored", at: question.place)
      }
      throw question.missingRow(missing)
    }
    return .positions(positions)
  }

  /// Where those of `ids` are that are there, ascending, each once.
  func positions(of ids: [Int64], counters: ReadCounters) throws -> [Int] {
    if case .range(let start) = manifest.rowIDs {
      let rows = start..<start + Int64(manifest.rows)
      return Set(ids).filter(rows.contains).map { Int($0 - start) }.sorted()
    }
    let wanted = Set(ids)
    let all = try store.readRowIDs(manifest, rows: .all, counters: counters).array
    return all.indices.filter { wanted.contains(all[$0]) }
  }
}
