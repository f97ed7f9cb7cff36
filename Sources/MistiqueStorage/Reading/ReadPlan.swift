/// How one question is answered by reading: which frames, which rows of them, and what it will cost. Made once, before a frame is read.
///
/// Making it opens every partition that reading needs, so that what reading takes does not depend on what was open before.
///
/// The cost model looks at `estimate`, `DataStore.read` does what the plan says; nothing is worked out twice.
package struct ReadPlan: Sendable {
  package let manifest: IntermediateManifest
  /// The asked columns, ascending, not overlapping.
  package let columns: [Range<Int>]
  package let rows: RowSelection
  /// Of an intermediate in rungs, those that are read; `.all` for every other.
  package let rungs: QuantizationScheme.Rungs
  /// What reading the values costs, exactly; row ids are not counted.
  package let estimate: ReadEstimate
  /// The frames that hold what is stored of the asked columns, each once.
  let requests: [FrameRequest]
  /// The asked columns that are not stored, and how they follow from others.
  let derived: [DerivedRead]
  let rowIDs: RowIDRead

  /// Where the ids of the rows come from.
  indirect enum RowIDRead: Sendable {
    case consecutive(from: Int64)
    /// A column of their own.
    case column(ReadPlan)
  }

  /// Whether what is read are the values as they were stored at first, bit for bit: also of a base, where no frame that is read ever had a residual.
  package var isExact: Bool {
    if rungs == .all && manifest.isExact { return true }
    return manifest.scheme.values.rungs != nil && !requests.isEmpty && !requests.contains(where: \.hasRungs)
  }

  /// Columns of the answer.
  var width: Int { columns.reduce(0) { $0 + $1.count } }
  /// Rows of the answer.
  package var rowCount: Int { rows.count(of: manifest.rows) }
}

extension DataStore {
  /// Whether residuals are stored of an intermediate. One in rungs may have none: where values have few digits, say, frames are in one piece. Complexity: O(chunks).
  package func hasResidual(_ manifest: IntermediateManifest) throws -> Bool {
    guard manifest.demoted != nil else { return false }
    return try plan(manifest, columns: [0..<manifest.schema.columnCount], rows: .all).requests.contains(where: \.hasRungs)
  }

  /// The plan for `columns` of `rows`. Complexity: O(chunks), no frame of values is read; lists that derived columns were picked by are, once.
  ///
  /// - Parameters:
  ///   - columns: ascending, not overlapping.
  ///   - rungs: of an intermediate in rungs, what is enough; a residual that was given back is never read.
  /// - Throws: `StoreError`: `invalid` for rows that are not there, `corrupt` for manifests and directories that do not fit each other.
  package func plan(
    _ manifest: IntermediateManifest, columns: [Range<Int>], rows: RowSelection, rungs: QuantizationScheme.Rungs = .all
  ) throws -> ReadPlan {
    let rowIDs: ReadPlan.RowIDRead =
      switch manifest.rowIDs {
      case .range(let start): .consecutive(from: start)
      case .column(let reference): .column(try planRowIDs(reference, of: manifest, rows: rows))
      }
    return try plan(manifest, columns: columns, rows: rows, rungs: rungs, rowIDs: rowIDs)
  }

  /// The plan for the values alone, of what has no row ids of its own.
  func plan(
    _ manifest: IntermediateManifest, columns: [Range<Int>], rows: RowSelection, rungs: QuantizationScheme.Rungs = .all,
    rowIDs: ReadPlan.RowIDRead
  ) throws -> ReadPlan {
    try rows.check(against: manifest.rows, place: directory)
    let spans = Self.spans(of: manifest.schema, holding: columns)
    let derived = try derivedColumns(manifest, spans)
    let reads = try derived.isEmpty ? [] : derivedReads(derived, rows: rows)
    let rungs = manifest.scheme.values.rungs == nil ? .all : manifest.scheme.values.rungs == .base ? .base : rungs
    let requests = try frameRequests(
      manifest, spans: derived.isEmpty ? spans : spans.filter { derived[$0] == nil }, rows: rows, rungs: rungs)
    return ReadPlan(
      manifest: manifest, columns: columns, rows: rows, rungs: rungs, estimate: ReadEstimate(requests, reads), requests: requests,
      derived: reads,
      rowIDs: rowIDs)
  }

  /// The ids of rows are stored as a column under a schema of one.
  private func planRowIDs(_ reference: ChunkReference, of manifest: IntermediateManifest, rows: RowSelection) throws -> ReadPlan {
    let ids = IntermediateManifest(
      schema: .columns([.init(name: "row_id", type: .int64)]), rows: manifest.rows, rowsPerBlock: manifest.rowsPerBlock,
      rowIDs: .range(start: 0), spans: [reference])
    return try plan(ids, columns: [0..<1], rows: rows, rowIDs: .consecutive(from: 0))
  }
}
