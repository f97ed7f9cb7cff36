import Mistique

/// Values as a model of the tests emits them: row after row, as maps or as a frame of columns `c0`, `c1` and so on.
struct EmittedRows {
  private let values: [Float]
  private let ids: ArraySlice<Int64>
  private let columnCount: Int

  init(_ values: [Float], _ ids: ArraySlice<Int64>, columnCount: Int) {
    (self.values, self.ids, self.columnCount) = (values, ids, columnCount)
  }

  func withMaps(_ schema: IntermediateSchema, _ body: (IntermediateRows) throws -> Void) rethrows {
    let rowIDs = ids.last! - ids.first! == Int64(ids.count - 1) ? RowIDs.range(ids.first!..<ids.last! + 1) : .list(Array(ids))
    try values.withUnsafeBufferPointer { try body(.maps($0, rowIDs: rowIDs, schema: schema)) }
  }

  func frame(passedOn: [Int: PassedColumn] = [:]) -> IntermediateRows {
    let columns = (0..<columnCount).map { column in
      ("c\(column)", Column(.float32((0..<ids.count).map { values[$0 * columnCount + column] })))
    }
    return .frame(DataFrame(rowIDs: .first(ids.count), columns: columns), passedOn: passedOn)
  }
}
