import MistiqueStorage
import TestSupport
import Testing

@Suite struct SimilarityGroupingTests {
  typealias Chunk = SimilarityGrouping.Chunk

  @Test("Similar chunks share a frame, the others keep their order")
  func similarChunksShareAFrame() {
    // 0 and 3, 1 and 4 are similar; 2, 5 and 6 are alone.
    let closest: [Int: (Int, Double)] = [3: (0, 0.5), 4: (1, 0.9)]
    let chunks = (0..<7).map { Chunk(byteCount: 10, column: $0, closest: closest[$0]?.0, similarity: closest[$0]?.1 ?? 0) }
    #expect(SimilarityGrouping(chunks, frameBytes: 20).frames == [[0, 3], [1, 4], [2, 5], [6]])
  }

  @Test("Where a cluster does not fit a frame, the most similar stay together")
  func mostSimilarStayTogether() {
    let chunks = [
      Chunk(byteCount: 8, column: 0), Chunk(byteCount: 8, column: 1, closest: 0, similarity: 0.2),
      Chunk(byteCount: 8, column: 2, closest: 0, similarity: 0.9), Chunk(byteCount: 8, column: 3, closest: 1, similarity: 0.8),
    ]
    #expect(SimilarityGrouping(chunks, frameBytes: 16).frames == [[0, 2], [1, 3]])
  }

  @Test("Consecutive blocks of a column stay together in runs of as many as asked for")
  func blocksStayTogether() {
    // Two columns of four blocks, each block similar to that of the other column.
    let chunks = (0..<8).map { Chunk(byteCount: 8, column: $0 / 4, closest: $0 < 4 ? nil : $0 - 4, similarity: 0.5) }
    #expect(SimilarityGrouping(chunks, frameBytes: 32, chunksPerRun: 1).frames == [[0, 4], [1, 5], [2, 6], [3, 7]])
    #expect(SimilarityGrouping(chunks, frameBytes: 32, chunksPerRun: 2).frames == [[0, 1, 4, 5], [2, 3, 6, 7]])
    // A run takes at most half a frame.
    #expect(SimilarityGrouping(chunks, frameBytes: 16, chunksPerRun: 2).frames == [[0, 4], [1, 5], [2, 6], [3, 7]])
  }

  @Test("A chunk larger than a frame has one to itself, and no chunks make no frames")
  func largeChunks() {
    let chunks = [5, 50, 5].map { Chunk(byteCount: $0, column: 0) }
    #expect(SimilarityGrouping(chunks, frameBytes: 20).frames == [[0], [1], [2]])
    #expect(SimilarityGrouping([], frameBytes: 20).frames.isEmpty)
  }

  @Test("Every chunk is in one frame, in order, and frames are no larger than they may be", arguments: 0..<50 as Range<UInt64>)
  func everyChunkIsInOneFrame(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let chunks = (0..<Int(random.next() % 200)).map { place -> Chunk in
      let closest = place == 0 || random.next() % 3 == 0 ? nil : Int(random.next() % UInt64(place))
      return Chunk(byteCount: Int(random.next() % 30), column: place / 5, closest: closest, similarity: Double(random.next() % 8) / 8)
    }
    let grouping = SimilarityGrouping(chunks, frameBytes: 64, chunksPerRun: 1 + Int(seed % 4))
    #expect(grouping.frames.joined().sorted() == Array(chunks.indices), "seed \(seed)")
    for frame in grouping.frames {
      #expect(frame == frame.sorted() && !frame.isEmpty, "seed \(seed)")
      #expect(frame.reduce(0) { $0 + chunks[$1].byteCount } <= 64, "seed \(seed)")
    }
    #expect(SimilarityGrouping(chunks, frameBytes: 64, chunksPerRun: 1 + Int(seed % 4)).frames == grouping.frames, "seed \(seed)")
  }
}
