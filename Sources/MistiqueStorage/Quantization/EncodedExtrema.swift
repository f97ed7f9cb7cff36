import CStorageKernels

/// The smallest and largest value that was encoded with each codebook: where the outermost bins end.
///
/// Chunks may be encoded in any order or thread, each into extrema of its own; `merge` puts them together. What was refused does not count.
package struct EncodedExtrema: Sendable, Equatable {
  /// For each codebook; infinity and -infinity where nothing was encoded.
  package private(set) var lowest: [Double]
  package private(set) var highest: [Double]

  package init(for quantizer: FittedQuantizer) {
    lowest = Array(repeating: .infinity, count: quantizer.bookCount)
    highest = Array(repeating: -.infinity, count: quantizer.bookCount)
  }

  package mutating func merge(_ other: EncodedExtrema) {
    precondition(lowest.count == other.lowest.count, "extrema of different quantizers do not go together")
    for book in lowest.indices { include(other.lowest[book], other.highest[book], book: book) }
  }

  mutating func include(_ low: Double, _ high: Double, book: Int) {
    lowest[book] = min(lowest[book], low)
    highest[book] = max(highest[book], high)
  }

  mutating func include(_ ranges: UnsafeBufferPointer<mistique_quantize_range>, from firstBook: Int) {
    for (place, range) in ranges.enumerated() where range.lowest <= range.highest {
      include(Double(Float(orderKey: range.lowest)), Double(Float(orderKey: range.highest)), book: firstBook + place)
    }
  }

  /// `[count][lowest, highest as 8-byte doubles, for each codebook]`.
  package var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.writeVariable(lowest.count)
    for (low, high) in zip(lowest, highest) {
      writer.write(low)
      writer.write(high)
    }
    return writer.bytes
  }

  /// - Throws: `StoreError` with code `corrupt` for bytes that are not the extrema of `quantizer`.
  package init(decoding bytes: some Collection<UInt8>, for quantizer: FittedQuantizer, place: String) throws {
    self.init(for: quantizer)
    var reader = ByteReader(bytes, place: place)
    let count = try reader.readVariable()
    guard count == lowest.count else { throw reader.malformed("extrema of \(count) codebooks, \(lowest.count) were expected") }
    for book in 0..<count {
      let (low, high) = (try reader.readDouble(), try reader.readDouble())
      guard low <= high || (low == .infinity && high == -.infinity) else {
        throw reader.malformed("the extrema of a codebook are no range")
      }
      include(low, high, book: book)
    }
    try reader.expectEnd()
  }
}
