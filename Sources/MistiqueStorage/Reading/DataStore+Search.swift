extension DataStore {
  /// What a search found and what it did not have to read.
  package struct Found: Sendable, Equatable {
    /// Rows of the intermediate whose value certainly lies in the interval, ascending.
    package var rows: [Int] = []
    /// Rows of which what is stored cannot tell, because they are quantized, ascending.
    package var possibleRows: [Int] = []
    package var chunks = 0
    /// Chunks whose smallest and largest values say that nothing in them can be meant.
    package var skippedChunks = 0
  }

  /// The rows in which one column's value, as it was logged, lies in `interval`; a missing value and NaN lie in none.
  ///
  /// Integers are compared as integers. Of a quantized column the interval that each value lies in is compared, so that rows are found that certainly
  /// match, and others that may. With pooling all of this is about the pooled values.
  /// - Complexity: decodes the frames of the chunks that may hold such a value.
  /// - Throws: `StoreError` with code `invalid` for a text column.
  package func search(
    _ manifest: IntermediateManifest, column: Int, in interval: SearchedInterval, counters: ReadCounters
  ) throws -> Found {
    guard let span = Self.spans(of: manifest.schema, holding: [column..<column + 1]).first else {
      preconditionFailure("there is no column \(column)")
    }
    guard manifest.schema.spans[span].type != .text else {
      throw StoreError(
        .invalid, "a text column has no order to search by", at: directory, remedy: "Read the column and compare its values.")
    }
    guard case .stored(let chunks) = try columnRecord(manifest.spans[span]) else {
      // Nothing is known of a derived column but its values.
      var found = Found(chunks: (manifest.rows + manifest.rowsPerBlock - 1) / manifest.rowsPerBlock)
      try look(through: Array(0..<manifest.rows), of: column, manifest, for: interval, nil, counters, &found)
      return found
    }
    var found = Found(chunks: chunks.chunks.count)
    var candidates: [Int] = []
    for (block, statistics) in chunks.statistics.enumerated() {
      if statistics.mayHold(interval.cover) { candidates += Array(chunks.rows(ofBlock: block)) } else { found.skippedChunks += 1 }
    }
    guard manifest.scheme.values.rungs == .all, manifest.codebook != nil else {
      try look(through: candidates, of: column, manifest, for: interval, chunks, counters, &found)
      return found
    }
    // The base decides most rows. The residual is read of those alone that it leaves open, and leaves none.
    try look(through: candidates, of: column, manifest, for: interval, chunks, rungs: .base, counters, &found)
    let open = found.possibleRows
    found.possibleRows = []
    try look(through: open, of: column, manifest, for: interval, chunks, counters, &found)
    found.rows.sort()
    return found
  }

  /// Puts those of `rows` that match, or may match, into `found`.
  private func look(
    through rows: [Int], of column: Int, _ manifest: IntermediateManifest, for interval: SearchedInterval, _ chunks: ColumnManifest?,
    rungs: QuantizationScheme.Rungs = .all, _ counters: ReadCounters, _ found: inout Found
  ) throws {
    guard !rows.isEmpty else { return }
    switch try stored(rows, of: column, manifest, rungs: rungs, counters: counters) {
    case .integers(let values, let column):
      for (place, row) in rows.enumerated() where column.isPresent(place) && interval.integers?.contains(values[place]) == true {
        found.rows.append(row)
      }
    case .bounds(let lower, let upper):
      for (place, row) in rows.enumerated() where !lower[place].isNaN {
        // A chunk's smallest and largest value bound each of its values too.
        let statistics = lower[place] < upper[place] ? chunks.map { $0.statistics[row / $0.rowsPerBlock] } : nil
        let low = statistics.map { max(lower[place], Double($0.lowest)) } ?? lower[place]
        let high = statistics.map { min(upper[place], Double($0.highest)) } ?? upper[place]
        switch interval.answer(low, high) {
        case .inside: found.rows.append(row)
        case .possible: found.possibleRows.append(row)
        case .outside: break
        }
      }
    }
  }

  private enum Searched {
    /// Values of a column that holds integers, or what is compared like integers.
    case integers([Int64], Column)
    /// The interval each value lies in; NaN for a missing value and for NaN.
    case bounds([Double], [Double])
  }

  private func stored(
    _ rows: [Int], of column: Int, _ manifest: IntermediateManifest, rungs: QuantizationScheme.Rungs, counters: ReadCounters
  ) throws -> Searched {
    let plan = try plan(
      manifest, columns: [column..<column + 1], rows: .positions(rows), rungs: rungs, rowIDs: .consecutive(from: 0))
    let isQuantized = try codebook(of: manifest).entry(column: column, isMaps: manifest.schema.isMaps) != nil
    if !manifest.schema.isMaps {
      func read(_ end: IntervalEnd?) throws -> Column {
        try readColumns(plan, end: end, counters: counters)[0]
      }
      guard isQuantized else {
        let values = try read(nil)
        if let integers = values.integers { return .integers(integers, values) }
        let doubles = values.doubles ?? []
        return .bounds(doubles, doubles)
      }
      return .bounds(try read(.lower).doubles ?? [], try read(.upper).doubles ?? [])
    }
    guard isQuantized, !plan.isExact else {
      let values = try FloatMatrix(rows: rows.count, columns: 1) { try readMaps(plan, into: $0, counters: counters) }.doubles
      return .bounds(values, values)
    }
    var upper: FloatMatrix?
    let lower = try FloatMatrix(rows: rows.count, columns: 1) { lower in
      upper = try FloatMatrix(rows: rows.count, columns: 1) { upper in
        try readBounds(plan, into: (lower, upper), counters: counters)
      }
    }
    return .bounds(lower.doubles, upper!.doubles)
  }
}

extension FloatMatrix {
  fileprivate var doubles: [Double] { withValues { $0.map(Double.init) } }
}
