import Glibc

/// The RowBlock of a network's intermediate that is being filled: run after run, each with room for all its rows.
struct MapBlock {
  let buffer: ByteBuffer
  var rows = 0
}

extension IntermediateWriter {
  /// Appends rows of a network's layer: `values` is row-major, a whole number of rows, each in `order`.
  package func append(_ values: UnsafeBufferPointer<Float>, rowIDs ids: RowIDs, order: MapOrder = .channelMajor) throws {
    guard case .maps = schema else { preconditionFailure("values of maps handed to an intermediate of named columns") }
    precondition(
      values.count == ids.count * schema.columnCount, "\(values.count) values are not \(ids.count) rows of \(schema.columnCount)")
    rowIDs.append(ids)
    rows += ids.count
    logicalBytes += values.count * 4
    guard let pooling = options.scheme.pooling, let base = values.baseAddress, ids.count > 0 else {
      return try append(values, rows: ids.count, order: order.isChannelMajor(for: schema) ? .channelMajor : order)
    }
    let pooled = ByteBuffer(count: ids.count * storedSchema.columnCount * 4)
    try pooled.withMutableBytes { bytes in
      let target = bytes.bindMemory(to: Float.self)
      pooling.pool(base, rows: ids.count, schema: schema, order: order, into: target.baseAddress!)
      try append(UnsafeBufferPointer(target), rows: ids.count, order: .channelMajor)
    }
  }

  private func append(_ values: UnsafeBufferPointer<Float>, rows count: Int, order: MapOrder) throws {
    var row = 0
    while row < count {
      if block == nil { block = MapBlock(buffer: ByteBuffer(count: rowsPerBlock * storedSchema.columnCount * 4)) }
      let taken = min(count - row, rowsPerBlock - block!.rows)
      if order == .channelMajor {
        copy(values, rows: row..<row + taken, into: block!)
      } else {
        copyTurned(values, order, rows: row..<row + taken, into: block!)
      }
      block!.rows += taken
      row += taken
      if block!.rows == rowsPerBlock { try closeBlock() }
    }
  }

  private func copy(_ values: UnsafeBufferPointer<Float>, rows: Range<Int>, into block: MapBlock) {
    guard let source = values.baseAddress else { return }
    let width = storedSchema.columnCount
    for run in runs {
      let runBytes = run.columns.count * 4
      let start = run.columns.lowerBound * rowsPerBlock * 4 + block.rows * runBytes
      block.buffer.withMutableBytes(start..<start + rows.count * runBytes) { bytes in
        var target = bytes.baseAddress!
        for row in rows {
          memcpy(target, source + row * width + run.columns.lowerBound, runBytes)
          target += runBytes
        }
      }
    }
  }

  /// Turns one row after the other into channel-major order on the way: a row fits the second-level cache.
  private func copyTurned(_ values: UnsafeBufferPointer<Float>, _ order: MapOrder, rows: Range<Int>, into block: MapBlock) {
    guard let source = values.baseAddress else { return }
    let width = storedSchema.columnCount
    withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { turned in
      for (place, row) in rows.enumerated() {
        order.bringRow(source + row * width, of: storedSchema, into: turned.baseAddress!)
        for run in runs {
          let runBytes = run.columns.count * 4
          let start = run.columns.lowerBound * rowsPerBlock * 4 + (block.rows + place) * runBytes
          block.buffer.withMutableBytes(start..<start + runBytes) {
            _ = memcpy($0.baseAddress!, turned.baseAddress! + run.columns.lowerBound, runBytes)
          }
        }
      }
    }
  }

  /// Stores the block as one chunk a run.
  func closeBlock() throws {
    guard let block, block.rows > 0 else { return }
    let values = runs.map { run in
      BufferSlice(block.buffer, offset: run.columns.lowerBound * rowsPerBlock * 4, count: run.columns.count * block.rows * 4)
    }
    let statistics = values.map(ChunkStatistics.init(float32:))
    if options.scheme.values != .full, quantizing.isEmpty {
      quantizing[0] = try fitted(to: block, leavingOut: runs.indices.filter { statistics[$0].hasNaN }).map { Quantizing($0) }
    }
    var holdsBlock = false
    let chunks = runs.enumerated().map { place, run in
      let (values, statistics, width) = (values[place], statistics[place], run.columns.count)
      if let chunk = encoded(values, rows: block.rows, columns: run.columns) { return (chunk, statistics) }
      holdsBlock = true
      return (ColumnChunk(shape: ColumnChunkShape(type: .values(.float32), rows: block.rows, width: width), payload: values), statistics)
    }
    // A block that is all new goes to its Partition as it is. Otherwise what is new is copied out of it, lest one new chunk keep all of it in memory.
    let isNew = holdsBlock && block.rows == rowsPerBlock && isNew(chunks.map(\.0))
    for (place, (chunk, statistics)) in chunks.enumerated() { try store(chunk, statistics, run: place, copying: !isNew) }
    if isNew { self.block = nil } else { self.block!.rows = 0 }
  }

  /// The chunk as codes; `nil` when values are stored as they are, or the scheme cannot represent one of them.
  private func encoded(_ values: BufferSlice, rows: Int, columns: Range<Int>) -> ColumnChunk? {
    guard var state = quantizing[0], state.serves(columns) else { return nil }
    let format = state.quantizer.codeFormat
    let codes = ByteBuffer(count: format.byteCount(rows: rows, width: columns.count))
    let isEncoded = values.withBytes { values in
      codes.withMutableBytes { codes in
        state.encoder.encode(
          values.baseAddress!.assumingMemoryBound(to: Float.self), rowStride: columns.count,
          chunk: CodedChunk(rows: rows, columns: columns),
          into: codes.baseAddress!, extrema: &state.extrema)
      }
    }
    guard isEncoded else { return nil }
    quantizing[0] = state
    let shape = ColumnChunkShape(type: StoredType(format), rows: rows, width: columns.count)
    return ColumnChunk(shape: shape, payload: BufferSlice(codes), codebook: state.identity)
  }

  /// The quantizer fitted to the block, which becomes rows again for it; `nil` when the block holds nothing that a codebook could be fitted to.
  ///
  /// - Parameter full: runs that will be stored in full because of a NaN: what is not encoded has no say in what codes stand for.
  private func fitted(to block: MapBlock, leavingOut full: [Int]) throws -> FittedQuantizer? {
    let width = storedSchema.columnCount
    let sample = ByteBuffer(count: block.rows * width * 4)
    return try sample.withMutableBytes { target in
      block.buffer.withBytes { source in
        for (place, run) in runs.enumerated() {
          let runBytes = run.columns.count * 4
          let isLeftOut = full.contains(place)
          for row in 0..<block.rows {
            let to = target.baseAddress! + (row * width + run.columns.lowerBound) * 4
            guard !isLeftOut else {
              to.assumingMemoryBound(to: Float.self).update(repeating: .nan, count: run.columns.count)
              continue
            }
            memcpy(to, source.baseAddress! + run.columns.lowerBound * rowsPerBlock * 4 + row * runBytes, runBytes)
          }
        }
      }
      return try options.scheme.values.fitted(
        sample: UnsafePointer(target.baseAddress!.assumingMemoryBound(to: Float.self)), rows: block.rows, schema: storedSchema)
    }
  }
}
