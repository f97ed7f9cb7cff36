/// Which chunk is stored where, by fingerprint: what exact de-duplication looks things up in.
///
/// Memory: 24 bytes an entry plus the dictionary's slack, 32 to 64 bytes a distinct chunk. A chunk of a network holds at least
/// 64 KB, so the index of a terabyte of activations takes under a gigabyte.
struct ChunkIndex {
  private var locations: [ChunkFingerprint: ChunkLocation] = [:]

  subscript(fingerprint: ChunkFingerprint) -> ChunkLocation? { locations[fingerprint] }

  /// Remembers the first place a chunk was stored at.
  mutating func insert(_ fingerprint: ChunkFingerprint, at location: ChunkLocation) {
    if locations[fingerprint] == nil { locations[fingerprint] = location }
  }

  var count: Int { locations.count }
}

/// Where a chunk is while its partition may not have a name yet: the writer's number of the partition, and the place in it.
package struct ChunkLocation: Hashable, Sendable {
  let partition: Int32
  let index: Int32
}
