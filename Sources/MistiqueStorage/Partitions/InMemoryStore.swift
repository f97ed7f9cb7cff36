/// The buffer pool: partitions that are still open, uncompressed, waiting to fill (paper section 2).
///
/// A partition is sealed when it is full, or, when all together exceed the budget, the largest first; ties go to the oldest, so that the
/// same input gives the same partitions. Sealed partitions stay readable in memory until they are on disk.
final class InMemoryStore {
  struct Options: Sendable {
    var partitionBytes = 32 << 20
    var budgetBytes = 256 << 20
    var layout = FrameLayout()
  }

  /// Chunks that are kept together: those of one intermediate, or those of one kind of pipeline column.
  struct Placement: Hashable, Sendable {
    let group: String
    let codec: Codec
    let similarity: SimilarityOptions?
  }

  private(set) var openBytes = 0
  private(set) var sealedCount = 0
  private var open: [Placement: Partition] = [:]
  /// Every partition of this writer that has chunks in memory: the open ones and those on their way to the disk.
  private var inMemory: [Int: Partition] = [:]
  private var nextOrdinal: Int
  private let options: Options
  private let queue = SealQueue()
  private let directory: String

  init(directory: String, firstOrdinal: Int, options: Options) {
    self.directory = directory
    self.options = options
    nextOrdinal = firstOrdinal
  }

  /// Adds a chunk to the open partition of `placement`.
  ///
  /// - Parameter copying: whether the chunk's memory must not be kept.
  func place(_ chunk: ColumnChunk, _ placement: Placement, copying: Bool) throws -> ChunkLocation {
    let partition = open[placement] ?? openPartition(placement)
    let index = partition.append(chunk, copying: copying)
    openBytes += chunk.payload.count
    if partition.rawBytes >= options.partitionBytes { try seal(placement, partition) }
    while openBytes > options.budgetBytes, let (placement, largest) = largestOpen { try seal(placement, largest) }
    return ChunkLocation(partition: Int32(partition.ordinal), index: Int32(index))
  }

  /// The chunk's bytes if they are still in memory.
  func chunkInMemory(_ location: ChunkLocation) -> ColumnChunk? {
    inMemory[Int(location.partition)]?.chunks[Int(location.index)]
  }

  /// The chunks of a partition that this writer has written or is filling.
  func directory(ofPartition ordinal: Int) -> [(ChunkFingerprint, Int32)] {
    let fingerprints = inMemory[ordinal]?.chunks.map(\.fingerprint) ?? queue.sealed(ordinal)?.footer.chunks.map(\.fingerprint) ?? []
    return fingerprints.enumerated().map { ($1, Int32($0)) }
  }

  func sealed(_ ordinal: Int) -> SealedPartition? { queue.sealed(ordinal) }

  /// Seals everything that is open and waits until all of it is on disk.
  func flush() throws {
    for (placement, partition) in open.sorted(by: { $0.value.ordinal < $1.value.ordinal }) { try seal(placement, partition) }
    try queue.drain()
    inMemory.removeAll()
  }

  private var largestOpen: (Placement, Partition)? {
    open.max { ($0.value.rawBytes, $1.value.ordinal) < ($1.value.rawBytes, $0.value.ordinal) }.map { ($0.key, $0.value) }
  }

  private func openPartition(_ placement: Placement) -> Partition {
    let partition = Partition(ordinal: nextOrdinal, codec: placement.codec, similarity: placement.similarity)
    nextOrdinal += 1
    open[placement] = partition
    inMemory[partition.ordinal] = partition
    return partition
  }

  private func seal(_ placement: Placement, _ partition: Partition) throws {
    open[placement] = nil
    openBytes -= partition.rawBytes
    sealedCount += 1
    try queue.enqueue(partition, layout: options.layout, directory: directory)
    inMemory = inMemory.filter { queue.sealed($0.key) == nil }
  }
}
