extension StoreWriter {
  /// What de-duplication did since the last commit, counted in chunks and raw bytes.
  package struct Counters: Sendable, Equatable {
    package var chunks = 0
    package var rawBytes = 0
    package var duplicateChunks = 0
    package var duplicateBytes = 0
    /// Of the duplicates, chunks that were known to be without a look at their bytes: a stage passed their column on.
    package var passedChunks = 0
    /// Equal fingerprints, different bytes: stored as a chunk of its own.
    package var collisions = 0
    /// Chunks that were equal by their fingerprints to stored ones whose bytes are damaged: stored again.
    package var damagedChunks = 0
  }

  package struct Options: Sendable {
    /// Look chunks up by fingerprint and refer to stored ones; otherwise every chunk is stored again, as the paper's STORE_ALL does.
    package var deduplicates: Bool
    package var codec: Codec
    /// How values are pooled and quantized before they are looked up and stored.
    package var scheme = QuantizationScheme.none
    /// How chunks that are similar, not equal, are found and placed side by side; `nil`: they are not (networks, STORE_ALL).
    package var similarity: SimilarityOptions?
    /// Whether a column of a frame may be kept as how it follows from a stored one; otherwise all that is known of it are its chunks.
    package var derivesColumns = true
    /// Raw bytes up to which chunks share a frame; `nil`: as the store's layout says.
    var sharedFrameBytes: Int?

    package init(deduplicates: Bool, codec: Codec, scheme: QuantizationScheme = .none, similarity: SimilarityOptions? = nil) {
      self.deduplicates = deduplicates
      self.codec = codec
      self.scheme = scheme
      self.similarity = similarity
    }
  }
}

/// Where a chunk is, and whether it was stored just now.
struct StoredChunk {
  let location: ChunkLocation
  let isNew: Bool
}
