/// What the bytes of a stream are like; it decides how they are compressed, not how they are read.
enum StreamContent: Equatable {
  /// Codes and byte planes: frequencies are unequal, repetitions are chance or long runs.
  case symbols
  /// Exponents and masks: frequencies are unequal, and repetitions are not worth looking for.
  case frequencies
  /// Anything: texts, records.
  case bytes
  /// Anything, at a level of zstd that somebody chose.
  case level(Int)
  /// Bytes in which zstd would find nothing.
  case noise
}

/// Writes an encoded frame into memory of fixed size. What does not fit is not written, and `overflowed` says so.
struct FrameWriter {
  private let output: UnsafeMutableRawBufferPointer
  private(set) var count = 0
  /// Whether something did not fit: the frame is then stored in another way.
  private(set) var overflowed = false

  init(_ output: UnsafeMutableRawBufferPointer) { self.output = output }

  mutating func write(_ byte: UInt8) { withUnsafeBytes(of: byte) { write(bytes: $0) } }

  mutating func write(bytes: UnsafeRawBufferPointer) {
    guard bytes.count <= output.count - count else {
      overflowed = true
      return
    }
    UnsafeMutableRawBufferPointer(rebasing: output[count..<count + bytes.count]).copyMemory(from: bytes)
    count += bytes.count
  }

  /// A LEB128 number.
  mutating func writeVariable(_ value: Int) {
    var rest = UInt(value)
    while rest >= 0x80 {
      write(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    write(UInt8(rest))
  }

  /// The lowest `count` bytes of a word.
  mutating func writeWord(_ word: UInt64, bytes count: Int) {
    withUnsafeBytes(of: word.littleEndian) { write(bytes: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  /// A stream: the bytes, zstd where that saves 3 %, else as they are.
  ///
  ///     v   stored bytes; equal to the stream's length, which the reader knows: stored as they are, else zstd
  ///     n   the bytes
  mutating func writeStream(_ bytes: UnsafeRawBufferPointer, _ content: StreamContent, _ worker: FrameWorker) {
    if content != .noise, bytes.count > Self.smallestCompressedBytes {
      // The length comes first, and how long it is depends on the compressed size: compress behind the longest and move.
      let start = count + Self.variableBytes(bytes.count)
      let room = min(output.count - start, bytes.count - bytes.count / 32)
      if room > 0, let size = worker.compress(bytes, content, into: .init(rebasing: output[start..<start + room])) {
        writeVariable(size)
        if count != start { (output.baseAddress! + count).copyMemory(from: output.baseAddress! + start, byteCount: size) }
        count += size
        return
      }
    }
    writeVariable(bytes.count)
    write(bytes: bytes)
  }

  /// zstd's own headers outweigh what it could save on fewer bytes.
  private static let smallestCompressedBytes = 24

  private static func variableBytes(_ value: Int) -> Int { max(1, (Int.bitWidth - value.leadingZeroBitCount + 6) / 7) }
}

/// Reads an encoded frame that nobody vouches for: every read is checked against its end.
struct FrameReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  /// Named in errors.
  let place: String

  init(_ bytes: UnsafeRawBufferPointer, place: String) {
    self.bytes = bytes
    self.place = place
  }

  var remaining: Int { bytes.count - position }

  mutating func readBytes(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count >= 0, count <= remaining else { throw corrupt("\(count) bytes were expected in a frame, \(remaining) are left") }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  mutating func readByte() throws -> UInt8 { try readBytes(1)[0] }

  /// A LEB128 number in `range`.
  mutating func readVariable(in range: ClosedRange<Int>) throws -> Int {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      let byte = try readByte()
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 {
        guard range.contains(Int(value)) else { throw corrupt("a number in a frame is \(value), outside \(range)") }
        return Int(value)
      }
    }
    throw corrupt("a variable-length number in a frame does not end")
  }

  mutating func readWord(bytes count: Int) throws -> UInt64 {
    var word: UInt64 = 0
    let source = try readBytes(count)
    withUnsafeMutableBytes(of: &word) { $0.copyMemory(from: source) }
    return UInt64(littleEndian: word)
  }

  /// A stream of `count` bytes: where it lies in the frame, or in `scratch`, which has room for them, when it had to be decompressed.
  mutating func readStream(
    _ count: Int, scratch: UnsafeMutableRawPointer, _ worker: FrameWorker
  ) throws -> UnsafeRawPointer {
    let stored = try readBytes(try readVariable(in: 0...count))
    if stored.count == count { return stored.baseAddress ?? UnsafeRawPointer(scratch) }
    guard worker.decompress(stored, into: UnsafeMutableRawBufferPointer(start: scratch, count: count)) else {
      throw corrupt("a stream in a frame does not decompress to \(count) bytes")
    }
    return UnsafeRawPointer(scratch)
  }

  /// A stream of exactly `output.count` bytes.
  mutating func readStream(into output: UnsafeMutableRawBufferPointer, _ worker: FrameWorker) throws {
    guard let start = output.baseAddress else {
      _ = try readVariable(in: 0...0)
      return
    }
    let source = try readStream(output.count, scratch: start, worker)
    if source != UnsafeRawPointer(start) { output.copyMemory(from: .init(start: source, count: output.count)) }
  }

  func expectEnd() throws {
    guard remaining == 0 else { throw corrupt("\(remaining) bytes are left over in a frame") }
  }

  func corrupt(_ what: String) -> StoreError { .corrupt(what, at: place) }
}
