import Foundation

/// Writes intermediates and records to a store. One at a time in all processes.
///
/// Nothing that was written can be seen until `commit`, and everything before the last commit survives whatever happens to this one:
/// partitions are written beside those that are there, under names nobody refers to yet.
package final class StoreWriter {
  package let store: DataStore
  package private(set) var counters = Counters()
  private let lock: WriterLock
  private var index: ChunkIndex
  private(set) var memory: InMemoryStore
  /// Partitions of earlier commits, by the number the index knows them by.
  private(set) var known: [PartitionID]
  /// Whether partitions of the last commit were sealed before they were full, for want of room.
  private(set) var lastCommitEvicted = false
  /// Where partitions are not kept: what lay in them, by number.
  private var counted: [Int: [(ChunkFingerprint, Int32)]] = [:]
  /// Columns that others may be stored as the difference from.
  var decimals: DecimalColumns
  private var comparison: (location: ChunkLocation, frame: Int, payload: ByteBuffer)?
  /// Frames of earlier commits of this writer, by their manifests, where partitions are not kept and cannot tell.
  var countedStoredFrames: [ChunkReference: StoredFrame] = [:]
  /// The number of each partition of earlier commits, as far as they were counted.
  private var ordinals: (numbers: [PartitionID: Int32], count: Int) = ([:], 0)

  /// Frames that are gone: what lies in them is not there to be referred to.
  private let freed: Committed

  /// The partitions that the catalogue knows, with the frames of each that nothing refers to any more.
  package typealias Committed = [PartitionID: FreedFrames]

  /// Takes the right to write and removes what a stopped writer left: every file that is not committed.
  ///
  /// Nothing is removed before every committed partition was opened: a list of them that is wrong must not cost a file.
  /// - Parameters:
  ///   - patience: how long to wait for another writer.
  ///   - committed: what is; asked for when the right to write is there, because another writer may commit until then.
  /// - Throws: `StoreError`: `locked`, and whatever a committed partition that is missing or damaged gives.
  package init(store: DataStore, patience: WriterPatience = .none, committed load: () throws -> Committed) throws {
    self.store = store
    lock = try WriterLock(directory: store.directory, patience: patience)
    freed = try load()
    let committed = Set(freed.keys)
    known = committed.sorted { $0.description < $1.description }
    index = ChunkIndex(largestBytes: store.options.indexBytes)
    for (ordinal, id) in known.enumerated() {
      for (fingerprint, place) in try Self.directory(of: id, in: store, freed: freed[id]) {
        index.insert(fingerprint, at: ChunkLocation(partition: Int32(ordinal), index: place))
      }
    }
    try Self.removeLeftovers(store, committed: committed)
    memory = Self.inMemoryStore(of: store, firstOrdinal: known.count)
    decimals = DecimalColumns(largestBytes: store.options.decimalBytes)
  }

  private static func inMemoryStore(of store: DataStore, firstOrdinal: Int) -> InMemoryStore {
    InMemoryStore(
      store.options.keepsPartitions ? .directory(store.partitionsDirectory) : .counted(store.options.countedFrames),
      firstOrdinal: firstOrdinal,
      limits: store.options.inMemory)
  }

  /// The chunks of a partition that are still there.
  private static func directory(of id: PartitionID, in store: DataStore, freed: FreedFrames?) throws -> [(ChunkFingerprint, Int32)] {
    let footer = try store.file(id).footer
    return footer.chunks.enumerated().compactMap { place, chunk in
      // What has lost its residual is not the values any more.
      let frames = chunk.firstFrame..<chunk.firstFrame + chunk.frameCount
      if let freed, frames.contains(where: { freed.contains($0) || freed.contains(footer.residual(ofFrame: $0)) }) { return nil }
      return (chunk.fingerprint, Int32(place))
    }
  }

  /// Stores `chunk`, or finds it stored. Chunks of one `group` go to the same Partition.
  func store(_ chunk: ColumnChunk, group: String, options: Options) throws -> StoredChunk {
    if let known = try find(chunk, group: group, options: options) { return StoredChunk(location: known, isNew: false) }
    return StoredChunk(location: try place(chunk, group: group, options: options, copying: false), isNew: true)
  }

  /// Stores the chunks of one RowBlock, or finds them stored.
  ///
  /// - Parameter ownsMemory: whether the memory that the chunks lie in may be kept for ever. It is when all of them are new; else what is new is
  ///   copied out of it, lest one new chunk keep all of it.
  func store(
    rowBlock chunks: [ColumnChunk], ownsMemory: Bool, group: String, options: Options
  ) throws -> (chunks: [StoredChunk], keepsMemory: Bool) {
    var met: Set<ChunkFingerprint> = []
    // Chunks that are equal to one before them in the block are looked up when that one is there.
    let isRepeated = chunks.map { options.deduplicates && !met.insert($0.fingerprint).inserted }
    let known = try zip(chunks, isRepeated).map { chunk, isRepeated in
      isRepeated ? nil : try find(chunk, group: group, options: options)
    }
    let keepsMemory = ownsMemory && known.allSatisfy { $0 == nil } && !isRepeated.contains(true)
    let stored = try chunks.indices.map { place in
      let found = isRepeated[place] ? try find(chunks[place], group: group, options: options) : known[place]
      if let found { return StoredChunk(location: found, isNew: false) }
      return StoredChunk(location: try self.place(chunks[place], group: group, options: options, copying: !keepsMemory), isNew: true)
    }
    return (stored, keepsMemory)
  }

  /// Counts a chunk and looks for one that is equal to it.
  private func find(_ chunk: ColumnChunk, group: String, options: Options) throws -> ChunkLocation? {
    guard chunk.payload.count <= PartitionFormat.largestFrameBytes, chunk.shape.rows <= Int(Int32.max) else {
      throw StoreError(
        .invalid, "\(chunk.payload.count) bytes, \(chunk.shape.rows) rows, are more than could be read back", at: group,
        remedy: "Store less in one RowBlock or blob: at most 2 GiB per blob, 4 GiB per part of a column.")
    }
    counters.chunks += 1
    counters.rawBytes += chunk.payload.count
    guard options.deduplicates, let location = try index.lookUp(chunk.fingerprint, directory: { try directory(ofPartition: $0) }) else {
      return nil
    }
    do {
      if try holds(location, chunk) {
        counters.duplicateChunks += 1
        counters.duplicateBytes += chunk.payload.count
        return location
      }
      counters.collisions += 1
    } catch let error as StoreError where error.code == .corrupt || error.code == .inputOutput {
      // Nothing may refer to what cannot be read. The chunk is stored again, and found there from now on.
      counters.damagedChunks += 1
      index.forget(chunk.fingerprint)
    }
    return nil
  }

  private func place(_ chunk: ColumnChunk, group: String, options: Options, copying: Bool) throws -> ChunkLocation {
    let placement = InMemoryStore.Placement(
      group: group, codec: options.codec, similarity: options.similarity, sharedFrameBytes: options.sharedFrameBytes)
    let location = try memory.place(chunk, placement, copying: copying)
    index.insert(chunk.fingerprint, at: location)
    return location
  }

  /// Counts chunks that another intermediate has stored and that need not be looked up.
  func countReferred(chunks: Int, bytes: Int, isPassed: Bool) {
    counters.chunks += chunks
    counters.rawBytes += bytes
    counters.duplicateChunks += chunks
    counters.duplicateBytes += bytes
    if isPassed { counters.passedChunks += chunks }
  }

  /// Counts chunks that are counted again without their values.
  func countAgain(chunks: Int, bytes: Int, isDuplicate: Bool) {
    if isDuplicate { return countReferred(chunks: chunks, bytes: bytes, isPassed: false) }
    counters.chunks += chunks
    counters.rawBytes += bytes
  }

  /// Keeps the open Partition of `group` in the InMemoryStore as long as another can be evicted in its place.
  package func pin(group: String) { memory.pin(group) }

  package func unpin(group: String) { memory.unpin(group) }

  /// What the InMemoryStore did since the last commit.
  package var poolStatistics: InMemoryStore.Statistics { memory.statistics }

  private func directory(ofPartition ordinal: Int32) throws -> [(ChunkFingerprint, Int32)] {
    guard Int(ordinal) < known.count else { return memory.directory(ofPartition: Int(ordinal)) }
    if let directory = counted[Int(ordinal)] { return directory }
    return try Self.directory(of: known[Int(ordinal)], in: store, freed: freed[known[Int(ordinal)]])
  }

  /// Stores bytes that this floor does not look into, once however often they come.
  package func storeBlob(_ bytes: some Collection<UInt8>) throws -> ChunkLocation {
    try storeRecord(.blob, bytes, group: "blobs")
  }

  func storeRecord(_ kind: ColumnChunkShape.Kind, _ bytes: some Collection<UInt8>, group: String) throws -> ChunkLocation {
    let payload = BufferSlice(copying: bytes)
    let chunk = ColumnChunk(shape: .record(kind, count: payload.count), payload: payload)
    // Records are not intermediates: they do not count as chunks.
    return try uncounted { try store(chunk, group: group, options: Options(deduplicates: true, codec: .zstd(level: 3))).location }
  }

  /// Puts everything stored so far on disk; afterwards `reference(to:)` can name every location.
  package func flush() throws { try memory.flush() }

  /// Where a chunk of an earlier commit is, by this writer's numbers.
  func location(of reference: ChunkReference) throws -> ChunkLocation {
    while ordinals.count < known.count {
      ordinals.numbers[known[ordinals.count]] = Int32(ordinals.count)
      ordinals.count += 1
    }
    guard let ordinal = ordinals.numbers[reference.partition] else {
      throw StoreError(
        .catalogue, "partition \(reference.partition) is referred to, which the catalogue does not list", at: store.directory,
        remedy: "Something other than Mistique changed the catalogue. Rebuild it: IntermediateStore.repair(at:), or `mistique repair`.")
    }
    return ChunkLocation(partition: ordinal, index: Int32(reference.index))
  }

  package func reference(to location: ChunkLocation) throws -> ChunkReference {
    let ordinal = Int(location.partition)
    if ordinal < known.count { return ChunkReference(partition: known[ordinal], index: Int(location.index)) }
    guard let sealed = memory.sealed(ordinal) else { preconditionFailure("a reference was asked for before flush") }
    return ChunkReference(partition: sealed.id, index: Int(location.index))
  }

  /// Partitions written since the last call, oldest first; from then on they count as known.
  func adoptSealedPartitions() -> [SealedPartition] {
    var sealed: [SealedPartition] = []
    while let next = memory.sealed(known.count) {
      if !store.options.keepsPartitions { counted[known.count] = next.footer.chunks.enumerated().map { ($1.fingerprint, Int32($0)) } }
      known.append(next.id)
      sealed.append(next)
    }
    precondition(memory.lastTaken.map { $0 < known.count } ?? true, "a partition that was counted again has a number beyond a gap")
    lastCommitEvicted = memory.statistics.evicted > 0
    memory = Self.inMemoryStore(of: store, firstOrdinal: known.count)
    return sealed
  }

  /// Takes a commit back that the catalogue does not have: `abandon` removes its files, and must follow.
  package func retract(_ commit: StoreCommit) {
    let written = Set(commit.partitions.map(\.id))
    known.removeAll { written.contains($0) }
    // Files of the same names may be written again.
    store.dropCaches()
  }

  /// Removes what was written since the last commit, after an error. The writer cannot be used afterwards.
  ///
  /// - Parameter removes: false where nobody knows whether the folder is still the one that was written to.
  package func abandon(removes: Bool = true) {
    try? memory.flush()  // waits for files under way; its error is the one that brought us here
    guard removes else { return }
    try? Self.removeLeftovers(store, committed: Set(known))  // what cannot be removed now, the next writer removes
  }

  /// Removes partitions that the catalogue no longer has, and gives the blocks of freed frames back to the file system.
  ///
  /// Call it when the catalogue has been changed: a kill in between leaves files that the next writer removes, and frames that are freed again.
  /// - Returns: the bytes that each partition with freed frames takes now.
  package func reclaim(removed: Set<PartitionID>, freed: Committed) throws -> [PartitionID: Int] {
    store.dropCaches()
    for id in removed {
      let path = PartitionPath.file(id, in: store.partitionsDirectory)
      guard unlink(path) == 0 || errno == ENOENT else { throw DurableFile.failure("cannot be removed", path: path) }
    }
    var bytes: [PartitionID: Int] = [:]
    for (id, frames) in freed where !frames.isEmpty {
      bytes[id] = try PartitionFile.punch(frames, path: PartitionPath.file(id, in: store.partitionsDirectory))
    }
    return bytes
  }

  func resetCounters() { counters = Counters() }

  /// Stores what is the store's own, and nobody's chunks.
  func uncounted<Stored>(_ body: () throws -> Stored) rethrows -> Stored {
    let before = counters
    defer { counters = before }
    return try body()
  }

  /// Whether the chunk at `location` has the same shape and bytes.
  private func holds(_ location: ChunkLocation, _ chunk: ColumnChunk) throws -> Bool {
    if let stored = memory.chunkInMemory(location) {
      return stored.shape == chunk.shape && stored.payload.isEqual(to: chunk.payload)
    }
    guard store.options.keepsPartitions else { return true }
    let reference = try reference(to: location)
    let (file, entry) = try store.entry(reference)
    guard entry.shape == chunk.shape, entry.payloadBytes == chunk.payload.count else { return false }
    if entry.rowsPerFrame > 0 {
      return try file.payload(of: entry, counters: ReadCounters()).isEqual(to: chunk.payload)
    }
    // Chunks that share a frame are usually asked for one after the other: decode it once.
    if comparison?.location.partition != location.partition || comparison?.frame != entry.firstFrame {
      let frame = ByteBuffer(count: file.rawBytes(ofFrame: entry.firstFrame))
      try frame.withMutableBytes { try file.readFrame(entry.firstFrame, into: $0, counters: ReadCounters()) }
      comparison = (location, entry.firstFrame, frame)
    }
    return BufferSlice(comparison!.payload, offset: entry.offsetInFrame, count: entry.payloadBytes).isEqual(to: chunk.payload)
  }

  private static func removeLeftovers(_ store: DataStore, committed: Set<PartitionID>) throws {
    for (id, path) in try store.partitionFiles() where !committed.contains(id) { try FileManager.default.removeItem(atPath: path) }
    for folder in try store.partitionFolders() {
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(DurableFile.temporarySuffix) {
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
    }
  }
}
