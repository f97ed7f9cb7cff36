import Foundation

/// Takes the rows of one intermediate, cuts them into RowBlocks and ColumnChunks and hands those to the store.
///
/// Rows come in order, in pieces of any size. Memory: one RowBlock.
package final class IntermediateWriter {
  package let schema: IntermediateSchema
  package let rowsPerBlock: Int
  package private(set) var rows = 0
  /// Bytes of the values that were handed in: what the intermediate takes uncompressed.
  package private(set) var logicalBytes = 0

  /// Bytes of the chunks that were not stored before.
  package private(set) var newBytes = 0

  private let writer: StoreWriter
  private let options: StoreWriter.Options
  private let group: String
  private let runs: [ColumnRun]
  private var chunks: [[ChunkLocation]]
  private var rowIDs: [RowIDs] = []
  /// The RowBlock being filled: run after run, each with room for all its rows.
  private var block: ByteBuffer?
  private var blockRows = 0
  /// Pieces of a frame that do not fill a RowBlock yet.
  private var pending: [[Column]] = []

  /// `group` names the Partition its chunks go to together with others of the same group.
  package init(_ schema: IntermediateSchema, writer: StoreWriter, options: StoreWriter.Options, group: String) {
    self.schema = schema
    self.writer = writer
    self.options = options
    self.group = group
    runs = schema.runs
    rowsPerBlock = writer.store.options.rowsPerBlock(for: schema)
    chunks = Array(repeating: [], count: runs.count)
  }

  /// Appends rows of a network's layer: `values` is row-major, a whole number of rows, columns channel-major.
  package func append(_ values: UnsafeBufferPointer<Float>, rowIDs ids: RowIDs) throws {
    guard case .maps = schema else { preconditionFailure("rows of maps handed to an intermediate of named columns") }
    let width = schema.columnCount
    precondition(values.count == ids.count * width, "\(values.count) values are not \(ids.count) rows of \(width)")
    rowIDs.append(ids)
    logicalBytes += values.count * 4
    var row = 0
    while row < ids.count {
      let taken = min(ids.count - row, rowsPerBlock - blockRows)
      let block = block ?? ByteBuffer(count: rowsPerBlock * width * 4)
      self.block = block
      copy(values, rows: row..<row + taken, into: block)
      blockRows += taken
      row += taken
      if blockRows == rowsPerBlock { try closeBlock() }
    }
    rows += ids.count
  }

  private func copy(_ values: UnsafeBufferPointer<Float>, rows: Range<Int>, into block: ByteBuffer) {
    guard let source = values.baseAddress else { return }
    let width = schema.columnCount
    for run in runs {
      let runBytes = run.columns.count * 4
      let start = run.columns.lowerBound * rowsPerBlock * 4 + blockRows * runBytes
      block.withMutableBytes(start..<start + rows.count * runBytes) { bytes in
        var target = bytes.baseAddress!
        for row in rows {
          memcpy(target, source + row * width + run.columns.lowerBound, runBytes)
          target += runBytes
        }
      }
    }
  }

  private func closeBlock() throws {
    guard let block, blockRows > 0 else { return }
    for (place, run) in runs.enumerated() {
      let slice = BufferSlice(
        block, offset: run.columns.lowerBound * rowsPerBlock * 4, count: run.columns.count * blockRows * 4)
      let shape = ColumnChunkShape(type: .values(.float32), rows: blockRows, width: run.columns.count)
      try store(ColumnChunk(shape: shape, payload: slice), place)
    }
    self.block = nil
    blockRows = 0
  }

  private func store(_ chunk: ColumnChunk, _ run: Int) throws {
    let duplicates = writer.counters.duplicateBytes
    chunks[run].append(try writer.store(chunk, group: group, options: options))
    if writer.counters.duplicateBytes == duplicates { newBytes += chunk.payload.count }
  }

  /// Appends the rows of a frame whose columns have the schema's names and types. The frame must be the whole intermediate:
  /// its columns are stored one after the other, so that a column's RowBlocks lie side by side.
  package func append(_ frame: DataFrame) throws {
    guard case .columns(let descriptors) = schema else { preconditionFailure("named columns handed to an intermediate of maps") }
    precondition(rows == 0, "a frame is appended whole")
    let types = frame.columns.map(\.type)
    precondition(frame.names == descriptors.map(\.name) && types == descriptors.map(\.type), "the frame does not have the schema's columns")
    rowIDs.append(frame.rowIDs)
    rows = frame.rowCount
    for (place, column) in frame.columns.enumerated() {
      for start in stride(from: 0, to: rows, by: rowsPerBlock) {
        let chunk = try ColumnChunk(column, rows: start..<min(start + rowsPerBlock, rows))
        logicalBytes += chunk.payload.count
        try store(chunk, place)
      }
    }
  }

  /// Stores what is left and the row ids. Nothing can be appended afterwards.
  package func finish() throws -> FinishedIntermediate {
    try closeBlock()
    let ids = RowIDs.joined(rowIDs)
    var idChunks: [ChunkLocation]?
    if case .list(let list) = ids {
      let column = Column(.int64(list))
      idChunks = try stride(from: 0, to: list.count, by: rowsPerBlock).map { start in
        let chunk = try ColumnChunk(column, rows: start..<min(start + rowsPerBlock, list.count))
        return try writer.store(chunk, group: "row ids", options: .init(deduplicates: true, codec: options.codec))
      }
    }
    return FinishedIntermediate(
      schema: schema, rows: rows, rowsPerBlock: rowsPerBlock, logicalBytes: logicalBytes, newBytes: newBytes, rowIDs: ids,
      rowIDChunks: idChunks,
      runs: zip(runs, chunks).map { FinishedIntermediate.Run(run: $0, chunks: $1) })
  }
}

/// An intermediate whose chunks are all stored, waiting for the commit that makes it readable.
package struct FinishedIntermediate: Sendable {
  struct Run: Sendable {
    let run: ColumnRun
    let chunks: [ChunkLocation]
  }

  package let schema: IntermediateSchema
  package let rows: Int
  let rowsPerBlock: Int
  package let logicalBytes: Int
  package let newBytes: Int
  let rowIDs: RowIDs
  let rowIDChunks: [ChunkLocation]?
  let runs: [Run]
}
