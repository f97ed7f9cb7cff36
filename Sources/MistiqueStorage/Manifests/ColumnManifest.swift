/// Where the chunks of one column span are, RowBlock after RowBlock.
///
/// Content-addressed like any chunk: a column that a stage passes on unchanged, and a frozen layer's maps in the next checkpoint,
/// give the same manifest and cost one reference to it. Bytes: tag 1, type, v width, v rows, v rows per RowBlock, references, and the
/// statistics of the chunks, list by list: 4 lowest[] (float32), 4 highest[], v missing[], 1 has NaN[].
package struct ColumnManifest: Sendable, Equatable {
  package let type: ColumnType
  package let width: Int
  package let rows: Int
  package let rowsPerBlock: Int
  package let chunks: [ChunkReference]
  /// One per chunk.
  package let statistics: [ChunkStatistics]

  package var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.write(ManifestTag.column.rawValue)
    writer.write(type.rawValue)
    writer.writeVariable(width)
    writer.writeVariable(rows)
    writer.writeVariable(rowsPerBlock)
    PartitionTable.write(chunks, to: &writer)
    for statistics in statistics { writer.write(statistics.lowest.bitPattern) }
    for statistics in statistics { writer.write(statistics.highest.bitPattern) }
    for statistics in statistics { writer.writeVariable(statistics.missing) }
    for statistics in statistics { writer.write(UInt8(statistics.hasNaN ? 1 : 0)) }
    return writer.bytes
  }

  package init(type: ColumnType, width: Int, rows: Int, rowsPerBlock: Int, chunks: [ChunkReference], statistics: [ChunkStatistics]) {
    precondition(chunks.count == statistics.count, "every chunk has its statistics")
    self.type = type
    self.width = width
    self.rows = rows
    self.rowsPerBlock = rowsPerBlock
    self.chunks = chunks
    self.statistics = statistics
  }

  package init(decoding bytes: some Collection<UInt8>, place: String) throws {
    var reader = ByteReader(Array(bytes), place: place)
    guard try reader.read(UInt8.self) == ManifestTag.column.rawValue, let type = ColumnType(rawValue: try reader.read()) else {
      throw reader.malformed("a column's manifest was expected")
    }
    self.type = type
    width = try reader.readVariable()
    rows = try reader.readVariable()
    rowsPerBlock = try reader.readVariable()
    chunks = try PartitionTable.read(from: &reader)
    statistics = try Self.readStatistics(chunks.count, from: &reader)
    try reader.expectEnd()
    guard rowsPerBlock > 0, width > 0, chunks.count == (rows + rowsPerBlock - 1) / rowsPerBlock else {
      throw reader.malformed("\(chunks.count) chunks cannot hold \(rows) rows in RowBlocks of \(rowsPerBlock)")
    }
  }

  private static func readStatistics(_ count: Int, from reader: inout ByteReader) throws -> [ChunkStatistics] {
    guard count <= reader.remaining / 10 else { throw reader.malformed("the statistics of \(count) chunks do not fit their bytes") }
    let lowest = try (0..<count).map { _ in Float(bitPattern: try reader.read()) }
    let highest = try (0..<count).map { _ in Float(bitPattern: try reader.read()) }
    let missing = try reader.readVariables(count)
    return try (0..<count).map {
      ChunkStatistics(lowest: lowest[$0], highest: highest[$0], missing: missing[$0], hasNaN: try reader.read(UInt8.self) != 0)
    }
  }

  /// The rows of the intermediate that chunk `block` holds.
  package func rows(ofBlock block: Int) -> Range<Int> { block * rowsPerBlock..<min((block + 1) * rowsPerBlock, rows) }
}

enum ManifestTag: UInt8 {
  case column = 1
  case intermediate = 2
  case derivedColumn = 3
}
