/// A column's part in one RowBlock, as the bytes that are fingerprinted, compressed and stored.
///
/// The paper's ColumnChunk has one column. Ours may hold a run of adjacent float32 columns, row by row: the map of one channel of a
/// convolution, which is what questions about a neuron ask for, or a few units of a dense layer. The payload is, little endian:
///
///     [validity words, 8 bytes each]   only with `hasValidity`: one bit per row
///     [values]                         rows x width values, row-major (`StoredType`); for text: a UInt32 length each, then the UTF-8
package struct ColumnChunk: Sendable {
  package let shape: ColumnChunkShape
  package let payload: BufferSlice
  package let fingerprint: ChunkFingerprint
  /// Tells the columns of intermediates apart where chunks are placed: neighbours with equal numbers are consecutive RowBlocks of one column.
  package let column: Int
  /// What the base of a ladder rounds its values to; `nil` for a chunk that is stored in one piece.
  let grid: UniformGrid?

  /// - Parameter codebook: the identity of the codebook that the codes, or the base of a ladder, are of; 0 for values as they are.
  package init(shape: ColumnChunkShape, payload: BufferSlice, codebook: UInt64 = 0, column: Int = 0) {
    self.init(shape: shape, payload: payload, codebook: codebook, column: column, grid: nil)
  }

  init(shape: ColumnChunkShape, payload: BufferSlice, codebook: UInt64, column: Int = 0, grid: UniformGrid?) {
    self.shape = shape
    self.payload = payload
    self.column = column
    self.grid = grid
    fingerprint = payload.withBytes { ChunkFingerprint($0, seed: shape.fingerprintSeed ^ codebook) }
  }

  /// The same chunk with its bytes at `place`, which has room for exactly them.
  func moved(to place: BufferSlice) -> ColumnChunk {
    payload.withBytes { source in
      place.buffer.withMutableBytes(place.offset..<place.offset + place.count) { $0.copyMemory(from: source) }
    }
    return ColumnChunk(shape: shape, payload: place, fingerprint: fingerprint, column: column, grid: grid)
  }

  private init(shape: ColumnChunkShape, payload: BufferSlice, fingerprint: ChunkFingerprint, column: Int, grid: UniformGrid?) {
    self.grid = grid
    self.shape = shape
    self.payload = payload
    self.fingerprint = fingerprint
    self.column = column
  }
}

/// What the payload of a chunk does not say itself.
package struct ColumnChunkShape: Sendable, Hashable {
  /// What the bytes are for: a column's values, or the store's own records.
  package enum Kind: UInt8, Sendable {
    case values = 0
    /// A `ColumnManifest` or an `IntermediateManifest`.
    case manifest = 1
    /// Bytes that the storage floor does not look into: stored transformers, receipts.
    case blob = 2
    /// A fitted quantizer.
    case codebook = 3
    /// What a commit put into the store, for rebuilding the catalogue.
    case receipt = 4
  }

  package let kind: Kind
  package let type: StoredType
  package let rows: Int
  /// Columns in the chunk: 1 except for runs of float32 columns.
  package let width: Int
  package let hasValidity: Bool

  package init(kind: Kind = .values, type: StoredType, rows: Int, width: Int = 1, hasValidity: Bool = false) {
    self.kind = kind
    self.type = type
    self.rows = rows
    self.width = width
    self.hasValidity = hasValidity
  }

  /// A record of the store: `count` bytes that belong to no column.
  package static func record(_ kind: Kind, count: Int) -> ColumnChunkShape {
    ColumnChunkShape(kind: kind, type: .values(.boolean), rows: count)
  }

  package var validityBytes: Int { hasValidity ? Validity.wordCount(for: rows) * 8 : 0 }

  /// Bytes of one row, when rows have equal size and can be cut apart: what slicing a chunk into frames needs.
  package var bytesPerRow: Int? {
    guard !hasValidity, width > 1 || type.bytesPerValue != nil else { return nil }
    return type.bytes(rows: 1, width: width)
  }

  /// The payload's size where the shape determines it.
  package var payloadBytes: Int? { type.bytes(rows: rows, width: width).map { validityBytes + $0 } }

  var fingerprintSeed: UInt64 {
    UInt64(type.rawValue) | UInt64(hasValidity ? 1 : 0) << 8 | UInt64(kind.rawValue) << 12 | UInt64(width) << 16 | UInt64(rows) << 40
  }
}
