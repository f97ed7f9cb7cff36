/// Where the chunks of one intermediate go: to the Partition of its group, encoded as its options say.
///
/// Shared by the writers of maps and of frames: both cut RowBlocks into ColumnChunks, and what becomes of those is the same.
package struct ChunkSink {
  let writer: StoreWriter
  package let options: StoreWriter.Options
  /// Names the Partition that its chunks share with others of the same group.
  let group: String

  package init(_ writer: StoreWriter, options: StoreWriter.Options, group: String) {
    self.writer = writer
    self.options = options
    self.group = group
  }

  /// The same for the columns of a table, which share frames that are the smaller the more there are.
  func forTable(columns: Int) -> ChunkSink {
    var options = options
    let layout = writer.store.options.layout
    let bytes = layout.sharedFrameBytes(ofTable: columns)
    // Of the usual size, they go to the Partition of all others.
    options.sharedFrameBytes = bytes == layout.sharedFrameBytes ? nil : bytes
    return ChunkSink(writer, options: options, group: group)
  }

  func store(_ chunk: ColumnChunk) throws -> StoredChunk { try writer.store(chunk, group: group, options: options) }

  /// Row ids, or rows that were picked: a column of the store's own, stored once however often it comes.
  func storeIntegers(_ values: [Int64]) throws -> StoredSpan {
    let own = ChunkSink(writer, options: StoreWriter.Options(deduplicates: true, codec: options.codec), group: "row ids")
    return try own.storeIntegers(values, rowsPerBlock: writer.store.options.rowsPerBlock(ofTable: values.count)).span
  }

  /// A column of int64 that is nobody's intermediate, and the bytes of its chunks that are new.
  func storeIntegers(_ values: [Int64], number: Int = 0, rowsPerBlock: Int) throws -> (span: StoredSpan, newBytes: Int) {
    let column = Column(.int64(values))
    var (chunks, statistics, newBytes): ([ChunkLocation], [ChunkStatistics], Int) = ([], [], 0)
    for start in stride(from: 0, to: values.count, by: rowsPerBlock) {
      let rows = start..<min(start + rowsPerBlock, values.count)
      statistics.append(ChunkStatistics(column, rows: rows))
      let chunk = try ColumnChunk(column, rows: rows, number: number)
      let stored = try store(chunk)
      chunks.append(stored.location)
      if stored.isNew { newBytes += chunk.payload.count }
    }
    let span = StoredSpan(type: .int64, width: 1, rows: values.count, rowsPerBlock: rowsPerBlock, chunks: chunks, statistics: statistics)
    return (span, newBytes)
  }

  /// Stores the row ids, unless they are consecutive.
  func storeRowIDs(_ ids: RowIDs) throws -> StoredSpan? {
    if case .list(let list) = ids { try storeIntegers(list) } else { nil }
  }

  /// Stores the fitted quantizers, by the column they serve, if there are any. Codes are worth nothing without them, so that their bytes are read
  /// back first.
  func storeCodebook(_ quantizing: [Int: Quantizing]) throws -> ChunkLocation? {
    let entries = quantizing.sorted { $0.key < $1.key }.map { $1.entry(column: $0) }
    guard !entries.isEmpty else { return nil }
    let bytes = CodebookRecord(entries: entries).encoded
    _ = try CodebookRecord(decoding: bytes, place: "the codebook of \(options.scheme) just fitted in \(group)")
    return try writer.storeRecord(.codebook, bytes, group: "codebooks")
  }
}

/// A quantizer at work: of maps fitted to the first RowBlock that holds anything to fit it to, of a named column to all of it.
struct Quantizing: Sendable {
  let quantizer: FittedQuantizer
  let encoder: ChunkEncoder
  let identity: UInt64
  var extrema: EncodedExtrema

  init(_ quantizer: FittedQuantizer) {
    self.quantizer = quantizer
    encoder = quantizer.encoder()
    identity = quantizer.identity
    extrema = EncodedExtrema(for: quantizer)
  }

  /// Whether every codebook that serves `columns` was fitted to something. Chunks of others are stored in full.
  func serves(_ columns: Range<Int>) -> Bool { quantizer.unfittedBooks.isDisjoint(with: quantizer.books(of: columns)) }

  func entry(column: Int) -> CodebookRecord.Entry { .init(column: column, quantizer: quantizer, extrema: extrema) }
}
