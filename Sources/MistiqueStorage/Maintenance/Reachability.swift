/// What a set of manifests and blobs refers to: the partitions, and the chunks in them.
package struct Reachability: Sendable {
  /// Places in the directories, by partition, of chunks that are needed whole.
  private var whole: [PartitionID: Set<Int>] = [:]
  /// Those of which no more than the base is needed, as far as that is known: some may be needed whole too.
  private var bases: [PartitionID: Set<Int>] = [:]

  package init() {}

  package var partitions: Set<PartitionID> { Set(whole.keys).union(bases.keys) }

  package mutating func merge(_ other: Reachability) {
    whole.merge(other.whole) { $0.union($1) }
    bases.merge(other.bases) { $0.union($1) }
  }

  /// Inserts what is needed whole, or its base alone. Returns whether that was new.
  mutating func insert(_ reference: ChunkReference, _ rungs: QuantizationScheme.Rungs = .all) -> Bool {
    guard rungs == .base else { return whole[reference.partition, default: []].insert(reference.index).inserted }
    guard whole[reference.partition]?.contains(reference.index) != true else { return false }
    return bases[reference.partition, default: []].insert(reference.index).inserted
  }

  /// The reachable chunks of `partition`: their places in its directory.
  package func chunks(of partition: PartitionID) -> Set<Int> { (whole[partition] ?? []).union(bases[partition] ?? []) }

  /// Whether all of a chunk is needed, its residual too if it has one.
  func needsWhole(_ chunk: Int, of partition: PartitionID) -> Bool { whole[partition]?.contains(chunk) ?? false }

  /// What of `partition` none of its reachable chunks needs, as numbers of `FreedFrames`: frames, and residuals.
  package func unreachableFrames(of file: PartitionFile, _ partition: PartitionID) -> [Int] {
    var (reached, whole) = (Set<Int>(), Set<Int>())
    for index in chunks(of: partition) where file.footer.chunks.indices.contains(index) {
      let entry = file.footer.chunks[index]
      reached.formUnion(entry.firstFrame..<entry.firstFrame + entry.frameCount)
      if needsWhole(index, of: partition) { whole.formUnion(entry.firstFrame..<entry.firstFrame + entry.frameCount) }
    }
    let frames = file.footer.frames
    let residuals = frames.indices.filter { frames[$0].residual != nil && !whole.contains($0) }
    return frames.indices.filter { !reached.contains($0) } + residuals.map(file.footer.residual(ofFrame:))
  }
}

extension DataStore {
  /// Adds a record that is nothing but itself: a stored transformer (`blob`), a receipt. One in a file that is damaged or missing counts too: it refers to nothing
  /// else, and nothing in such a file is freed.
  ///
  /// - Throws: `StoreError` when there is no such record: what a wrong reference leaves unreached would be freed.
  package func reach(record: ChunkReference, _ kind: ColumnChunkShape.Kind, into reached: inout Reachability) throws {
    let file: PartitionFile
    do { file = try self.file(record.partition) } catch let error as StoreError where error.isDamage {
      _ = reached.insert(record)
      return
    }
    let entry = try file.entry(record.index)
    guard entry.shape.kind == kind else {
      throw StoreError.corrupt("chunk \(record.index) is a \(entry.shape.kind) where a \(kind) was expected", at: file.path)
    }
    _ = reached.insert(record)
  }

  /// Adds an intermediate: its manifest, codebook, column manifests and all their chunks.
  ///
  /// Complexity: O(chunks); columns that were met before are not read again.
  /// - Throws: `StoreError` when a manifest cannot be read.
  package func reach(intermediate reference: ChunkReference, into reached: inout Reachability) throws {
    let manifest = try manifest(reference)
    let rungs = manifest.scheme.values.rungs ?? .all
    guard reached.insert(reference, rungs) else { return }
    if let codebook = manifest.codebook { _ = reached.insert(codebook) }
    var columns = manifest.spans
    if case .column(let ids) = manifest.rowIDs { columns.append(ids) }
    while let column = columns.popLast() {
      // Met before for a base alone, it is met again for the whole.
      guard reached.insert(column, rungs) else { continue }
      switch try columnRecord(column) {
      case .stored(let manifest): for chunk in manifest.chunks { _ = reached.insert(chunk, rungs) }
      case .derived(let derived): columns += derived.references
      }
    }
  }
}
