/// Takes the rows of one intermediate, pools and quantizes them, cuts them into RowBlocks and ColumnChunks and hands those to the store.
///
/// Rows come in order, in pieces of any size. Memory: one RowBlock of the pooled values.
package final class IntermediateWriter {
  /// What is handed in.
  package let schema: IntermediateSchema
  /// What is stored: after pooling.
  let storedSchema: IntermediateSchema
  package internal(set) var rowsPerBlock: Int
  package internal(set) var rows = 0
  /// Bytes of the values that were handed in: what the intermediate takes uncompressed.
  package internal(set) var logicalBytes = 0
  /// Bytes of the chunks that were not stored before.
  package private(set) var newBytes = 0

  let options: StoreWriter.Options
  let runs: [ColumnRun]
  var rowIDs: [RowIDs] = []
  var block: MapBlock?
  var quantizing: [Int: Quantizing] = [:]
  let writer: StoreWriter
  private let group: String
  private var chunks: [[ChunkLocation]]
  private var statistics: [[ChunkStatistics]]
  /// Bytes of the chunks of each run as they were handed in and as they were stored: for whoever passes the column on.
  var columnBytes: [Int: (logical: Int, stored: Int)] = [:]

  /// `group` names the Partition its chunks go to together with others of the same group.
  package init(_ schema: IntermediateSchema, writer: StoreWriter, options: StoreWriter.Options, group: String) {
    precondition(schema.isSound, "an intermediate has impossible dimensions: \(schema)")
    self.schema = schema
    self.writer = writer
    self.options = options
    self.group = group
    storedSchema = options.scheme.pooledSchema(of: schema)
    runs = storedSchema.runs
    rowsPerBlock = writer.store.options.rowsPerBlock(for: storedSchema)
    chunks = Array(repeating: [], count: runs.count)
    statistics = Array(repeating: [], count: runs.count)
  }

  /// Whether all of the chunks will be stored: none is known to be, and none is equal to another.
  func isNew(_ chunks: [ColumnChunk]) -> Bool {
    !options.deduplicates || !chunks.contains { writer.mayHold($0) } && Set(chunks.map(\.fingerprint)).count == chunks.count
  }

  /// - Parameter copying: whether the chunk's memory is somebody else's, so that the store needs a copy of what is new.
  func store(_ chunk: ColumnChunk, _ statistics: ChunkStatistics, run: Int, copying: Bool = false) throws {
    let duplicates = writer.counters.duplicateBytes
    chunks[run].append(try writer.store(chunk, group: group, options: options, copying: copying))
    self.statistics[run].append(statistics)
    if writer.counters.duplicateBytes == duplicates { newBytes += chunk.payload.count }
  }

  /// Refers to the chunks of a column of `other`, which is the same column cut the same way; nothing is copied, hashed or compared.
  /// - Returns: false when it was cut or coded in another way.
  func refer(run: Int, to other: IntermediateWriter, run otherRun: Int) -> Bool {
    guard options.deduplicates, other.writer === writer, other.rows == rows, other.rowsPerBlock == rowsPerBlock,
      other.options.scheme == options.scheme, other.runs[otherRun].type == runs[run].type, let bytes = other.columnBytes[otherRun]
    else { return false }
    chunks[run] = other.chunks[otherRun]
    statistics[run] = other.statistics[otherRun]
    quantizing[run] = other.quantizing[otherRun]
    columnBytes[run] = bytes
    logicalBytes += bytes.logical
    writer.countPassed(chunks: chunks[run].count, bytes: bytes.stored)
    return true
  }

  /// Stores what is left, the codebooks and the row ids. Nothing can be appended afterwards.
  package func finish() throws -> FinishedIntermediate {
    try closeBlock()
    let ids = RowIDs.joined(rowIDs)
    var idChunks: [ChunkLocation]?
    var idStatistics: [ChunkStatistics] = []
    if case .list(let list) = ids {
      let column = Column(.int64(list))
      idChunks = try stride(from: 0, to: list.count, by: rowsPerBlock).map { start in
        let rows = start..<min(start + rowsPerBlock, list.count)
        idStatistics.append(ChunkStatistics(column, rows: rows))
        return try writer.store(
          try ColumnChunk(column, rows: rows), group: "row ids", options: .init(deduplicates: true, codec: options.codec))
      }
    }
    let entries = quantizing.sorted { $0.key < $1.key }.map { $1.entry(column: $0) }
    let codebook = try entries.isEmpty ? nil : writer.storeRecord(.codebook, CodebookRecord(entries: entries).encoded, group: "codebooks")
    return FinishedIntermediate(
      schema: storedSchema, scheme: options.scheme, rows: rows, rowsPerBlock: rowsPerBlock, logicalBytes: logicalBytes, newBytes: newBytes,
      rowIDs: ids, rowIDChunks: idChunks.map { ($0, idStatistics) }, codebook: codebook,
      runs: runs.indices.map { FinishedIntermediate.Run(run: runs[$0], chunks: chunks[$0], statistics: statistics[$0]) })
  }
}

/// An intermediate whose chunks are all stored, waiting for the commit that makes it readable.
package struct FinishedIntermediate: Sendable {
  struct Run: Sendable {
    let run: ColumnRun
    let chunks: [ChunkLocation]
    let statistics: [ChunkStatistics]
  }

  package let schema: IntermediateSchema
  let scheme: QuantizationScheme
  package let rows: Int
  let rowsPerBlock: Int
  package let logicalBytes: Int
  package let newBytes: Int
  let rowIDs: RowIDs
  let rowIDChunks: (chunks: [ChunkLocation], statistics: [ChunkStatistics])?
  let codebook: ChunkLocation?
  let runs: [Run]
}

extension IntermediateWriter {
  /// A quantizer at work: fitted to the first RowBlock it sees.
  struct Quantizing {
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

    func entry(column: Int) -> CodebookRecord.Entry { .init(column: column, quantizer: quantizer, extrema: extrema) }
  }
}
