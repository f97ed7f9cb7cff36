/// Which chunk is stored where, by fingerprint: the index of exact de-duplication.
///
/// De-duplication works in levels, and this is the lowest. A RowBlock's chunks that are all stored make the same column manifest, and equal
/// column manifests the same manifest of the intermediate, so that an unchanged column or a frozen layer costs one reference, whatever its size.
///
/// Memory: 16 bytes per entry, 22 to 43 with the dictionary's slack; `largestBytes` is a ceiling. A chunk of a network holds 64 KB or more, so
/// that 256 MB of index serve half a terabyte of activations in full. Past the ceiling the index is thinned: every second fingerprint is dropped, then every
/// fourth is kept, and so on. A chunk that was dropped is still found by its neighbours, because what is logged again comes in the order in which it was
/// logged: the first hit in a partition brings in the fingerprints of that partition's directory (Zhu et al., FAST 2008). What neither finds
/// is stored again: bytes lost, never an error.
struct ChunkIndex {
  /// Bytes of an entry with the slack of a dictionary that has just grown.
  static let bytesPerEntry = 43

  private var locations: [ChunkFingerprint: ChunkLocation] = [:]
  /// Fingerprints are kept whose lowest `thinning` bits are zero.
  private(set) var thinning: UInt64 = 0
  private let capacity: Int
  private var neighbours = Neighbours()

  /// What the directories of the partitions met last hold.
  private struct Neighbours {
    var locations: [ChunkFingerprint: ChunkLocation] = [:]
    /// How many chunks of each were met: a partition that is still being filled has more by now.
    var partitions: [Int32: Int] = [:]
    /// Beyond this many they are forgotten.
    static let mostEntries = 1 << 18
  }

  init(largestBytes: Int) { capacity = max(1024, largestBytes / Self.bytesPerEntry) }

  var count: Int { locations.count }
  var isThinned: Bool { thinning > 0 }

  /// Where a chunk of that fingerprint is stored, as far as is known.
  ///
  /// - Parameter directory: the fingerprints of a partition's chunks; asked for when the index is thinned and a partition is met anew.
  mutating func lookUp(
    _ fingerprint: ChunkFingerprint, directory: (Int32) throws -> [(ChunkFingerprint, Int32)]
  ) rethrows -> ChunkLocation? {
    guard isThinned else { return locations[fingerprint] }
    if let found = neighbours.locations[fingerprint] { return found }
    guard let found = locations[fingerprint] else { return nil }
    let met = neighbours.partitions[found.partition] ?? 0
    if Int(found.index) >= met {
      if neighbours.locations.count > Neighbours.mostEntries { neighbours = Neighbours() }
      let directory = try directory(found.partition)
      neighbours.partitions[found.partition] = directory.last.map { Int($0.1) + 1 } ?? 0
      for (fingerprint, index) in directory where neighbours.locations[fingerprint] == nil {
        neighbours.locations[fingerprint] = ChunkLocation(partition: found.partition, index: index)
      }
    }
    return found
  }

  /// Forgets where a chunk is that cannot be read any more.
  mutating func forget(_ fingerprint: ChunkFingerprint) {
    locations[fingerprint] = nil
    neighbours.locations[fingerprint] = nil
  }

  /// Remembers where a chunk was stored first.
  mutating func insert(_ fingerprint: ChunkFingerprint, at location: ChunkLocation) {
    guard isKept(fingerprint), locations[fingerprint] == nil else { return }
    locations[fingerprint] = location
    while locations.count > capacity { thin() }
  }

  private func isKept(_ fingerprint: ChunkFingerprint) -> Bool { fingerprint.value & ((1 << thinning) - 1) == 0 }

  private mutating func thin() {
    thinning += 1
    // A new dictionary, because a filtered one keeps the memory of the old.
    var rest: [ChunkFingerprint: ChunkLocation] = [:]
    rest.reserveCapacity(capacity / 2)
    for (fingerprint, location) in locations where isKept(fingerprint) { rest[fingerprint] = location }
    locations = rest
  }
}

/// Where a chunk is while its partition may not have a name yet: the writer's number of the partition, and the place in it.
package struct ChunkLocation: Hashable, Sendable {
  let partition: Int32
  let index: Int32
}
