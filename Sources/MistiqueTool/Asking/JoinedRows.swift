import Mistique

/// The rows that several answers have in common.
struct JoinedRows {
  let rowIDs: [Int64]
  /// For each answer the places of these rows; `nil` where they are all of its rows, in its order.
  let places: [[Int]?]

  /// - Throws: `QuestionError` when there are rows and none is in all answers.
  init(_ results: [IntermediateResult]) throws {
    let first = results[0]
    guard let other = results.first(where: { $0.rowIDs != first.rowIDs }) else {
      (rowIDs, places) = (first.rowIDs.array, results.map { _ in nil })
      return
    }
    let rows = results.map { result in
      Dictionary(result.rowIDs.array.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }
    let common = first.rowIDs.array.filter { id in rows.allSatisfy { $0[id] != nil } }
    let (place, otherPlace) = ("\(first.model).\(first.intermediate)", "\(other.model).\(other.intermediate)")
    guard !common.isEmpty || results.allSatisfy({ $0.rowIDs.count == 0 }) else {
      throw QuestionError(
        place, "it has no row_id in common with \(otherPlace)",
        remedy: "Ask for intermediates of the same rows: mistique intermediates lists them")
    }
    Output.note("\(place) and \(otherPlace) have other rows: only the \(Output.grouped(common.count)) rows that all have are compared.")
    (rowIDs, places) = (common, rows.map { row in common.map { row[$0]! } })
  }
}
