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
  /// The same, for who gives names to files.
  private let taken: TakenNames
  /// What a commit wrote that was taken back.
  private(set) var retracted: [PartitionID] = []
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
  /// Committed partitions that are damaged or missing, and how: nothing refers to what is in them, and their names are not given again.
  package let damaged: [PartitionID: StoreError]

  /// The partitions that the catalogue knows, with the frames of each that nothing refers to any more.
  package typealias Committed = [PartitionID: FreedFrames]

  /// Takes the right to write and removes what a stopped writer left: every file that is not committed. Beside damage such files stay: the list may have been made
  /// before somebody put them there, and they may be what is missing. They do no harm, because their names are not given again.
  ///
  /// Committed partitions that are damaged or missing are passed over, unless none is there: a folder whose disk is not mounted looks like that. Whatever else keeps
  /// one from being opened refuses the writer before a file is removed.
  /// - Parameters:
  ///   - patience: how long to wait for another writer.
  ///   - committed: what is; asked for when the right to write is there, because another writer may commit until then. Who gives it vouches that nothing
  ///     which is needed is missing from it, also where partitions are damaged: a list that is wrong must not cost a file.
  /// - Throws: `StoreError`: `locked`; `notFound` where no committed partition is there; `measuredOnly` where they were only counted, by a
  ///   writer that is gone; `inputOutput` and `unsupportedVersion` of one.
  package init(store: DataStore, patience: WriterPatience = .none, committed load: () throws -> Committed) throws {
    self.store = store
    lock = try WriterLock(directory: store.directory, patience: patience)
    freed = try load()
    known = freed.keys.sorted { $0.description < $1.description }
    taken = TakenNames(store.options.keepsPartitions ? known : [])
    index = ChunkIndex(largestBytes: store.options.indexBytes)
    var damaged: [PartitionID: StoreError] = [:]
    for (ordinal, id) in known.enumerated() {
      do {
        for (fingerprint, place) in try Self.directory(of: id, in: store, freed: freed[id]) {
          index.insert(fingerprint, at: ChunkLocation(partition: Int32(ordinal), index: place))
        }
      } catch let error as StoreError where error.isDamage {
        damaged[id] = error
      }
    }
    self.damaged = damaged
    try Self.refuseEmptyFolder(store, damaged, of: known.count)
    // What was found intact before may lie in them.
    if !damaged.isEmpty { store.dropCaches() }
    try Self.removeLeftovers(store, keeping: damaged.isEmpty ? freed : nil)
    memory = Self.inMemoryStore(of: store, after: known.count, taken)
    decimals = DecimalColumns(largestBytes: store.options.decimalBytes)
  }

  private static func inMemoryStore(of store: DataStore, after count: Int, _ taken: TakenNames) -> InMemoryStore {
    InMemoryStore(
      store.options.keepsPartitions ? .directory(store.partitionsDirectory, taken: taken) : .counted(store.options.countedFrames),
      firstOrdinal: count, limits: store.options.inMemory)
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
    guard options.deduplicates else { return nil }
    do {
      guard let location = try index.lookUp(chunk.fingerprint, directory: { try directory(ofPartition: $0) }) else { return nil }
      if try holds(location, chunk) {
        counters.duplicateChunks += 1
        counters.duplicateBytes += chunk.payload.count
        return location
      }
      counters.collisions += 1
    } catch let error as StoreError where error.isOfUnreadableData {
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
  ///
  /// - Throws: `StoreError`: the damage of its partition; `catalogue` for a partition that is not committed.
  func location(of reference: ChunkReference) throws -> ChunkLocation {
    if let damage = damaged[reference.partition] { throw damage }
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
      if store.options.keepsPartitions { taken.insert(next.id) }
      known.append(next.id)
      sealed.append(next)
    }
    precondition(memory.lastTaken.map { $0 < known.count } ?? true, "a partition that was counted again has a number beyond a gap")
    lastCommitEvicted = memory.statistics.evicted > 0
    memory = Self.inMemoryStore(of: store, after: known.count, taken)
    return sealed
  }

  /// Takes a commit back that the catalogue does not have: `abandon` removes its files, and must follow.
  package func retract(_ commit: StoreCommit) {
    let written = commit.partitions.map(\.id)
    retracted += written
    known.removeAll { written.contains($0) }
    // Files of the same names may be written again.
    store.dropCaches()
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
}
