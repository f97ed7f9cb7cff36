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
  package internal(set) var newBytes = 0

  let options: StoreWriter.Options
  let runs: [ColumnRun]
  var rowIDs: [RowIDs] = []
  var block: MapBlock?
  var quantizing: [Int: Quantizing] = [:]
  let writer: StoreWriter
  private let group: String
  var chunks: [[ChunkLocation]]
  var statistics: [[ChunkStatistics]]
  /// Bytes of the chunks of each run as they were handed in and as they were stored: for whoever passes the column on.
  var columnBytes: [Int: (logical: Int, stored: Int)] = [:]
  /// Columns that follow from others and are not stored themselves, by run.
  var derived: [Int: DerivedRun] = [:]
  /// Lists of rows that are stored, held so that their identity stays theirs.
  var rowLists: [ObjectIdentifier: (list: RowList, run: StoredRun)] = [:]

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

  /// Stores a chunk that is nobody's column but what one is made of.
  func store(_ chunk: ColumnChunk) throws -> ChunkLocation { try writer.store(chunk, group: group, options: options) }

  /// Stores what is left, the codebooks and the row ids. Nothing can be appended afterwards.
  package func finish() throws -> FinishedIntermediate {
    try closeBlock()
    let ids = RowIDs.joined(rowIDs)
    let idRun: StoredRun? = if case .list(let list) = ids { try storeIntegers(list) } else { nil }
    let codebook = try storeCodebook()
    return FinishedIntermediate(
      schema: storedSchema, scheme: options.scheme, rows: rows, rowsPerBlock: rowsPerBlock, logicalBytes: logicalBytes, newBytes: newBytes,
      rowIDs: ids, rowIDRun: idRun, codebook: codebook,
      runs: runs.indices.map { place in derived[place].map { .derived($0) } ?? .stored(storedRun(place)) })
  }

  /// Stores the fitted quantizers, if there are any. Codes are worth nothing without them, so that their bytes are read back first.
  private func storeCodebook() throws -> ChunkLocation? {
    let entries = quantizing.sorted { $0.key < $1.key }.map { $1.entry(column: $0) }
    guard !entries.isEmpty else { return nil }
    let bytes = CodebookRecord(entries: entries).encoded
    _ = try CodebookRecord(decoding: bytes, place: "the codebook of \(options.scheme) just fitted in \(group)")
    return try writer.storeRecord(.codebook, bytes, group: "codebooks")
  }

  func storedRun(_ run: Int) -> StoredRun {
    StoredRun(
      type: runs[run].type, width: runs[run].columns.count, rows: rows, rowsPerBlock: rowsPerBlock, chunks: chunks[run],
      statistics: statistics[run])
  }
}

extension IntermediateWriter {
  /// Row ids, or rows that were picked: a column of the store's own, stored once however often it comes.
  func storeIntegers(_ values: [Int64]) throws -> StoredRun {
    let options = StoreWriter.Options(deduplicates: true, codec: options.codec)
    return try storeIntegers(values, rowsPerBlock: writer.store.options.rowsPerBlock(ofTable: values.count)) {
      try writer.store($0, group: "row ids", options: options)
    }
  }

  /// A column of int64 that is nobody's intermediate, its chunks stored by `store`.
  func storeIntegers(
    _ values: [Int64], number: Int = 0, rowsPerBlock: Int, _ store: (ColumnChunk) throws -> ChunkLocation
  ) throws -> StoredRun {
    let column = Column(.int64(values))
    var (chunks, statistics): ([ChunkLocation], [ChunkStatistics]) = ([], [])
    for start in stride(from: 0, to: values.count, by: rowsPerBlock) {
      let rows = start..<min(start + rowsPerBlock, values.count)
      statistics.append(ChunkStatistics(column, rows: rows))
      chunks.append(try store(ColumnChunk(column, rows: rows, number: number)))
    }
    return StoredRun(type: .int64, width: 1, rows: values.count, rowsPerBlock: rowsPerBlock, chunks: chunks, statistics: statistics)
  }
}

/// A column run whose chunks are stored.
struct StoredRun: Sendable {
  let type: ColumnType
  let width: Int
  let rows: Int
  let rowsPerBlock: Int
  let chunks: [ChunkLocation]
  let statistics: [ChunkStatistics]

  /// What tells its manifest from others: equal chunks have equal statistics.
  struct Identity: Hashable {
    let type: ColumnType
    let width: Int
    let rows: Int
    let rowsPerBlock: Int
    let chunks: [ChunkLocation]
  }

  var identity: Identity { Identity(type: type, width: width, rows: rows, rowsPerBlock: rowsPerBlock, chunks: chunks) }
}

/// A column that follows from a stored one.
struct DerivedRun: Sendable {
  enum Operation: Sendable {
    case rows(StoredRun)
    case filled([UInt8])
    /// A column of integers is added, in units of 10^-digits.
    case plus(StoredRun, digits: Int)
  }

  let source: StoredRun
  let operations: [Operation]
}

/// An intermediate whose chunks are all stored, waiting for the commit that makes it readable.
package struct FinishedIntermediate: Sendable {
  enum Run: Sendable {
    case stored(StoredRun)
    case derived(DerivedRun)
  }

  package let schema: IntermediateSchema
  let scheme: QuantizationScheme
  package let rows: Int
  let rowsPerBlock: Int
  package let logicalBytes: Int
  package let newBytes: Int
  let rowIDs: RowIDs
  let rowIDRun: StoredRun?
  let codebook: ChunkLocation?
  let runs: [Run]
}

extension IntermediateWriter {
  /// A quantizer at work: of maps fitted to the first RowBlock that holds anything to fit it to, of a named column to all of it.
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

    /// Whether every codebook that serves `columns` was fitted to something. Chunks of others are stored in full.
    func serves(_ columns: Range<Int>) -> Bool { quantizer.unfittedBooks.isDisjoint(with: quantizer.books(of: columns)) }

    func entry(column: Int) -> CodebookRecord.Entry { .init(column: column, quantizer: quantizer, extrema: extrema) }
  }
}
