import Synchronization

/// What frames were found to take in a store that counts partitions and does not keep them.
///
/// STORE_ALL of fifty pipelines compresses the same frames dozens of times, and nothing but their sizes is wanted. A frame with the bytes of one that was
/// compressed before takes what that one took, if its codec looks at nothing but bytes.
final class CountedFrames: Sendable {
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
  }

  /// 64 MB of keys and sizes; frames that come later are compressed each time.
  private static let largestCount = 1 << 20

  private let sizes = Mutex<[Key: Size]>([:])

  /// What `raw` takes under `codec`: looked up, or by `encode`.
  func size(of raw: UnsafeRawBufferPointer, codec: Codec, encode: () throws -> Size) rethrows -> Size {
    guard codec != .automatic else { return try encode() }
    let key = Key(fingerprint: Fingerprint(raw, seed: 0), rawBytes: raw.count, codec: codec)
    if let known = sizes.withLock({ $0[key] }) { return known }
    let size = try encode()
    sizes.withLock { if $0.count < Self.largestCount { $0[key] = size } }
    return size
  }
}

/// Where sealed partitions go.
enum PartitionDestination: Sendable {
  /// Into files of this directory.
  case directory(String)
  /// Nowhere: what they would take is counted.
  case counted(CountedFrames)

  var countedFrames: CountedFrames? { if case .counted(let frames) = self { frames } else { nil } }
}
