import CXXHash

/// The 64-bit fingerprint of a ColumnChunk: equal chunks have equal fingerprints.
///
/// XXH3-64 over the payload, seeded with what the payload alone does not say (type, columns, rows, codebook), so that the same bytes of
/// another type, or the same codes under another codebook, are another chunk. It is fast (14-19 GB/s on one core), not cryptographic, and
/// only says where to look: before a chunk is taken for a stored one their bytes are compared. 64 bits, because a directory of small
/// chunks is mostly fingerprints.
package struct ChunkFingerprint: Hashable, Sendable {
  package let value: UInt64

  package init(value: UInt64) { self.value = value }

  package init(_ payload: UnsafeRawBufferPointer, seed: UInt64) {
    value = XXH3_64bits_withSeed(payload.baseAddress, payload.count, seed)
  }

  /// The fingerprint is already a good hash; mixing it again would only cost time.
  package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

/// The 128-bit name of a partition's content: XXH3-128.
package struct Fingerprint: Hashable, Sendable {
  package let low: UInt64
  package let high: UInt64

  package init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  package init(_ payload: UnsafeRawBufferPointer, seed: UInt64) {
    let hash = XXH3_128bits_withSeed(payload.baseAddress, payload.count, seed)
    low = hash.low64
    high = hash.high64
  }

  package var hex: String {
    func digits(_ word: UInt64) -> String {
      let text = String(word, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    return digits(high) + digits(low)
  }

  /// The fingerprint is already a good hash; mixing it again would only cost time.
  package func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

package enum Checksum {
  /// XXH3-64 of stored bytes: what every frame and footer carries and every read verifies.
  package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 { XXH3_64bits(bytes.baseAddress, bytes.count) }
}
