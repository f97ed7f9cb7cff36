/// Changes bytes as disks, editors and people do who want a parser to fail.
///
/// Beside blind damage it puts in `tokens`, texts that mean something to the parser, and numbers at which something begins or ends.
public struct ByteMutations: Sendable {
  private let tokens: [[UInt8]]

  public init(tokens: [String]) { self.tokens = tokens.map { Array($0.utf8) } }

  public init(tokens: [[UInt8]] = []) { self.tokens = tokens }

  private static let edges: [UInt64] = [
    0, 1, 2, 7, 8, 127, 128, 255, 256, 32_767, 65_535, 65_536, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 53, (1 << 63) - 1,
    1 << 63,
    .max,
  ]

  /// Changes `bytes` in one to three places.
  public func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    for _ in 0..<[1, 1, 1, 2, 3][Int(random.next() % 5)] { change(&bytes, &random) }
  }

  private func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    guard !bytes.isEmpty else {
      bytes = [UInt8(truncatingIfNeeded: random.next())]
      return
    }
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    let place = below(bytes.count)
    switch random.next() % 14 {
    case 0, 1: bytes[place] ^= 1 << UInt8(random.next() % 8)
    case 2: bytes[place] = UInt8(truncatingIfNeeded: random.next())
    case 3: bytes[place] = [0, 1, 9, 10, 13, 32, 34, 39, 44, 0x7f, 0x80, 0xc3, 0xff][below(13)]
    case 4: bytes.remove(at: place)
    case 5: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
    case 6: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(8)))
    case 7: bytes.removeLast(bytes.count - place)
    case 8:
      let other = below(bytes.count)
      let copied = Array(bytes[other..<min(bytes.count, other + 1 + below(24))])
      bytes.insert(contentsOf: copied, at: place)
    case 9:
      let edge = Self.edges[below(Self.edges.count)]
      let width = [1, 2, 4, 8][below(4)]
      withUnsafeBytes(of: edge.littleEndian) {
        for index in 0..<width where place + index < bytes.count { bytes[place + index] = $0[index] }
      }
    case 10:
      let edge = Array("\(Self.edges[below(Self.edges.count)])".utf8)
      bytes.replaceSubrange(place..<min(bytes.count, place + below(3)), with: edge)
    default:
      guard !tokens.isEmpty else { return bytes[place] &+= 1 }
      let token = tokens[below(tokens.count)]
      bytes.replaceSubrange(place..<min(bytes.count, place + below(4)), with: token)
    }
  }
}
