/// A span of columns whose chunks are stored, RowBlock after RowBlock: a value, that others may refer to.
struct StoredSpan: Sendable {
  let type: ColumnType
  let width: Int
  let rows: Int
  let rowsPerBlock: Int
  let chunks: [ChunkLocation]
  let statistics: [ChunkStatistics]

  /// What tells its manifest from others. Chunks of codes are equal also where the values were not, and statistics are of the values.
  struct Identity: Hashable {
    let type: ColumnType
    let width: Int
    let rows: Int
    let rowsPerBlock: Int
    let chunks: [ChunkLocation]
    let statistics: [ChunkStatistics]
  }

  var identity: Identity {
    Identity(type: type, width: width, rows: rows, rowsPerBlock: rowsPerBlock, chunks: chunks, statistics: statistics)
  }
}

/// An intermediate whose chunks are all stored, waiting for the commit that makes it readable.
package struct FinishedIntermediate: Sendable {
  /// Of what is stored: after pooling.
  package let schema: IntermediateSchema
  let scheme: QuantizationScheme
  package let rows: Int
  let rowsPerBlock: Int
  /// Bytes of the values that were handed in: what the intermediate takes uncompressed.
  package let logicalBytes: Int
  /// Bytes of the chunks that were not stored before.
  package internal(set) var newBytes: Int
  let rowIDs: RowIDs
  let rowIDSpan: StoredSpan?
  let codebook: ChunkLocation?
  /// One per span of the schema, in its order.
  var spans: [ColumnContent<StoredSpan>]
  /// Of maps: bytes of all chunks, stored before or not.
  var chunkBytes = 0
}
