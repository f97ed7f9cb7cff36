/// Takes the rows of a network's intermediate, pools and quantizes them, cuts them into RowBlocks and ColumnChunks and hands those to its sink.
///
/// Rows come in order, in pieces of any size. Memory: one RowBlock of the pooled values.
package final class MapWriter {
  /// What is handed in.
  package let schema: IntermediateSchema
  /// What is stored: after pooling.
  private let storedSchema: IntermediateSchema
  private let spans: [ColumnSpan]
  private let rowsPerBlock: Int
  private let sink: ChunkSink
  private var block: RowBlock?
  private var quantizing: Quantizing?
  /// That of its sink, with its bound chosen once there are rows to choose it by.
  private var scheme: QuantizationScheme
  private var rowIDs: [RowIDs] = []
  private var rows = 0
  private var newBytes = 0
  private var chunkBytes = 0
  /// By span.
  private var chunks: [[ChunkLocation]]
  private var statistics: [[ChunkStatistics]]

  package init(_ schema: IntermediateSchema, to sink: ChunkSink) {
    precondition(schema.isMaps && schema.isSound, "an intermediate of maps has impossible dimensions: \(schema)")
    self.schema = schema
    self.sink = sink
    scheme = sink.options.scheme
    storedSchema = sink.options.scheme.pooledSchema(of: schema)
    spans = storedSchema.spans
    rowsPerBlock = sink.writer.store.options.rowsPerBlock(for: storedSchema)
    chunks = Array(repeating: [], count: spans.count)
    statistics = Array(repeating: [], count: spans.count)
  }

  /// Appends rows of a layer: `values` is row-major, a whole number of rows, each in `order`.
  package func append(_ values: UnsafeBufferPointer<Float>, rowIDs ids: RowIDs, order: MapOrder = .channelMajor) throws {
    precondition(
      values.count == ids.count * schema.columnCount, "\(values.count) values are not \(ids.count) rows of \(schema.columnCount)")
    try IntermediateManifest.requireCountable(rows: rows + ids.count, at: sink.group)
    rowIDs.append(ids)
    rows += ids.count
    guard let pooling = sink.options.scheme.pooling, let base = values.baseAddress, ids.count > 0 else {
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
      if block == nil { block = RowBlock(storedSchema, spans: spans, capacity: rowsPerBlock) }
      let taken = min(count - row, rowsPerBlock - block!.rows)
      block!.append(values, rows: row..<row + taken, order: order)
      row += taken
      if block!.isFull { try closeBlock() }
    }
  }

  /// Stores the block as one chunk per span.
  private func closeBlock() throws {
    guard let block, block.rows > 0 else { return }
    let values = spans.map { block.values(of: $0) }
    let statistics = values.map(ChunkStatistics.init(float32:))
    if sink.options.scheme.values != .full, quantizing == nil {
      // What is not encoded has no say in what codes stand for: a span with a NaN is stored in full.
      let full = spans.indices.filter { statistics[$0].hasNaN }
      let found = try block.withRows(leavingOut: full) { sample in
        let chosen = sink.options.scheme.chosen(for: sample, rows: block.rows, columns: storedSchema.columnCount)
        return (chosen, try chosen.values.fitted(sample: sample, rows: block.rows, schema: storedSchema))
      }
      if let quantizer = found.1 { (scheme, quantizing) = (found.0, Quantizing(quantizer)) }
    }
    var holdsBlock = false
    let encoded = spans.enumerated().map { place, span in
      if let chunk = self.encoded(values[place], rows: block.rows, columns: span.columns) { return chunk }
      holdsBlock = true
      let shape = ColumnChunkShape(type: .values(.float32), rows: block.rows, width: span.columns.count)
      guard let ladder = quantizing, sink.options.scheme.values.rungs != nil else {
        return ColumnChunk(shape: shape, payload: values[place])
      }
      return ColumnChunk(shape: shape, payload: values[place], codebook: ladder.identity, grid: ladder.quantizer.grids[0])
    }
    // A block that is all new goes to its Partition as it is. Otherwise what is new is copied out of it, lest one new chunk keep all of it in memory.
    let stored = try sink.writer.store(rowBlock: encoded, ownsMemory: holdsBlock && block.isFull, group: sink.group, options: sink.options)
    for (place, chunk) in stored.chunks.enumerated() {
      chunks[place].append(chunk.location)
      self.statistics[place].append(statistics[place])
      chunkBytes += encoded[place].payload.count
      if chunk.isNew { newBytes += encoded[place].payload.count }
    }
    if stored.keepsMemory { self.block = nil } else { self.block!.empty() }
  }

  /// The chunk as codes, or, where a bounded scheme has none for one of its values, rounded; `nil` when values are stored as they are.
  private func encoded(_ values: BufferSlice, rows: Int, columns: Range<Int>) -> ColumnChunk? {
    guard var state = quantizing, state.serves(columns), state.quantizer.values.rungs == nil else { return nil }
    let format = state.quantizer.codeFormat
    let codes = ByteBuffer(count: format.byteCount(rows: rows, width: columns.count))
    let isEncoded = values.withBytes { values in
      codes.withMutableBytes { codes in
        state.encoder.encode(
          values.baseAddress!.assumingMemoryBound(to: Float.self), rowStride: columns.count,
          chunk: CodedChunk(rows: rows, columns: columns), into: codes.baseAddress!, extrema: &state.extrema)
      }
    }
    guard isEncoded else { return rounded(values, rows: rows, columns: columns, state.quantizer) }
    quantizing = state
    let shape = ColumnChunkShape(type: StoredType(format), rows: rows, width: columns.count)
    return ColumnChunk(shape: shape, payload: BufferSlice(codes), codebook: state.identity)
  }

  private func rounded(_ values: BufferSlice, rows: Int, columns: Range<Int>, _ quantizer: FittedQuantizer) -> ColumnChunk? {
    guard quantizer.rounds else { return nil }
    let shape = ColumnChunkShape(type: .values(.float32), rows: rows, width: columns.count)
    let payload = ByteBuffer(count: shape.payloadBytes!)
    values.withBytes { values in
      payload.withMutableBytes {
        quantizer.round(
          values.baseAddress!.assumingMemoryBound(to: Float.self), rows: rows, columns: columns,
          into: $0.baseAddress!.assumingMemoryBound(to: Float.self))
      }
    }
    return ColumnChunk(shape: shape, payload: BufferSlice(payload))
  }

  /// Stores what is left, the row ids and the codebook. Nothing can be appended afterwards.
  package func finish() throws -> FinishedIntermediate {
    try closeBlock()
    let ids = RowIDs.joined(rowIDs)
    let idSpan = try sink.storeRowIDs(ids)
    let codebook = try sink.storeCodebook(quantizing.map { [0: $0] } ?? [:])
    return FinishedIntermediate(
      schema: storedSchema, scheme: scheme, rows: rows, rowsPerBlock: rowsPerBlock,
      logicalBytes: rows * schema.columnCount * 4, newBytes: newBytes, rowIDs: ids, rowIDSpan: idSpan, codebook: codebook,
      spans: spans.enumerated().map { place, span in
        .stored(
          StoredSpan(
            type: span.type, width: span.columns.count, rows: rows, rowsPerBlock: rowsPerBlock, chunks: chunks[place],
            statistics: statistics[place]))
      }, chunkBytes: chunkBytes)
  }
}
