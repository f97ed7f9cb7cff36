import Synchronization

/// What frames were found to take in stores that count partitions and do not keep them.
///
/// STORE_ALL of fifty pipelines compresses the same frames dozens of times, a layer that only drops values in training has the frames of the one before it, and
/// nothing but their sizes is wanted. A frame with the bytes and the content of one that was compressed before takes what that one took.
///
/// Stores may share one: what STORE_ALL has compressed, DEDUP of the same values need not.
package final class CountedFrames: Sendable {
  struct Size: Sendable {
    let encoding: UInt8
    let storedBytes: Int
    let checksum: UInt64
    var residual: FrameEntry.Residual?
  }

  /// 128 bits of hash, and the length: among 2^20 frames two different ones share a key with a probability of 2^-89.
  private struct Key: Hashable {
    let fingerprint: Fingerprint
    let rawBytes: Int
    let codec: Codec
    /// A hash of what the automatic codec looks at beside the bytes; 0 for codecs that look at nothing else.
    let content: Int
  }

  /// The sizes that were asked for last, and those before them: what is not asked for again goes first.
  private struct Known {
    var recent: [Key: Size] = [:]
    var earlier: [Key: Size] = [:]

    mutating func find(_ key: Key, of largest: Int) -> Size? {
      if let size = recent[key] { return size }
      guard let size = earlier[key] else { return nil }
      keep(size, key, of: largest)
      return size
    }

    mutating func keep(_ size: Size, _ key: Key, of largest: Int) {
      if recent.count >= largest / 2 { (earlier, recent) = (recent, [:]) }
      recent[key] = size
    }
  }

  /// 200 MB of keys and sizes at the most.
  private static let largestCount = 1 << 20

  private let largestCount: Int
  private let known = Mutex(Known())

  /// An empty one.
  package convenience init() { self.init(largestCount: Self.largestCount) }

  /// Remembers so many sizes, and forgets those that were not asked for longest.
  init(largestCount: Int) { self.largestCount = largestCount }

  /// What `raw` takes under `codec`: looked up, or by `encode`.
  func size(of raw: UnsafeRawBufferPointer, _ content: FrameContent, codec: Codec, encode: () throws -> Size) rethrows -> Size {
    let key = Key(
      fingerprint: Fingerprint(raw, seed: 0), rawBytes: raw.count, codec: codec, content: codec == .automatic ? content.hashValue : 0)
    if let size = known.withLock({ $0.find(key, of: largestCount) }) { return size }
    let size = try encode()
    known.withLock { $0.keep(size, key, of: largestCount) }
    return size
  }
}
