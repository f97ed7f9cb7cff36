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
  package var count: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }
}
