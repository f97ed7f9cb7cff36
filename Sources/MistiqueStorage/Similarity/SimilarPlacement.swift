/// Approximate de-duplication (paper section 3): which chunks of a Partition share a frame because they are similar.
///
/// Sketches every chunk, looks up the most similar one before it, and groups. Only the chunks of the Partition matter, so that its bytes depend on
/// nothing else. Nothing is replaced by something merely similar: chunks that lie together compress together, no more.
struct SimilarPlacement {
  /// Chunks by their place, frame by frame; elements may be mixed.
  let frames: [[Int]]
  private let sketches: [SimilaritySketch]
  private let threshold: Double

  init(_ chunks: [ColumnChunk], frameBytes: Int, options: SimilarityOptions) {
    var index = SimilarityIndex(options: options)
    var sketches: [SimilaritySketch] = []
    let described = chunks.enumerated().map { place, chunk in
      let sketch = SimilaritySketch(chunk, options: options)
      // Of another element it cannot share a frame; of another size it cannot be a difference, but may still compress together.
      let found = index.closest(to: sketch).flatMap { chunks[$0.id].shape.element == chunk.shape.element ? $0 : nil }
      index.insert(sketch, id: place)
      sketches.append(sketch)
      return SimilarityGrouping.Chunk(
        byteCount: chunk.payload.count, column: chunk.column, closest: found?.id, similarity: found?.similarity ?? 0)
    }
    self.sketches = sketches
    threshold = options.threshold
    frames = SimilarityGrouping(described, frameBytes: frameBytes).frames
  }

  /// The one of `candidates` that `chunk` resembles most, if it resembles one; of equals the last.
  ///
  /// The closest of all may have come into another frame, where it is of no use.
  func closest(to chunk: Int, among candidates: [Int]) -> Int? {
    var best: (similarity: Double, chunk: Int)?
    for candidate in candidates {
      let similarity = sketches[chunk].similarity(to: sketches[candidate])
      if similarity >= threshold, similarity >= best?.similarity ?? 0 { best = (similarity, candidate) }
    }
    return best?.chunk
  }
}
