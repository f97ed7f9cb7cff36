/// The rows and columns that a plan asked for.
package struct ReadAnswer: Sendable {
  package enum Values: Sendable {
    /// Rows x asked columns of a network's intermediate.
    case maps(FloatMatrix)
    /// The asked columns of a pipeline's intermediate, in the order of the plan.
    case columns([Column])
  }

  package let rowIDs: RowIDs
  package let values: Values

  /// The asked columns of a pipeline's intermediate, by name; `nil` for maps.
  ///
  /// - Parameter plan: what was read.
  package func frame(of plan: ReadPlan) -> DataFrame? {
    guard case .columns(let columns) = values else { return nil }
    let names = plan.columns.flatMap { $0.map(plan.manifest.schema.columnName) }
    return DataFrame(rowIDs: rowIDs, columns: zip(names, columns).map { ($0, $1) })
  }
}

extension DataStore {
  /// Does what `plan` says: the ids of the asked rows, and their values, quantized ones reconstructed.
  ///
  /// - Complexity: decodes the plan's frames, on all cores.
  /// - Throws: `StoreError` for bytes that are damaged.
  package func read(_ plan: ReadPlan, counters: ReadCounters) throws -> ReadAnswer {
    let rowIDs = try readRowIDs(plan, counters: counters)
    guard plan.manifest.schema.isMaps else {
      return ReadAnswer(rowIDs: rowIDs, values: .columns(try readColumns(plan, counters: counters)))
    }
    let matrix = try FloatMatrix(claimedRows: plan.rowCount, columns: plan.width, at: directory) {
      try readMaps(plan, into: $0, counters: counters)
    }
    return ReadAnswer(rowIDs: rowIDs, values: .maps(matrix))
  }

  /// The ids of some rows, without values.
  package func readRowIDs(_ manifest: IntermediateManifest, rows: RowSelection, counters: ReadCounters) throws -> RowIDs {
    try readRowIDs(plan(manifest, columns: [], rows: rows), counters: counters)
  }

  // MARK: Plan and read in one go

  /// Named columns; the answer has them in the order of `columns`.
  package func readColumns(
    _ manifest: IntermediateManifest, columns: [Int], rows: RowSelection, end: IntervalEnd? = nil, counters: ReadCounters
  ) throws -> [Column] {
    let distinct = Array(Set(columns)).sorted()
    let plan = try plan(manifest, columns: distinct.map { $0..<$0 + 1 }, rows: rows, rowIDs: .consecutive(from: 0))
    let read = Dictionary(uniqueKeysWithValues: zip(distinct, try readColumns(plan, end: end, counters: counters)))
    return columns.map { read[$0]! }
  }

  /// Columns of maps, into the caller's memory.
  package func readMaps(
    _ manifest: IntermediateManifest, columns: [Range<Int>], rows: RowSelection, into output: UnsafeMutableBufferPointer<Float>,
    layout: MatrixLayout = .rowMajor, counters: ReadCounters
  ) throws {
    let plan = try plan(manifest, columns: columns, rows: rows, rowIDs: .consecutive(from: 0))
    try readMaps(plan, into: output, layout: layout, counters: counters)
  }
}
