/// How the chunks of a partition are cut into frames, the units that are compressed and read.
///
/// A chunk of at least two frames' size whose rows have equal size is cut by rows, so that one image's map costs one frame. Smaller
/// chunks share a frame until it is full: neighbours of one element compress together, and a lone column still costs little to decode. With
/// similarity placement those that are similar are neighbours, wherever they came from; the directory stays in order of arrival.
struct FramePlan {
  struct Frame {
    /// (chunk, byte range in its payload), in order.
    var pieces: [(chunk: Int, bytes: Range<Int>)] = []
    var rawBytes = 0
    var content = FrameContent(.opaque)
  }

  private(set) var frames: [Frame] = []
  private(set) var entries: [ChunkEntry]

  init(_ chunks: [ColumnChunk], layout: FrameLayout, similarity: SimilarityOptions? = nil) {
    entries = []
    entries.reserveCapacity(chunks.count)
    var sharing: [Int] = []
    for (index, chunk) in chunks.enumerated() {
      // A place for every chunk; those that share frames get theirs below.
      entries.append(Self.entry(chunk, firstFrame: 0, offset: 0, rowsPerFrame: 0))
      let frameBytes = layout.slicedFrameBytes * layout.factor(of: chunk)
      if let bytesPerRow = chunk.shape.bytesPerRow, bytesPerRow > 0, chunk.payload.count >= 2 * frameBytes {
        share(sharing, chunks, layout, similarity)
        sharing = []
        cut(chunk, index, rowsPerFrame: max(1, frameBytes / bytesPerRow), bytesPerRow: bytesPerRow)
      } else {
        sharing.append(index)
      }
    }
    share(sharing, chunks, layout, similarity)
  }

  private mutating func share(_ places: [Int], _ chunks: [ColumnChunk], _ layout: FrameLayout, _ similarity: SimilarityOptions?) {
    guard let similarity, places.count > 1 else { return fill(places, chunks, layout) { _, _ in nil } }
    let placement = SimilarPlacement(places.map { chunks[$0] }, frameBytes: layout.sharedFrameBytes, options: similarity)
    for group in placement.frames {
      fill(group.map { places[$0] }, chunks, layout) { member, earlier in
        placement.closest(to: group[member], among: earlier.map { group[$0] }).flatMap { group.firstIndex(of: $0) }
      }
    }
  }

  /// Puts chunks into frames, one after the other.
  ///
  /// - Parameter closest: for a member of `places`, which of earlier ones in its frame it resembles most.
  private mutating func fill(
    _ places: [Int], _ chunks: [ColumnChunk], _ layout: FrameLayout, closest: (_ member: Int, _ earlier: [Int]) -> Int?
  ) {
    var frame = Frame()
    var earlier: [(member: Int, offset: Int)] = []
    for (member, index) in places.enumerated() {
      let (chunk, bytes) = (chunks[index], chunks[index].payload.count)
      let isFull = frame.rawBytes > 0 && frame.rawBytes + bytes > layout.sharedFrameBytes * layout.factor(of: chunk)
      if isFull || frame.content.element != chunk.shape.element || frame.content.grid != chunk.grid {
        flush(&frame)
        earlier = []
      }
      if frame.pieces.isEmpty { frame.content = FrameContent(chunk) }
      let equallyLong = earlier.filter { chunks[places[$0.member]].payload.count == bytes }
      if let found = closest(member, equallyLong.map(\.member)), let reference = equallyLong.first(where: { $0.member == found }),
        Self.agrees(chunk.payload, chunks[places[found]].payload, chunk.shape.element)
      {
        frame.content.differences.append(.init(offset: frame.rawBytes, bytes: bytes, reference: reference.offset))
      }
      earlier.append((member, frame.rawBytes))
      frame.content.append(chunk.shape, bytes: bytes)
      entries[index] = Self.entry(chunk, firstFrame: frames.count, offset: frame.rawBytes, rowsPerFrame: 0)
      frame.pieces.append((index, 0..<bytes))
      frame.rawBytes += bytes
    }
    flush(&frame)
  }

  /// Whether so many values are equal, in the same places, that a difference may be smaller than the chunk: chunks of the same values in other rows
  /// are similar too, and trying their differences would take as long as encoding them.
  private static func agrees(_ a: BufferSlice, _ b: BufferSlice, _ element: FrameElement) -> Bool {
    switch element {
    case .float32, .float32Column, .words(bytes: 4): share(a, b, of: UInt32.self) >= leastAgreement
    case .words(bytes: 8): share(a, b, of: UInt64.self) >= leastAgreement
    default: true
    }
  }

  private static let leastAgreement = 0.125

  private static func share<Word: FixedWidthInteger>(_ a: BufferSlice, _ b: BufferSlice, of _: Word.Type) -> Double {
    a.withBytes { a in
      b.withBytes { b in
        let size = MemoryLayout<Word>.size
        let words = a.count / size
        guard words > 0 else { return 1 }
        var equal = 0
        for place in stride(from: 0, to: words * size, by: size)
        where a.loadUnaligned(fromByteOffset: place, as: Word.self) == b.loadUnaligned(fromByteOffset: place, as: Word.self) {
          equal += 1
        }
        return Double(equal) / Double(words)
      }
    }
  }

  private mutating func flush(_ frame: inout Frame) {
    if !frame.pieces.isEmpty { frames.append(frame) }
    frame = Frame()
  }

  private mutating func cut(_ chunk: ColumnChunk, _ index: Int, rowsPerFrame: Int, bytesPerRow: Int) {
    entries[index] = Self.entry(chunk, firstFrame: frames.count, offset: 0, rowsPerFrame: min(rowsPerFrame, chunk.shape.rows))
    for row in stride(from: 0, to: chunk.shape.rows, by: rowsPerFrame) {
      let rows = row..<min(row + rowsPerFrame, chunk.shape.rows)
      let bytes = rows.lowerBound * bytesPerRow..<rows.upperBound * bytesPerRow
      frames.append(Frame(pieces: [(index, bytes)], rawBytes: bytes.count, content: FrameContent(chunk)))
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
  /// How much larger frames in rungs are. Their base is a fraction of it, and should be worth a Huffman table and a sample.
  package var rungsFactor = 4
  /// The least of that for columns of a table, however many it has.
  package var widestTableFrameBytes = 16 << 10
  /// Raw bytes that a row of a table is spread over, until frames are as small as they get.
  private static let rowBytes = 8 << 20

  package init() {}

  func factor(of chunk: ColumnChunk) -> Int { chunk.grid == nil ? 1 : rungsFactor }

  /// Raw bytes up to which chunks of a table of `columns` columns share a frame, at most `sharedFrameBytes`.
  ///
  /// Reading all columns of a row decodes a frame for each. Smaller frames compress worse where columns are similar: up to 128 columns they are as
  /// large as elsewhere.
  package func sharedFrameBytes(ofTable columns: Int) -> Int {
    let (least, most) = (min(widestTableFrameBytes, sharedFrameBytes), sharedFrameBytes)
    var bytes = most
    while bytes / 2 >= least, bytes * columns > Self.rowBytes { bytes /= 2 }
    return bytes
  }

  /// The layout with frames of that size for small chunks; as it is where none is given.
  func sharing(frameBytes: Int?) -> FrameLayout {
    var layout = self
    layout.sharedFrameBytes = frameBytes ?? sharedFrameBytes
    return layout
  }
}
