/// What counts as similar, and what finding it may cost. The defaults are measured; the article Similarity has the tables.
package struct SimilarityOptions: Sendable, Hashable {
  /// The least estimated Jaccard similarity at which a chunk is placed beside another: tau in the paper's section 3. Two chunks of
  /// distinct values that agree in a quarter of their rows have a similarity of 1/7, in half of them 1/3.
  package var threshold = 0.1
  /// Minima in a signature: a power of two, 16 to 1,024. An estimate's standard deviation is at most sqrt(J (1 - J) / hashes).
  package var hashes = 64
  /// Minima that must agree in one band of the LSH index for a chunk to be looked at; divides `hashes`.
  package var hashesPerBand = 2
  /// Mantissa bits of floating-point values that count, the others are cut off: the discretisation. `nil`: all of them.
  package var mantissaBits: Int?
  /// Elements of a chunk that are looked at, from its start: more than a RowBlock has, so that only unusual chunks are cut short.
  package var sampledElements = 16_384
  /// Entries of a bucket that are compared, the newest first.
  package var candidatesPerBand = 8
  /// Bytes that an index may take. Past it the oldest entries go.
  package var indexBytes = 32 << 20

  package init() {}

  package var bands: Int { hashes / hashesPerBand }
}

/// What the bytes of a chunk are.
package enum SimilarityElement: Sendable, Hashable, CaseIterable {
  case float32, float64, int32, int64
  /// Eight rows make one element: single booleans would make all sets equal, and a compressor needs runs of bytes anyway.
  case byte

  /// The elements of values of `type`; `nil` for text, which is not placed by similarity.
  package init?(_ type: ColumnType) {
    switch type {
    case .float32: self = .float32
    case .float64: self = .float64
    case .int64, .timestamp: self = .int64
    case .date: self = .int32
    case .boolean: self = .byte
    case .text: return nil
    }
  }

  package var byteCount: Int {
    switch self {
    case .float32, .int32: 4
    case .float64, .int64, .byte: 8
    }
  }
}
