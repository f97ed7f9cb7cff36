import Glibc

/// Uninitialised, 64-byte aligned memory with one owner while it is filled, read-only once shared.
///
/// Its address is only lent to closures, so that the memory cannot be freed while it is used.
/// `@unchecked Sendable`: whoever made the buffer fills it before handing it on; nobody writes to it afterwards.
package final class ByteBuffer: @unchecked Sendable {
  package let count: Int
  private let start: UnsafeMutableRawPointer

  package init(count: Int) {
    self.count = count
    start = BufferPool.allocate(count)
  }

  /// Memory for an answer of as many rows as somebody asks for, or a file claims that there are.
  ///
  /// - Throws: `StoreError` (`invalid`) where there is not so much.
  package init(rows: Int, rowBytes: Int, at place: String) throws {
    let (bytes, overflow) = rows.multipliedReportingOverflow(by: rowBytes)
    guard !overflow, let start = BufferPool.allocateIfPossible(bytes) else {
      throw StoreError(
        .invalid, "\(rows) rows of \(rowBytes) bytes are more than there is memory for", at: place,
        remedy: "Ask for fewer rows or columns. If there are not so many rows, something other than Mistique has written to the store.")
    }
    (count, self.start) = (bytes, start)
  }

  package convenience init(copying bytes: some Collection<UInt8>) {
    self.init(count: bytes.count)
    withMutableBytes { $0.copyBytes(from: bytes) }
  }

  deinit { BufferPool.free(start, count) }

  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(start: start, count: count)) }
  }

  /// Lends bytes `range`, all of them when none is given, for writing.
  package func withMutableBytes<Result>(
    _ range: Range<Int>? = nil, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let range = range ?? 0..<count
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the buffer")
    return try withExtendedLifetime(self) {
      try body(UnsafeMutableRawBufferPointer(start: start + range.lowerBound, count: range.count))
    }
  }
}

/// A part of a buffer, keeping the buffer alive.
package struct BufferSlice: Sendable {
  package let buffer: ByteBuffer
  package let offset: Int
  package let count: Int

  package init(_ buffer: ByteBuffer, offset: Int = 0, count: Int? = nil) {
    self.buffer = buffer
    self.offset = offset
    self.count = count ?? buffer.count - offset
    precondition(offset >= 0 && self.count >= 0 && offset + self.count <= buffer.count, "slice outside its buffer")
  }

  package init(copying bytes: some Collection<UInt8>) { self.init(ByteBuffer(copying: bytes)) }

  /// Bytes `range` of this slice, sharing the buffer.
  package func part(_ range: Range<Int>) -> BufferSlice {
    precondition(range.upperBound <= count, "part outside its slice")
    return BufferSlice(buffer, offset: offset + range.lowerBound, count: range.count)
  }

  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try buffer.withBytes { try body(UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
  }

  /// Whether both hold the same bytes. `memcmp`, because `elementsEqual` compares byte by byte.
  package func isEqual(to other: BufferSlice) -> Bool {
    guard count == other.count else { return false }
    return count == 0 || withBytes { a in other.withBytes { b in memcmp(a.baseAddress!, b.baseAddress!, count) == 0 } }
  }

  package var array: [UInt8] { withBytes { Array($0) } }
}
