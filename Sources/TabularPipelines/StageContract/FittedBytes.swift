import Groundwork

/// Reads the state of a fitted transformer: a fault in the bytes is `FittedStateError.malformed`.
typealias ByteReader = Groundwork.ByteReader<FittedBytes>
typealias ByteWriter = Groundwork.ByteWriter

/// The bytes of a fitted state.
struct FittedBytes: ByteOrigin {
  func error(_ fault: ByteFault) -> any Error {
    if case .tooShort = fault { return FittedStateError.malformed("it ends within a number") }
    return FittedStateError.malformed(fault.description)
  }
}

extension Groundwork.ByteWriter {
  /// The number of bytes as u32, then the bytes: texts of columns, which need not be UTF-8.
  mutating func write(counted content: some Collection<UInt8>) {
    write(UInt32(content.count))
    write(bytes: content)
  }

  /// A number of elements below 2^30 as u32, with two bits of something else above it.
  mutating func write(flagged count: Int, _ flags: UInt8) { write(UInt32(count) | UInt32(flags) << 30) }
}

extension Groundwork.ByteReader<FittedBytes> {
  init(_ bytes: ArraySlice<UInt8>) { self.init(bytes, origin: FittedBytes()) }

  /// What `write(counted:)` wrote.
  mutating func counted() throws -> ArraySlice<UInt8> {
    let count = Int(try read(UInt32.self))
    guard remaining >= count else { throw FittedStateError.malformed("it ends within a text") }
    return try readBytes(count)
  }

  /// What `write(counted:)` wrote of a text.
  mutating func text() throws -> String { try text(try counted()) }

  /// A number of elements, u32, each of which takes at least a byte: more than are left cannot be right, and nothing is reserved for them.
  mutating func count() throws -> Int { try checked(try read(UInt32.self)) }

  private func checked(_ number: UInt32) throws -> Int {
    let count = Int(number)
    guard count <= remaining else { throw FittedStateError.malformed("it names \(count) elements and has \(remaining) bytes left") }
    return count
  }

  /// What `write(flagged:_:)` wrote.
  mutating func flaggedCount() throws -> (flags: UInt8, count: Int) {
    let both = try read(UInt32.self)
    return (UInt8(both >> 30), try checked(both & 0x3fff_ffff))
  }

  /// The bits of a float64 that is neither NaN nor infinite.
  mutating func finite() throws -> Double {
    let value = try readDouble()
    guard value.isFinite else { throw FittedStateError.malformed("a number is not finite") }
    return value
  }
}
