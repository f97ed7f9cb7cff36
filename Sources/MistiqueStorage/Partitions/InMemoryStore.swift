/// The buffer pool: partitions that are still open, uncompressed, waiting to fill (paper section 2).
///
/// A partition is sealed when it is full, or, when all together exceed the budget, the largest first, pinned ones last; ties go to the oldest, so
/// that the same input gives the same partitions. Sealed partitions stay readable in memory until they are on disk.
package final class InMemoryStore {
  /// Chunks that are kept together: those of one intermediate, or those of one kind of pipeline column.
  struct Placement: Hashable, Sendable {
    let group: String
    let codec: Codec
    let similarity: SimilarityOptions?
    /// Raw bytes up to which they share a frame; `nil`: as elsewhere in the store.
    var sharedFrameBytes: Int?
  }

  /// How much it holds, and how frames are cut.
  struct Limits: Sendable {
    /// Raw bytes at which a Partition is full.
    let partitionBytes: Int
    /// Raw bytes that all open Partitions may hold together.
    let budgetBytes: Int
    let layout: FrameLayout
  }

  /// What the pool did.
  package struct Statistics: Sendable, Equatable {
    /// The most bytes that were open at once; never more than the budget and one chunk.
    package var peakOpenBytes = 0
    /// Partitions sealed because they were full, because the budget was exceeded, and at a flush.
    package var sealedFull = 0
    package var evicted = 0
    package var flushed = 0
  }

  private(set) var statistics = Statistics()
  private var openBytes = 0
  private var pinned: Set<String> = []
  private var open: [Placement: Partition] = [:]
  /// Every partition of this writer that has chunks in memory: the open ones and those on their way to the disk.
  private var inMemory: [Int: Partition] = [:]
  private var nextOrdinal: Int
  /// Numbers of partitions that were counted again, which no other gets.
  private var taken: Set<Int> = []
  private let limits: Limits
  private let queue = SealQueue()
  private let destination: PartitionDestination

  init(_ destination: PartitionDestination, firstOrdinal: Int, limits: Limits) {
    self.destination = destination
    self.limits = limits
    nextOrdinal = firstOrdinal
  }

  /// Adds a chunk to the open partition of `placement`.
  ///
  /// - Parameter copying: whether the chunk's memory must not be kept.
  func place(_ chunk: ColumnChunk, _ placement: Placement, copying: Bool) throws -> ChunkLocation {
    let partition = open[placement] ?? openPartition(placement)
    let index = partition.append(chunk, copying: copying)
    openBytes += chunk.payload.count
    statistics.peakOpenBytes = max(statistics.peakOpenBytes, openBytes)
    if partition.rawBytes >= limits.partitionBytes {
      statistics.sealedFull += 1
      try seal(placement, partition)
    }
    while openBytes > limits.budgetBytes, let (placement, partition) = victim {
      statistics.evicted += 1
      try seal(placement, partition)
    }
    return ChunkLocation(partition: Int32(partition.ordinal), index: Int32(index))
  }

  /// Keeps the open partition of `group` in the pool as long as another can be evicted in its place.
  func pin(_ group: String) { pinned.insert(group) }

  func unpin(_ group: String) { pinned.remove(group) }

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

  /// Takes partitions that are sealed already, under the numbers that they have in the order of opening.
  func take(_ partitions: [Int: SealedPartition]) {
    taken.formUnion(partitions.keys)
    for (ordinal, partition) in partitions { queue.take(partition, ordinal: ordinal) }
  }

  /// The largest of their numbers.
  var lastTaken: Int? { taken.max() }

  /// Seals everything that is open and waits until all of it is on disk.
  func flush() throws {
    for (placement, partition) in open.sorted(by: { $0.value.ordinal < $1.value.ordinal }) {
      statistics.flushed += 1
      try seal(placement, partition)
    }
    try queue.drain()
    inMemory.removeAll()
  }

  /// Waits for what is on its way to the disk; what is open stays in memory, and is not written.
  ///
  /// - Returns: the partitions that are on disk. The errors of others were thrown before, or are those of what nobody waits for any more.
  func finishWriting() -> [PartitionID] {
    try? queue.drain()
    return queue.allSealed
  }

  /// The partition that goes when the budget is exceeded.
  private var victim: (Placement, Partition)? {
    func precedes(_ a: (key: Placement, value: Partition), _ b: (key: Placement, value: Partition)) -> Bool {
      let (aStays, bStays) = (pinned.contains(a.key.group), pinned.contains(b.key.group))
      if aStays != bStays { return aStays }
      return (a.value.rawBytes, b.value.ordinal) < (b.value.rawBytes, a.value.ordinal)
    }
    return open.max(by: precedes).map { ($0.key, $0.value) }
  }

  private func openPartition(_ placement: Placement) -> Partition {
    while taken.contains(nextOrdinal) { nextOrdinal += 1 }
    let partition = Partition(ordinal: nextOrdinal, placement)
    nextOrdinal += 1
    open[placement] = partition
    inMemory[partition.ordinal] = partition
    return partition
  }

  private func seal(_ placement: Placement, _ partition: Partition) throws {
    open[placement] = nil
    openBytes -= partition.rawBytes
    try queue.enqueue(partition, layout: limits.layout, destination: destination)
    inMemory = inMemory.filter { queue.sealed($0.key) == nil }
  }
}
