import Foundation
import Synchronization

/// The storage floor's front door.
///
/// Owns: the partition files of one store, how ColumnChunks are laid out in them, which of them are equal, and reading them back.
/// Never does: decide what is worth storing, know what a model is, or speak SQL. Names, models and costs live one floor up.
///
/// Reading is safe from several threads and beside a writer of this or another process: partitions never change once written.
package final class DataStore: Sendable {
  /// Sizes and ceilings.
  ///
  /// Memory of a writer, whatever the model's size: one RowBlock per intermediate that is being logged (`largestBlockBytes`; above 2^18 columns 16 rows), the
  /// open Partitions (`budgetBytes`), three Partitions under way to the disk, the index (`indexBytes`), and buffers kept for reuse:
  /// 256 MB, and beyond that up to a sixteenth of the machine's memory, whose pages the kernel may take back.
  /// 2,000 rows of 65,536 columns were measured at 183 MB resident.
  package struct Options: Sendable {
    /// Rows in a RowBlock; the paper's experiments use 1,000.
    package var rowsPerBlock = 1000
    /// A RowBlock of a wide intermediate has fewer rows, so that it takes no more than this.
    package var largestBlockBytes = 16 << 20
    /// Raw bytes at which a Partition is full. Small enough that the disk has work early: with 32 MB logging was a tenth slower.
    package var partitionBytes = 16 << 20
    /// Raw bytes that all open Partitions may hold together.
    package var budgetBytes = 256 << 20
    /// Memory that the index of fingerprints may take; past it, it is thinned.
    package var indexBytes = 256 << 20
    /// Memory for columns that others may be stored as the difference from.
    package var decimalBytes = 256 << 20
    package var layout = FrameLayout()
    /// False to measure only: partitions are encoded and counted, and not written. Equal fingerprints (64 bits) then count as equal chunks, because
    /// there is nothing to compare with, and nothing can be read back.
    package var keepsPartitions = true
    /// Where partitions are not kept: what their frames took. As old as the store at least, so that models that are logged one after the other share it.
    package var countedFrames = CountedFrames()
    /// Whether everything that was emitted is to be on disk before more is taken: for measuring what synchronous writing takes.
    package var writesThrough = false

    package init() {}

    var inMemory: InMemoryStore.Limits { .init(partitionBytes: partitionBytes, budgetBytes: budgetBytes, layout: layout) }

    /// The rows of a RowBlock of a network's intermediate. Depends on the schema alone, so that equal intermediates have equal chunks.
    package func rowsPerBlock(for schema: IntermediateSchema) -> Int {
      min(rowsPerBlock, max(16, largestBlockBytes / max(1, schema.bytesPerRow)))
    }

    /// The rows of a RowBlock of a table of `rows` rows: four times as many in a long one.
    ///
    /// A column's 1,000 values take some 1,000 bytes, and a chunk's place in directory and manifest 20: 2 %. Frames hold 64 KB either way.
    package func rowsPerBlock(ofTable rows: Int) -> Int { rows > Self.longTable * rowsPerBlock ? 4 * rowsPerBlock : rowsPerBlock }

    /// RowBlocks of a table that is long.
    private static let longTable = 200
  }

  package let directory: String
  package let options: Options
  package var partitionsDirectory: String { "\(directory)/partitions" }

  /// Open partition files: each costs a descriptor, so only so many are kept.
  private let files = Mutex<[PartitionID: PartitionFile]>([:])
  private static let mostOpenFiles = 128
  private let opened = Atomic<Int>(0)
  /// How often a partition was opened so far: reading its directory is no part of what a read takes.
  package var openings: Int { opened.load(ordering: .relaxed) }
  private let manifests = Mutex<[ChunkReference: IntermediateManifest]>([:])
  private let columnManifests = Mutex<[ChunkReference: ColumnRecord]>([:])
  private let codebooks = Mutex<[ChunkReference: CodebookRecord]>([:])
  /// Decoded frames of records, by partition and frame: manifests lie side by side, and one is seldom asked for alone. At most 64 KB each, but
  /// for records that are larger.
  private let recordFrames = Mutex<[ChunkReference: ByteBuffer]>([:])
  private static let mostCachedFrames = 64
  private let rowLists = Mutex(RowListCache())
  private static let mostRowListBytes = 64 << 20
  private static let mostCachedManifests = 16_384

  /// The store in `directory`, which is created when it is not there.
  package init(directory: String, options: Options = Options()) throws {
    self.directory = directory
    self.options = options
    try DurableFile.createDirectory("\(directory)/partitions")
  }

  /// The partition called `id`, open.
  ///
  /// - Throws: `StoreError`: `notFound`, `corrupt`, `unsupportedVersion` or `inputOutput`.
  package func file(_ id: PartitionID) throws -> PartitionFile {
    if let file = files.withLock({ $0[id] }), !file.isRemoved { return file }
    let file = try PartitionFile(path: PartitionPath.file(id, in: partitionsDirectory))
    // A file of another content under this name would be read as if it were this one's.
    try file.checkName(id)
    opened.wrappingAdd(1, ordering: .relaxed)
    files.withLock {
      if $0.count >= Self.mostOpenFiles { $0.removeAll() }
      $0[id] = file
    }
    return file
  }

  /// The directory entry of a chunk.
  func entry(_ reference: ChunkReference) throws -> (file: PartitionFile, entry: ChunkEntry) {
    let file = try file(reference.partition)
    return (file, try file.entry(reference.index))
  }

  /// The payload of a record: a blob or a manifest.
  package func record(_ reference: ChunkReference, counters: ReadCounters = ReadCounters()) throws -> [UInt8] {
    let (file, entry) = try entry(reference)
    guard entry.shape.kind != .values else {
      throw StoreError.corrupt("chunk \(reference.index) holds values where a record was expected", at: file.path)
    }
    guard entry.rowsPerFrame == 0 else { return try file.payload(of: entry, counters: counters).array }
    let place = ChunkReference(partition: reference.partition, index: entry.firstFrame)
    let frame = try cached(place, in: recordFrames, atMost: Self.mostCachedFrames) { try file.frame(entry.firstFrame, counters: counters) }
    return BufferSlice(frame, offset: entry.offsetInFrame, count: entry.payloadBytes).array
  }

  package func manifest(_ reference: ChunkReference) throws -> IntermediateManifest {
    try cached(reference, in: manifests) {
      try IntermediateManifest(decoding: try record(reference), place: "manifest in partition \(reference.partition)")
    }
  }

  func columnRecord(_ reference: ChunkReference) throws -> ColumnRecord {
    try cached(reference, in: columnManifests) {
      try ColumnRecord(decoding: try record(reference), place: "column manifest in partition \(reference.partition)")
    }
  }

  /// The manifest of a column whose chunks are stored.
  package func columnManifest(_ reference: ChunkReference) throws -> ColumnManifest {
    guard case .stored(let manifest) = try columnRecord(reference) else {
      throw StoreError.corrupt("a derived column stands where one with chunks was expected", at: "partition \(reference.partition)")
    }
    return manifest
  }

  /// The rows that derived columns were picked by, from the column that holds them; kept, because all columns of a frame share them.
  func rowList(_ reference: ChunkReference, load: () throws -> [Int64]) throws -> RowList {
    if let known = rowLists.withLock({ $0.lists[reference] }) { return known }
    let list = RowList(try load().map(Int.init))
    rowLists.withLock { cache in
      let bytes = list.rows.count * 8
      if cache.bytes + bytes > Self.mostRowListBytes { cache = RowListCache() }
      guard bytes <= Self.mostRowListBytes else { return }
      cache.lists[reference] = list
      cache.bytes += bytes
    }
    return list
  }

  /// What was read and found intact, or was written by this process.
  let intact = Mutex(Intactness())

  struct Intactness {
    /// Manifests of intermediates, with all that they refer to; blobs.
    var records: Set<ChunkReference> = []
    var frames: [PartitionID: Set<Int>] = [:]
  }

  /// Takes manifests for intact whose chunks were all written or compared just now.
  func noteIntact(_ manifests: [ChunkReference]) { intact.withLock { $0.records.formUnion(manifests) } }

  private struct RowListCache {
    var lists: [ChunkReference: RowList] = [:]
    var bytes = 0
  }

  /// The fitted quantizers of an intermediate; none when its values are stored as they are.
  package func codebook(of manifest: IntermediateManifest) throws -> CodebookRecord {
    guard let reference = manifest.codebook else { return CodebookRecord(entries: []) }
    return try cached(reference, in: codebooks) {
      try CodebookRecord(decoding: try record(reference), place: "codebook in partition \(reference.partition)")
    }
  }

  private func cached<Value: Sendable>(
    _ reference: ChunkReference, in cache: borrowing Mutex<[ChunkReference: Value]>, atMost most: Int = mostCachedManifests,
    _ load: () throws -> Value
  ) throws -> Value {
    if let value = cache.withLock({ $0[reference] }) { return value }
    let value = try load()
    cache.withLock {
      if $0.count >= most { $0.removeAll() }
      $0[reference] = value
    }
    return value
  }

  /// Forgets what was cached, so that the next read is as after opening the store. The operating system's page cache stays.
  package func dropCaches() {
    files.withLock { $0.removeAll() }
    manifests.withLock { $0.removeAll() }
    columnManifests.withLock { $0.removeAll() }
    codebooks.withLock { $0.removeAll() }
    recordFrames.withLock { $0.removeAll() }
    rowLists.withLock { $0 = RowListCache() }
    intact.withLock { $0 = Intactness() }
  }

  /// Every partition file that lies where its name says, sorted by name. Files being written are left out, and so are copies that somebody put elsewhere.
  package func partitionFiles() throws -> [(id: PartitionID, path: String)] {
    try partitionFolders().flatMap { folder in
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { name -> (id: PartitionID, path: String)? in
        let path = "\(folder)/\(name)"
        return PartitionPath.identifier(fileName: name).flatMap { id in
          PartitionPath.file(id, in: partitionsDirectory) == path ? (id, path) : nil
        }
      }
    }
  }

  /// The folders that partitions are spread over; whatever else somebody put beside them is left alone.
  func partitionFolders() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: partitionsDirectory).sorted().compactMap { name in
      let path = "\(partitionsDirectory)/\(name)"
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue ? path : nil
    }
  }
}
