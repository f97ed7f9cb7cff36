/// A 64-bit hash of bytes: checks files and names cache entries. It detects accidents, not attackers.
///
/// Per eight bytes: XOR, multiplication by an odd number, xor-shift. Every step is a bijection of the state, so a change within
/// one eight-byte word is *always* detected. The length of each piece is hashed before its bytes, so that `"ab" + "c"` and `"a" + "bc"`
/// differ.
struct ContentHash: Sendable {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  init() {}

  mutating func combine(_ bytes: UnsafeRawBufferPointer) {
    absorb(UInt64(bytes.count))
    let wordCount = bytes.count / 8
    for word in 0..<wordCount { absorb(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self))) }
    var tail: UInt64 = 0
    for byte in bytes[(wordCount * 8)...] { tail = tail << 8 | UInt64(byte) }
    if bytes.count % 8 > 0 { absorb(tail) }
  }

  mutating func combine(_ text: String) {
    var text = text
    text.withUTF8 { combine(UnsafeRawBufferPointer($0)) }
  }

  mutating func combine(_ number: UInt64) { absorb(number) }

  var value: UInt64 { state ^ (state >> 29) }

  /// Sixteen hexadecimal digits.
  var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private mutating func absorb(_ word: UInt64) {
    state = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
    state ^= state >> 32
  }
}
