/// What an intermediate of maps took in a store that counts partitions and does not keep them: enough to count an equal one without its values.
package struct CountedMaps: Sendable {
  let finished: FinishedIntermediate
  /// The partitions that hold its chunks and nothing else, by their place among the partitions of values of its commit. None where equal chunks are
  /// stored once: those of an equal intermediate are found.
  let partitions: [Int: SealedPartition]
  /// The same places, by the numbers that the writer knew the partitions by.
  let places: [Int32: Int]
}

extension StoreWriter {
  /// What `finished` took, once `commit`, the last one of this writer, is made; `nil` where an equal one may take something else.
  ///
  /// - Parameter deduplicates: whether equal chunks are stored once.
  package func countedMaps(_ finished: FinishedIntermediate, of commit: StoreCommit, deduplicates: Bool) -> CountedMaps? {
    guard !store.options.keepsPartitions, finished.schema.isMaps, finished.rowIDSpan == nil else { return nil }
    guard !deduplicates else { return CountedMaps(finished: finished, partitions: [:], places: [:]) }
    // Which partitions are sealed for want of room depends on what else is open.
    guard !lastCommitEvicted else { return nil }
    let numbers = Set(finished.chunks.map(\.partition))
    var partitions: [Int: SealedPartition] = [:]
    var places: [Int32: Int] = [:]
    var place = 0
    for (number, partition) in zip((known.count - commit.partitions.count)..., commit.partitions) {
      // Records are stored once under every policy: the next commit has others of them, or none.
      guard partition.footer.chunks.first?.shape.kind == .values else { continue }
      if numbers.contains(Int32(number)) {
        partitions[place] = partition
        places[Int32(number)] = place
      }
      place += 1
    }
    guard partitions.count == numbers.count else { return nil }
    return CountedMaps(finished: finished, partitions: partitions, places: places)
  }

  /// Counts maps that are equal to those of an earlier commit, in a commit in which nothing has been stored yet. The answer is in the order of `maps`.
  ///
  /// Nothing is looked at but directories: their partitions get the numbers, and with them the names, that they would get if the values came again.
  package func countAgain(_ maps: [CountedMaps], deduplicates: Bool) throws -> [FinishedIntermediate] {
    let first = known.count
    var partitions: [Int: SealedPartition] = [:]
    for (place, partition) in maps.flatMap(\.partitions) {
      partitions[first + place] = try EncodedPartition(again: partition).counted(ordinal: first + place)
    }
    memory.take(partitions)
    return maps.map { counted in
      var finished = counted.finished
      finished.move { location in
        counted.places[location.partition].map { ChunkLocation(partition: Int32(first + $0), index: location.index) } ?? location
      }
      if deduplicates { finished.newBytes = 0 }
      countAgain(chunks: finished.chunks.count, bytes: finished.chunkBytes, isDuplicate: deduplicates)
      return finished
    }
  }
}

extension FinishedIntermediate {
  /// Where its chunks are, those of all spans, of which none is derived.
  fileprivate var chunks: [ChunkLocation] {
    spans.flatMap { span in
      guard case .stored(let stored) = span else { preconditionFailure("maps do not follow from others") }
      return stored.chunks
    }
  }

  fileprivate mutating func move(_ place: (ChunkLocation) -> ChunkLocation) {
    spans = spans.map { span in
      span.map {
        StoredSpan(
          type: $0.type, width: $0.width, rows: $0.rows, rowsPerBlock: $0.rowsPerBlock, chunks: $0.chunks.map(place),
          statistics: $0.statistics)
      }
    }
  }
}
