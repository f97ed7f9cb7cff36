import CZstd

/// Writes the streams of an encoded frame one after the other into memory of known size.
///
///     4   stored bytes, the top bit set when the stream is zstd
///     n   the bytes
struct StreamWriter {
  private let output: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(_ output: UnsafeMutableRawBufferPointer) { self.output = output }

  mutating func write(byte: UInt8) {
    output[count] = byte
    count += 1
  }

  mutating func write(_ number: UInt32) {
    output.storeBytes(of: number.littleEndian, toByteOffset: count, as: UInt32.self)
    count += 4
  }

  /// Room for `size` bytes that `fill` writes; they stay as they are.
  mutating func writeRaw(_ size: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
    fill(UnsafeMutableRawBufferPointer(rebasing: output[count..<count + size]))
    count += size
  }

  /// A stream, compressed where that makes it at least 3 % smaller.
  mutating func write(stream: UnsafeRawBufferPointer, _ effort: ZstdContexts.Effort = .entropy) {
    let start = count + 4
    let limit = stream.count - stream.count / 32
    let room = UnsafeMutableRawBufferPointer(rebasing: output[start..<min(output.count, start + ZSTD_compressBound(stream.count))])
    if stream.count > 64, let size = ZstdContexts.compress(stream, into: room, effort), size < limit {
      write(UInt32(size) | 0x8000_0000)
      count += size
    } else {
      write(UInt32(stream.count))
      UnsafeMutableRawBufferPointer(rebasing: output[count..<count + stream.count]).copyMemory(from: stream)
      count += stream.count
    }
  }
}

/// Reads the streams of an encoded frame. The bytes are as anybody may have left them: every length is checked.
struct StreamReader {
  private let input: UnsafeRawBufferPointer
  private var position = 0
  let place: String

  init(_ input: UnsafeRawBufferPointer, place: String) {
    self.input = input
    self.place = place
  }

  mutating func readByte() throws -> UInt8 { try readRaw(1)[0] }

  mutating func readNumber() throws -> UInt32 {
    UInt32(littleEndian: try readRaw(4).loadUnaligned(as: UInt32.self))
  }

  mutating func readRaw(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count >= 0, count <= input.count - position else {
      throw malformed("needs \(count) more bytes, \(input.count - position) are left")
    }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: input[position..<position + count])
  }

  /// A stream of exactly `output.count` bytes.
  mutating func readStream(into output: UnsafeMutableRawBufferPointer) throws {
    let size = try readNumber()
    let stored = try readRaw(Int(size & 0x7fff_ffff))
    if size & 0x8000_0000 != 0 {
      if let problem = ZstdContexts.decompress(stored, into: output) { throw malformed("has a stream that does not decompress (\(problem))") }
    } else {
      guard stored.count == output.count else { throw malformed("has a stream of \(stored.count) bytes instead of \(output.count)") }
      output.copyMemory(from: stored)
    }
  }

  func expectEnd() throws {
    guard position == input.count else { throw malformed("has \(input.count - position) bytes left over") }
  }

  func malformed(_ what: String) -> StoreError { .corrupt("an encoded frame \(what)", at: place) }
}
