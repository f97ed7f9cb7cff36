import MistiqueStorage

/// One intermediate and what is asked of it.
struct Question {
  let model: CataloguedModel
  let intermediate: CataloguedIntermediate
  let columnNames: [String]
  let rows: RowRequest

  /// The same of other rows.
  func of(_ rows: RowRequest) -> Question {
    Question(model: model, intermediate: intermediate, columnNames: columnNames, rows: rows)
  }

  /// Rows of the answer.
  var askedRows: Int { if case .ids(let ids) = rows { Set(ids).count } else { intermediate.rows } }

  /// Bytes of the answer when it has `columns`, all of them when nobody knows: what a re-run must hand over.
  func answerBytes(columns: [Range<Int>]?) -> Int {
    guard intermediate.rows > 0, intermediate.columns > 0 else { return 0 }
    let share = columns.map { $0.reduce(0) { $0 + $1.count } } ?? intermediate.columns
    // In floating point: the numbers come from a file that anything may have changed.
    let bytes =
      Double(intermediate.logicalBytes) / Double(intermediate.rows) * Double(askedRows) / Double(intermediate.columns) * Double(share)
    return Int(min(max(bytes, 0), 0x1p62))
  }

  var place: String { "\(model.identity).\(KeyText.quoted(intermediate.name))" }

  func missingRow(_ id: Int64) -> StoreError {
    StoreError(
      .missingRow, "there is no row with row_id \(id) among its \(intermediate.rows)", at: place,
      remedy: "Ask for all rows to see which there are.")
  }

  func columns(of schema: IntermediateSchema) throws -> [Range<Int>] {
    let ranges = try columnNames.flatMap { name in
      guard let ranges = schema.columns(named: name) else {
        let some = (0..<min(8, schema.columnCount)).map(schema.columnName).joined(separator: ", ")
        throw StoreError(
          .notFound, "there is no column \"\(name)\" among its \(schema.columnCount)", at: place,
          remedy: "Columns are named \(some)\(schema.columnCount > 8 ? ", ..." : ""); * asks for all.")
      }
      return ranges
    }
    return Self.merged(ranges)
  }

  /// Ascending and without overlaps.
  private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = result.last, range.lowerBound <= last.upperBound {
        result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }
}
