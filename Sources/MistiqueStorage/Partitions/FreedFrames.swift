/// The frames of a partition that nothing refers to any more: a bit each, least significant first. In a partition of n frames bit n + i is the residual of
/// frame i, which may be given back while the base stays.
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

  /// Those of a partition of `frames` frames; residuals do not count. Complexity: O(frames).
  package func count(of frames: Int) -> Int { (0..<frames).count(where: contains) }
}

extension PartitionFooter {
  /// The number in `FreedFrames` of the residual of a frame.
  func residual(ofFrame index: Int) -> Int { frames.count + index }

  /// Frames whose residual is among `freed`, and their base is not.
  package func demotedFrames(of freed: FreedFrames) -> Int {
    frames.indices.count { frames[$0].residual != nil && freed.contains(residual(ofFrame: $0)) && !freed.contains($0) }
  }

  /// The bytes of the file that `freed` take, ascending, adjacent ones together: blocks of the file system that two frames share can only be given back as
  /// one hole.
  func places(of freed: FreedFrames) -> [Range<Int>] {
    var places: [Range<Int>] = []
    func add(_ place: Range<Int>) {
      guard !place.isEmpty else { return }
      if let last = places.last, last.upperBound == place.lowerBound {
        places[places.count - 1] = last.lowerBound..<place.upperBound
      } else {
        places.append(place)
      }
    }
    for (index, frame) in frames.enumerated() where freed.contains(index) { add(frame.offset..<frame.offset + frame.storedBytes) }
    for (index, frame) in frames.enumerated() {
      guard let residual = frame.residual, freed.contains(index) || freed.contains(self.residual(ofFrame: index)) else { continue }
      add(residual.offset..<residual.offset + residual.storedBytes)
    }
    return places
  }
}
