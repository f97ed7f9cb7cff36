import MistiqueStorage

/// Rows found by their value in one column.
public struct FoundRows: Sendable, Equatable {
  /// Rows whose value certainly lies in the range.
  public let rowIDs: RowIDs
  /// Rows of which what is stored cannot tell: the interval that their quantized value stands for overlaps the range and is not within it. Empty for
  /// values stored in full. Re-running these rows alone decides them.
  public let possibleRowIDs: RowIDs
  /// ColumnChunks of the column, and those that did not have to be read because of their smallest and largest values.
  public let chunks: Int
  /// Of `chunks`, those that were skipped.
  public let skippedChunks: Int
  /// Bytes read from partition files.
  public let bytesRead: Int
}

extension IntermediateStore {
  /// The rows of a stored intermediate in which one column's value lies in `range`, in the intermediate's order; missing values and NaN lie in none.
  ///
  ///     let tall = try store.findRows("zillow.p1.table.numberofstories", in: 3...100)
  ///
  /// What is meant is the value as it was logged (pooled, where it is stored pooled): rows that quantized values leave open are returned apart. RowBlocks
  /// whose smallest and largest value exclude the range are skipped. Integers are compared as integers, never rounded to Double.
  /// - Complexity: O(RowBlocks), and decoding of those that are not skipped.
  /// - Throws: `StoreError` (`malformedKey`, `notFound`, `cannotPlan` when it is not stored, `invalid` for text and for more than
  ///   one column).
  public func findRows(_ key: String, in range: ClosedRange<Double>) throws -> FoundRows { try findRows(key, in: SearchedInterval(range)) }

  /// As `findRows(_:in:)`, with ends that a Double may not hold, such as 2^53 + 1: for columns of integers.
  public func findRows(_ key: String, inIntegers range: ClosedRange<Int64>) throws -> FoundRows {
    try findRows(key, in: SearchedInterval(range))
  }

  private func findRows(_ key: String, in interval: SearchedInterval) throws -> FoundRows {
    let key = try IntermediateKey(key)
    let question = try question(IntermediateKey(model: key.model, intermediate: key.intermediate), columns: [key.column], rows: .all)
    guard let reference = try question.intermediate.manifest else {
      throw StoreError(
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
    let found = try store.search(manifest, column: columns[0].lowerBound, in: interval, counters: counters)
    func ids(_ rows: [Int]) throws -> RowIDs { try store.readRowIDs(manifest, rows: .positions(rows), counters: counters) }
    let (certain, possible) = (try ids(found.rows), try ids(found.possibleRows))
    return FoundRows(
      rowIDs: certain, possibleRowIDs: possible, chunks: found.chunks, skippedChunks: found.skippedChunks, bytesRead: counters.bytesRead)
  }
}
