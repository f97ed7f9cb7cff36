/// A set of ColumnChunks that is compressed and written as one file (paper section 2). Open, it collects chunks in memory;
/// sealed, it is a file.
///
/// Confined to the writer that fills it; once sealed, nothing is added.
package final class Partition {
  /// The number the writer knows it by until it has a name; partitions are sealed in this order.
  let ordinal: Int
  let codec: Codec
  private(set) var chunks: [ColumnChunk] = []
  private(set) var rawBytes = 0

  init(ordinal: Int, codec: Codec) {
    self.ordinal = ordinal
    self.codec = codec
  }

  /// Where the next chunk's bytes go. Chunks are copied: a RowBlock of which one chunk is new would stay in memory for that one.
  private var slab: BufferSlice?
  private static let slabBytes = 4 << 20

  /// Adds a copy of a chunk and returns its place in the directory.
  func append(_ chunk: ColumnChunk) -> Int {
    let size = chunk.payload.count
    let room = slab.flatMap { $0.count >= size ? $0 : nil } ?? BufferSlice(ByteBuffer(count: max(size, Self.slabBytes)))
    chunks.append(chunk.moved(to: room.part(0..<size)))
    // Chunks begin at multiples of 64 bytes, as buffers do.
    slab = room.part(min(room.count, (size + 63) / 64 * 64)..<room.count)
    rawBytes += size
    return chunks.count - 1
  }
}

/// A partition that is durably on disk.
package struct SealedPartition: Sendable {
  package let id: PartitionID
  package let fileBytes: Int
  package let rawBytes: Int
  package let footer: PartitionFooter
  /// Footer and trailer: what finding things costs.
  package let directoryBytes: Int
}
