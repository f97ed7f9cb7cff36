/// The frames of a partition that nothing refers to any more: a bit each, least significant first.
///
/// A partition's file never changes its bytes or its length; the blocks of freed frames are given back to the file system (a hole), and
/// nobody reads them again.
package struct FreedFrames: Sendable, Equatable {
  package private(set) var bytes: [UInt8]

  package init(bytes: [UInt8] = []) { self.bytes = bytes }

  package init(_ frames: some Sequence<Int>) {
    bytes = []
    for frame in frames {
      while bytes.count <= frame / 8 { bytes.append(0) }
      bytes[frame / 8] |= 1 << UInt8(frame % 8)
    }
  }

  package func contains(_ frame: Int) -> Bool { frame / 8 < bytes.count && bytes[frame / 8] & 1 << UInt8(frame % 8) != 0 }
  package var isEmpty: Bool { bytes.allSatisfy { $0 == 0 } }
  /// Those that are not among `known`. Complexity: O(bytes).
  package func count(without known: FreedFrames) -> Int {
    bytes.enumerated().reduce(0) { sum, byte in
      sum + (byte.element & ~(byte.offset < known.bytes.count ? known.bytes[byte.offset] : 0)).nonzeroBitCount
    }
  }

  /// Those of a partition of `frames` frames; bits beyond say nothing. Complexity: O(frames).
  package func count(of frames: Int) -> Int { (0..<frames).count(where: contains) }
}
