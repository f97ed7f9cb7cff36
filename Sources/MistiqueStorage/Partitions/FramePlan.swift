/// How the chunks of a partition are cut into frames, the units that are compressed and read.
///
/// A chunk of at least two frames' size whose rows have equal size is cut by rows, so that one image's map costs one frame. Smaller
/// chunks share a frame until it is full: neighbours of one element compress together, and a lone column still costs little to decode.
struct FramePlan {
  struct Frame {
    /// (chunk, byte range in its payload), in order.
    var pieces: [(chunk: Int, bytes: Range<Int>)] = []
    var rawBytes = 0
    var content = FrameContent(.opaque)
  }

  private(set) var frames: [Frame] = []
  private(set) var entries: [ChunkEntry] = []

  init(_ chunks: [ColumnChunk], layout: FrameLayout) {
    var shared = Frame()
    for (index, chunk) in chunks.enumerated() {
      let bytes = chunk.payload.count
      if let bytesPerRow = chunk.shape.bytesPerRow, bytesPerRow > 0, bytes >= 2 * layout.slicedFrameBytes {
        flush(&shared)
        cut(chunk, index, rowsPerFrame: max(1, layout.slicedFrameBytes / bytesPerRow), bytesPerRow: bytesPerRow)
        continue
      }
      let isFull = shared.rawBytes > 0 && shared.rawBytes + bytes > layout.sharedFrameBytes
      if isFull || shared.content.element != chunk.shape.element { flush(&shared) }
      if shared.pieces.isEmpty { shared.content = FrameContent(chunk.shape.element) }
      shared.content.append(chunk.shape, bytes: bytes)
      entries.append(Self.entry(chunk, firstFrame: frames.count, offset: shared.rawBytes, rowsPerFrame: 0))
      shared.pieces.append((index, 0..<bytes))
      shared.rawBytes += bytes
    }
    flush(&shared)
  }

  private mutating func flush(_ shared: inout Frame) {
    if !shared.pieces.isEmpty { frames.append(shared) }
    shared = Frame()
  }

  private mutating func cut(_ chunk: ColumnChunk, _ index: Int, rowsPerFrame: Int, bytesPerRow: Int) {
    entries.append(Self.entry(chunk, firstFrame: frames.count, offset: 0, rowsPerFrame: min(rowsPerFrame, chunk.shape.rows)))
    for row in stride(from: 0, to: chunk.shape.rows, by: rowsPerFrame) {
      let rows = row..<min(row + rowsPerFrame, chunk.shape.rows)
      let bytes = rows.lowerBound * bytesPerRow..<rows.upperBound * bytesPerRow
      frames.append(Frame(pieces: [(index, bytes)], rawBytes: bytes.count, content: FrameContent(chunk.shape.element)))
    }
  }

  private static func entry(_ chunk: ColumnChunk, firstFrame: Int, offset: Int, rowsPerFrame: Int) -> ChunkEntry {
    ChunkEntry(
      shape: chunk.shape, payloadBytes: chunk.payload.count, fingerprint: chunk.fingerprint,
      firstFrame: firstFrame, offsetInFrame: offset, rowsPerFrame: rowsPerFrame)
  }
}

/// The sizes of frames. Larger frames compress a little better, smaller ones make a point query read less.
package struct FrameLayout: Sendable {
  /// Raw bytes of a frame cut from one chunk.
  package var slicedFrameBytes = 64 << 10
  /// Raw bytes up to which small chunks share a frame.
  package var sharedFrameBytes = 64 << 10

  package init() {}
}
