extension DataStore {
  /// Checks that an intermediate can be read: that its records fit each other, and the checksum of every frame that it refers to.
  ///
  /// What was found intact, or was written by this process, is not looked at again until the caches are dropped: files never change, and a disk that
  /// fails meanwhile is noticed by the reader. Where partitions are not kept, there is nothing to check.
  ///
  /// Complexity: O(chunks) and the stored bytes, nothing decoded; O(1) the second time.
  /// - Throws: `StoreError` for the first thing that is missing or damaged.
  package func checkIntact(intermediate reference: ChunkReference) throws {
    guard options.keepsPartitions, !intact.withLock({ $0.records.contains(reference) }) else { return }
    var reached = Reachability()
    try reach(intermediate: reference, into: &reached)
    try checkFrames(of: reached)
    try checkRecords(of: reference)
    _ = intact.withLock { $0.records.insert(reference) }
  }

  /// The same for a blob. Complexity: O(its stored bytes).
  package func checkIntact(blob reference: ChunkReference) throws {
    guard options.keepsPartitions, !intact.withLock({ $0.records.contains(reference) }) else { return }
    var reached = Reachability()
    try reach(record: reference, .blob, into: &reached)
    try checkFrames(of: reached)
    _ = intact.withLock { $0.records.insert(reference) }
  }

  private func checkFrames(of reached: Reachability) throws {
    let counters = ReadCounters()
    // One that is missing is met before gigabytes are read.
    for partition in reached.partitions { _ = try file(partition) }
    for partition in reached.partitions {
      let file = try file(partition)
      var frames = Set<Int>()
      for index in reached.chunks(of: partition) {
        let entry = try file.entry(index)
        // A frame that is needed whole goes by the number of its residual.
        let numbers = entry.firstFrame..<entry.firstFrame + entry.frameCount
        frames.formUnion(reached.needsWhole(index, of: partition) ? numbers.map(file.footer.residual(ofFrame:)) : Array(numbers))
      }
      frames.subtract(intact.withLock { $0.frames[partition] ?? [] })
      let count = file.footer.frames.count
      for frame in frames.sorted() {
        let rungs: QuantizationScheme.Rungs = frame < count ? .base : .all
        try file.readFrames(frame % count..<frame % count + 1, rungs: rungs, counters: counters) { _, _ in }
      }
      intact.withLock { $0.frames[partition, default: []].formUnion(frames) }
    }
  }
}
