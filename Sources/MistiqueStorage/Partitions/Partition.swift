/// A set of ColumnChunks that is compressed and written as one file (paper section 2). Open, it collects chunks in memory;
/// sealed, it is a file.
///
/// Confined to the writer that fills it; once sealed, nothing is added.
package final class Partition {
  /// The number the writer knows it by until it has a name; partitions are sealed in this order.
  let ordinal: Int
  let codec: Codec
  /// How similar chunks are found and placed side by side; `nil`: they are not.
  let similarity: SimilarityOptions?
  /// Raw bytes up to which its chunks share a frame; `nil`: as elsewhere in the store.
  let sharedFrameBytes: Int?
  private(set) var chunks: [ColumnChunk] = []
  private(set) var rawBytes = 0

  init(ordinal: Int, _ placement: InMemoryStore.Placement) {
    self.ordinal = ordinal
    codec = placement.codec
    similarity = placement.similarity
    sharedFrameBytes = placement.sharedFrameBytes
  }

  /// Where the next copied chunk's bytes go.
  private var slab: BufferSlice?
  /// A slab is as large as what is there already, within these bounds: a hundred Partitions with little in them do not take a hundred times
  /// the largest, which nobody counts.
  private static let slabBytes = 64 << 10...4 << 20

  /// Adds a chunk, or a copy of it, and returns its place in the directory.
  func append(_ chunk: ColumnChunk, copying: Bool) -> Int {
    chunks.append(copying ? copy(chunk) : chunk)
    rawBytes += chunk.payload.count
    return chunks.count - 1
  }

  private func copy(_ chunk: ColumnChunk) -> ColumnChunk {
    let size = chunk.payload.count
    let slabBytes = min(max(rawBytes, Self.slabBytes.lowerBound), Self.slabBytes.upperBound)
    let room = slab.flatMap { $0.count >= size ? $0 : nil } ?? BufferSlice(ByteBuffer(count: max(size, slabBytes)))
    // Chunks begin at multiples of 64 bytes, as buffers do.
    slab = room.part(min(room.count, (size + 63) / 64 * 64)..<room.count)
    return chunk.moved(to: room.part(0..<size))
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
