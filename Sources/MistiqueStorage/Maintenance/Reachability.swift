/// What a set of manifests and blobs refers to: the partitions, and the chunks in them.
package struct Reachability: Sendable {
  /// Places in the directories, by partition.
  package private(set) var chunks: [PartitionID: Set<Int>] = [:]

  package init() {}

  package var partitions: Set<PartitionID> { Set(chunks.keys) }

  package mutating func merge(_ other: Reachability) { chunks.merge(other.chunks) { $0.union($1) } }

  mutating func insert(_ reference: ChunkReference) -> Bool { chunks[reference.partition, default: []].insert(reference.index).inserted }

  /// The frames of `partition` that none of its reachable chunks lies in.
  package func unreachableFrames(of file: PartitionFile, _ partition: PartitionID) -> [Int] {
    var reached = Set<Int>()
    for index in chunks[partition] ?? [] where file.footer.chunks.indices.contains(index) {
      let entry = file.footer.chunks[index]
      reached.formUnion(entry.firstFrame..<entry.firstFrame + entry.frameCount)
    }
    return file.footer.frames.indices.filter { !reached.contains($0) }
  }
}

extension DataStore {
  /// Adds a record that is nothing but itself: a stored transformer (`blob`), a receipt.
  ///
  /// - Throws: `StoreError` when there is no such record: what a wrong reference leaves unreached would be freed.
  package func reach(record: ChunkReference, _ kind: ColumnChunkShape.Kind, into reached: inout Reachability) throws {
    let (file, entry) = try entry(record)
    guard entry.shape.kind == kind else {
      throw StoreError.corrupt("chunk \(record.index) is a \(entry.shape.kind) where a \(kind) was expected", at: file.path)
    }
    _ = reached.insert(record)
  }

  /// Adds an intermediate: its manifest, codebook, column manifests and all their chunks.
  ///
  /// Complexity: O(chunks); a manifest that was met before is not read again.
  /// - Throws: `StoreError` when a manifest cannot be read.
  package func reach(intermediate reference: ChunkReference, into reached: inout Reachability) throws {
    guard reached.insert(reference) else { return }
    let manifest = try manifest(reference)
    if let codebook = manifest.codebook { _ = reached.insert(codebook) }
    var columns = manifest.spans
    if case .column(let ids) = manifest.rowIDs { columns.append(ids) }
    while let column = columns.popLast() {
      guard reached.insert(column) else { continue }
      switch try columnRecord(column) {
      case .stored(let manifest): for chunk in manifest.chunks { _ = reached.insert(chunk) }
      case .derived(let derived): columns += derived.references
      }
    }
  }
}
