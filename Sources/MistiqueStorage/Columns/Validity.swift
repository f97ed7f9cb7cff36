/// Which values of a column are present: one bit per value (1 = present), least significant bit first.
///
/// Bits past `count` are zero, so that equal validities have equal words and therefore equal bytes on disk.
public struct Validity: Sendable, Equatable {
  /// The bits: that of value `i` is bit `i % 64` of word `i / 64`.
  package private(set) var words: [UInt64]
  /// How many values there are, present or missing.
  public private(set) var count: Int

  /// All `count` values present, or all missing.
  public init(count: Int, present: Bool) {
    precondition(count >= 0, "a validity cannot have a negative count")
    self.count = count
    words = [UInt64](repeating: present ? .max : 0, count: Self.wordCount(for: count))
    clearUnusedBits()
  }

  /// The bitmap as it was stored. `words` must hold at least `count` bits; bits past `count` are cleared.
  package init(words: [UInt64], count: Int) {
    precondition(words.count >= Self.wordCount(for: count), "a validity needs a bit for every value")
    self.words = Array(words.prefix(Self.wordCount(for: count)))
    self.count = count
    clearUnusedBits()
  }

  /// The words that `count` bits take.
  package static func wordCount(for count: Int) -> Int { (count + 63) / 64 }

  /// Whether the value at place `index`, from 0, is present.
  public subscript(index: Int) -> Bool {
    get { words[index >> 6] & (1 << UInt64(index & 63)) != 0 }
    set {
      let bit: UInt64 = 1 << UInt64(index & 63)
      if newValue { words[index >> 6] |= bit } else { words[index >> 6] &= ~bit }
    }
  }

  /// Adds a bit.
  package mutating func append(_ present: Bool) {
    if count & 63 == 0 { words.append(0) }
    count += 1
    if present { self[count - 1] = true }
  }

  /// Adds the bits of `other`. Complexity: O(other.count / 64).
  package mutating func append(contentsOf other: Validity) {
    other.words.withUnsafeBufferPointer { append($0, count: other.count) }
  }

  /// Appends `addedCount` bits, in as many words as they need; bits past them must be zero.
  package mutating func append(_ added: UnsafeBufferPointer<UInt64>, count addedCount: Int) {
    precondition(added.count == Self.wordCount(for: addedCount), "\(added.count) words do not hold \(addedCount) bits")
    let shift = UInt64(count & 63)
    count += addedCount
    guard shift > 0 else { return words.append(contentsOf: added) }
    for word in added {
      words[words.count - 1] |= word << shift
      words.append(word >> (64 - shift))
    }
    // Unused bits are zero on both sides, so a word too many holds nothing.
    if words.count > Self.wordCount(for: count) { words.removeLast() }
  }

  package mutating func reserveCapacity(_ count: Int) { words.reserveCapacity(Self.wordCount(for: count)) }

  /// Calls `body` with every row whose value is missing, ascending. Complexity: O(rows / 64 + missing).
  @inline(__always)
  func forEachMissingRow(_ body: (Int) -> Void) {
    for (place, word) in words.enumerated() {
      var missing = ~word
      while missing != 0 {
        let row = place << 6 | missing.trailingZeroBitCount
        guard row < count else { return }
        body(row)
        missing &= missing - 1
      }
    }
  }

  /// How many values are missing. Complexity: O(count / 64).
  package var missingCount: Int { count - words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// The bits of `range`, moved to start at zero.
  package func slice(_ range: Range<Int>) -> Validity {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "slice outside the validity")
    var result = [UInt64](repeating: 0, count: Self.wordCount(for: range.count))
    let shift = UInt64(range.lowerBound & 63)
    let first = range.lowerBound >> 6
    for index in result.indices {
      let low = words[first + index] >> shift
      let high = shift > 0 && first + index + 1 < words.count ? words[first + index + 1] << (64 - shift) : 0
      result[index] = low | high
    }
    return Validity(words: result, count: range.count)
  }

  private mutating func clearUnusedBits() {
    let used = count & 63
    if used != 0, let last = words.indices.last { words[last] &= (1 << UInt64(used)) - 1 }
  }
}
