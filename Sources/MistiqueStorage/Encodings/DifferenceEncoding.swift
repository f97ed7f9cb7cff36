import CStorageKernels

/// A frame in which chunks are stored as what they differ by from a similar one before them.
///
///     1   encoding of the rest: any but this
///     v   number of differences, then for each:   v offset in the frame   v bytes   v offset of the reference, all of it before the chunk
///     ... the frame so encoded, every chunk of the list as itself XOR its reference
///
/// Where two chunks agree, the XOR is zero: what agrees costs a bit in a mask of zeros, and what does not costs what it always did. A chunk is
/// read by decoding its frame, no more. Source: this goes beyond the paper, which places similar chunks side by side (section 3).
struct DifferenceEncoding: FrameEncoding {
  /// A chunk that is stored as its difference from another one, which lies before it in the frame and has as many bytes.
  struct Difference: Sendable, Hashable {
    /// Where the chunk begins in the frame.
    let offset: Int
    let bytes: Int
    /// Where the other one begins.
    let reference: Int
  }

  var tag: UInt8 { 11 }

  func serves(_ content: FrameContent) -> Bool { !content.differences.isEmpty }

  func bound(_ count: Int) -> Int { count }

  /// As `FrameEncoding.encode`; `nil` also when no chunk of `content` resembles another, or the differences make the frame no smaller.
  func encode(_ raw: UnsafeRawBufferPointer, _ content: FrameContent, into room: UnsafeMutableRawBufferPointer) -> Int? {
    let differences = content.differences
    guard !differences.isEmpty, Self.lie(differences, inFrameOf: raw.count) else { return nil }
    var writer = FrameWriter(UnsafeMutableRawBufferPointer(rebasing: room[..<min(room.count, raw.count)]))
    writer.write(0)
    writer.writeVariable(differences.count)
    for difference in differences {
      for number in [difference.offset, difference.bytes, difference.reference] { writer.writeVariable(number) }
    }
    guard !writer.overflowed else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: raw.count + FrameEncodings.bound(raw.count), alignment: 64) { scratch in
      let frame = UnsafeMutableRawBufferPointer(rebasing: scratch[..<raw.count])
      let rest = UnsafeMutableRawBufferPointer(rebasing: scratch[raw.count...])
      frame.copyMemory(from: raw)
      // The last first, so that a reference is still itself when it is needed.
      for difference in differences.reversed() {
        mistique_xor(frame.baseAddress! + difference.reference, difference.bytes, frame.baseAddress! + difference.offset)
      }
      guard let (tag, bytes) = EncodingChoice.encodeAlone(UnsafeRawBufferPointer(frame), FrameContent(content.element), into: rest)
      else { return nil }
      writer.write(bytes: UnsafeRawBufferPointer(rebasing: rest[..<bytes]))
      guard !writer.overflowed, writer.count < raw.count else { return nil }
      room[0] = tag
      return writer.count
    }
  }

  func decode(_ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws {
    var reader = FrameReader(stored, place: place)
    let rest = try reader.readByte()
    guard rest != tag else { throw reader.corrupt("differences of differences are not a frame") }
    let count = try reader.readVariable(in: 0...reader.remaining)
    var differences: [Difference] = []
    for _ in 0..<count {
      differences.append(
        Difference(
          offset: try reader.readVariable(in: 0...output.count), bytes: try reader.readVariable(in: 0...output.count),
          reference: try reader.readVariable(in: 0...output.count)))
    }
    guard Self.lie(differences, inFrameOf: output.count) else {
      throw reader.corrupt("a difference in a frame does not lie in it, after its reference")
    }
    try FrameEncodings.decode(try reader.readBytes(reader.remaining), tag: rest, into: output, place: place)
    guard let start = output.baseAddress else { return }
    for difference in differences { mistique_xor(start + difference.reference, difference.bytes, start + difference.offset) }
  }

  /// Whether all lie in a frame of `count` bytes, one after the other, each after its reference.
  private static func lie(_ differences: [Difference], inFrameOf count: Int) -> Bool {
    var end = 0
    for difference in differences {
      guard difference.offset >= end, difference.offset + difference.bytes <= count, difference.reference >= 0, difference.bytes >= 0,
        difference.reference + difference.bytes <= difference.offset
      else { return false }
      end = difference.offset + difference.bytes
    }
    return true
  }
}
