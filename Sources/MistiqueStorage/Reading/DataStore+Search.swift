extension DataStore {
  /// What a search found and what it did not have to read.
  package struct Found: Sendable, Equatable {
    /// Rows of the intermediate, ascending.
    package var rows: [Int] = []
    package var chunks = 0
    /// Chunks whose smallest and largest values say that nothing in them can be meant.
    package var skippedChunks = 0
  }

  /// The rows in which one column's value lies in `range`; a missing value and NaN lie in none.
  ///
  /// Quantized columns are searched by what their codes stand for, so that the answer is that of reading; their chunks are not skipped, because what
  /// is known of a chunk are the values before quantization.
  /// - Complexity: decodes the frames of the chunks that may hold such a value.
  /// - Throws: `StoreError` with code `invalid` for a text column.
  package func search(
    _ manifest: IntermediateManifest, column: Int, in range: ClosedRange<Double>, counters: ReadCounters
  ) throws -> Found {
    guard let run = Self.runs(of: manifest.schema, holding: [column..<column + 1]).first else {
      preconditionFailure("there is no column \(column)")
    }
    guard manifest.schema.runs[run].type != .text else {
      throw StoreError(
        .invalid, "a text column has no order to search by", at: directory, remedy: "Read the column and compare its values.")
    }
    guard case .stored(let chunks) = try columnRecord(manifest.runs[run]) else {
      // Nothing is known of a derived column but its values.
      let rows = Array(0..<manifest.rows)
      let values = try numbers(manifest, column, rows: rows, counters: counters)
      return Found(
        rows: rows.filter { range.contains(values[$0]) }, chunks: (manifest.rows + manifest.rowsPerBlock - 1) / manifest.rowsPerBlock)
    }
    let skips = manifest.scheme.values == .full
    var found = Found(chunks: chunks.chunks.count)
    var candidates: [Int] = []
    for (block, statistics) in chunks.statistics.enumerated() {
      if skips, !statistics.mayHold(range) { found.skippedChunks += 1 } else { candidates += Array(chunks.rows(ofBlock: block)) }
    }
    let values = try numbers(manifest, column, rows: candidates, counters: counters)
    found.rows = zip(candidates, values).filter { range.contains($0.1) }.map(\.0)
    return found
  }

  /// Values of some rows of a column, missing ones as NaN.
  private func numbers(_ manifest: IntermediateManifest, _ column: Int, rows: [Int], counters: ReadCounters) throws -> [Double] {
    guard !rows.isEmpty else { return [] }
    if case .columns = manifest.schema {
      return try readColumns(manifest, columns: [column], rows: .positions(rows), counters: counters)[0].doubles ?? []
    }
    let matrix = try FloatMatrix(rows: rows.count, columns: 1) {
      try readMaps(manifest, columns: [column..<column + 1], rows: .positions(rows), into: $0, counters: counters)
    }
    return matrix.withValues { $0.map(Double.init) }
  }
}
