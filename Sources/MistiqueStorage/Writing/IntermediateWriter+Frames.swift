extension IntermediateWriter {
  /// Appends the rows of a frame whose columns have the schema's names and types. The frame must be the whole intermediate:
  /// its columns are stored one after the other, so that a column's RowBlocks lie side by side.
  ///
  /// - Parameter passedOn: columns, by their number, that came from a column of an intermediate appended to this store before, and how.
  package func append(_ frame: DataFrame, passedOn: [Int: PassedOn] = [:]) throws {
    guard case .columns(let descriptors) = schema else { preconditionFailure("named columns handed to an intermediate of maps") }
    precondition(rows == 0, "a frame is appended whole")
    let types = frame.columns.map(\.type)
    precondition(frame.names == descriptors.map(\.name) && types == descriptors.map(\.type), "the frame does not have the schema's columns")
    rowIDs.append(frame.rowIDs)
    rows = frame.rowCount
    rowsPerBlock = writer.store.options.rowsPerBlock(ofTable: rows)
    for (place, column) in frame.columns.enumerated() {
      if let passed = passedOn[place], try refer(place, passed, column) { continue }
      let decimals = options.similarity == nil || options.scheme.values != .full ? nil : DecimalColumns.decimals(of: column)
      if let decimals, try storeDifference(place, decimals, column) { continue }
      try storeColumn(place, column)
      if let decimals { writer.decimals.insert(decimals, type: column.type, run: source(place)!) }
    }
  }

  private func storeColumn(_ place: Int, _ column: Column) throws {
    let before = (logical: logicalBytes, stored: writer.counters.rawBytes)
    if options.scheme.values != .full, options.scheme.values.applies(to: column.type), rows > 0 {
      quantizing[place] = try fitted(to: column).map { Quantizing($0) }
    }
    for start in stride(from: 0, to: rows, by: rowsPerBlock) {
      let range = start..<min(start + rowsPerBlock, rows)
      let chunk = try ColumnChunk(column, rows: range, number: place)
      logicalBytes += chunk.payload.count
      try store(try encoded(chunk, column: place) ?? chunk, ChunkStatistics(column, rows: range), run: place)
    }
    columnBytes[place] = (logicalBytes - before.logical, writer.counters.rawBytes - before.stored)
  }

  /// The chunk as codes after its validity; `nil` when it is stored as it is.
  private func encoded(_ chunk: ColumnChunk, column: Int) throws -> ColumnChunk? {
    guard var state = quantizing[column] else { return nil }
    let format = state.quantizer.codeFormat
    let (rows, prefix) = (chunk.shape.rows, chunk.shape.validityBytes)
    let payload = ByteBuffer(count: prefix + format.byteCount(rows: rows, width: 1))
    let isEncoded = chunk.payload.withBytes { source in
      payload.withMutableBytes { target in
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<prefix]))
        let (values, codes) = (source.baseAddress! + prefix, target.baseAddress! + prefix)
        return state.quantizer.type == .float64
          ? state.encoder.encode(values.assumingMemoryBound(to: Double.self), count: rows, into: codes, extrema: &state.extrema)
          : state.encoder.encode(
            values.assumingMemoryBound(to: Float.self), rowStride: 1, chunk: CodedChunk(rows: rows, columns: 0..<1), into: codes,
            extrema: &state.extrema)
      }
    }
    guard isEncoded else { return nil }
    quantizing[column] = state
    let shape = ColumnChunkShape(type: StoredType(format), rows: rows, hasValidity: chunk.shape.hasValidity)
    return ColumnChunk(shape: shape, payload: BufferSlice(payload), codebook: state.identity, column: column)
  }

  /// The quantizer fitted to what is present in a column, RowBlocks with a NaN left out: they are stored in full, and what is not encoded has no say
  /// in what codes stand for. `nil` when nothing is left.
  private func fitted(to column: Column) throws -> FittedQuantizer? {
    func sample<Value: BinaryFloatingPoint>(_ values: [Value]) -> [Value] {
      var sample: [Value] = []
      sample.reserveCapacity(rows)
      for start in stride(from: 0, to: rows, by: rowsPerBlock) {
        let present = (start..<min(start + rowsPerBlock, rows)).lazy.filter { column.isPresent($0) }.map { values[$0] }
        if !present.contains(where: \.isNaN) { sample.append(contentsOf: present) }
      }
      return sample
    }
    switch column.values {
    case .float32(let values): return try sample(values).withUnsafeBufferPointer { try options.scheme.values.fitted(column: $0) }
    case .float64(let values): return try sample(values).withUnsafeBufferPointer { try options.scheme.values.fitted(column: $0) }
    default: preconditionFailure("\(column.type) is not quantized")
    }
  }
}
