/// The codebooks of an intermediate, each of at most 2^bits bins, one after the other in flat arrays as the kernels take them.
struct Codebooks<Scalar: OrderedFloat>: Sendable, Equatable {
  let bits: Int
  private(set) var binCounts: [Int] = []
  /// 2^bits for a codebook: the lower edge of every bin but the first, whose place holds -infinity. Places past the last bin: NaN-free
  /// +infinity, never looked at.
  private(set) var lowerEdges: [Scalar] = []
  /// 2^bits for a codebook. Places past the last bin repeat it, so that decoding damaged codes stays inside the table.
  private(set) var representatives: [Scalar] = []

  init(bits: Int) { self.bits = bits }

  /// At most so many places in all codebooks of an intermediate: 256 MB of each array.
  static var largestEntryCount: Int { 1 << 26 }

  var count: Int { binCounts.count }
  /// Places of one codebook in the flat arrays.
  var stride: Int { 1 << bits }

  mutating func append(_ bins: Bins<Scalar>) {
    let count = bins.representatives.count
    precondition(count == bins.edges.count + 1 && count <= stride, "a codebook of \(bits) bits has at most \(stride) bins")
    binCounts.append(count)
    lowerEdges += [-.infinity] + bins.edges + repeatElement(.infinity, count: stride - count)
    representatives += bins.representatives + repeatElement(bins.representatives[count - 1], count: stride - count)
  }

  /// Lets each code stand for another value, which need not lie in its bin.
  mutating func replaceRepresentatives(_ value: (_ code: Int, _ book: Int) -> Scalar) {
    for place in representatives.indices { representatives[place] = value(place % stride, place / stride) }
  }

  subscript(book: Int) -> Bins<Scalar> {
    let start = book * stride
    return Bins(
      edges: Array(lowerEdges[start + 1..<start + binCounts[book]]),
      representatives: Array(representatives[start..<start + binCounts[book]]))
  }

  /// The order keys of the edges of `books`, 2^bits each: places that are not edges hold the largest key, which no number reaches.
  func edgeKeys(_ books: Range<Int>) -> [Scalar.OrderKey] {
    var keys = [Scalar.OrderKey](repeating: .max, count: books.count * stride)
    for (place, book) in books.enumerated() {
      for bin in 1..<max(1, binCounts[book]) { keys[place * stride + bin] = lowerEdges[book * stride + bin].orderKey }
    }
    return keys
  }
}
