import CStorageKernels

/// A frame in which chunks are stored as what they differ by from a similar one before them.
///
///     1   encoding of the rest: any but this
///     v   number of differences, then for each:   v offset in the frame   v bytes   v offset of the reference, all of it before the chunk
///     ... the frame so encoded, every chunk of the list as itself XOR its reference
///
/// Where two chunks agree, the XOR is zero: what agrees costs a bit in a mask of zeros, and what does not costs what it always did. A chunk is
/// read by decoding its frame, no more. Source: this goes beyond the paper, which places similar chunks side by side (section 3).
enum DifferenceEncoding {
  struct Difference: Sendable, Hashable {
    let offset: Int
    let bytes: Int
    let reference: Int
  }

  /// Encodes `raw`; `nil` when it does not fit `output`.
  static func encode(
    _ raw: UnsafeRawBufferPointer, _ content: FrameContent, into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    withUnsafeTemporaryAllocation(byteCount: max(1, raw.count), alignment: 64) { scratch in
      let frame = UnsafeMutableRawBufferPointer(rebasing: scratch[..<raw.count])
      frame.copyMemory(from: raw)
      // The last first, so that a reference is still itself when it is needed.
      for difference in content.differences.reversed() {
        mistique_xor(frame.baseAddress! + difference.offset, frame.baseAddress! + difference.reference, difference.bytes)
      }
      var writer = FrameWriter(output)
      writer.write(0)
      writer.writeVariable(content.differences.count)
      for difference in content.differences {
        for number in [difference.offset, difference.bytes, difference.reference] { writer.writeVariable(number) }
      }
      guard !writer.overflowed else { return nil }
      let rest = UnsafeMutableRawBufferPointer(rebasing: output[writer.count...])
      guard rest.count >= FrameEncoding.bound(raw.count),
        let (encoding, size) = FrameEncoding.encodeAlone(UnsafeRawBufferPointer(frame), FrameContent(content.element), into: rest)
      else { return nil }
      output[0] = encoding.rawValue
      return writer.count + size
    }
  }

  /// Decodes into all of `output`.
  /// - Throws: `StoreError` with code `corrupt` for bytes that `encode` cannot have written.
  static func decode(_ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws {
    var reader = FrameReader(stored, place: place)
    let encoding = try reader.readByte()
    guard encoding != FrameEncoding.differences.rawValue else { throw reader.corrupt("differences of differences are not a frame") }
    let count = try reader.readVariable(in: 0...reader.remaining)
    var differences: [Difference] = []
    for _ in 0..<count {
      let difference = Difference(
        offset: try reader.readVariable(in: 0...output.count), bytes: try reader.readVariable(in: 0...output.count),
        reference: try reader.readVariable(in: 0...output.count))
      guard difference.offset + difference.bytes <= output.count, difference.reference + difference.bytes <= difference.offset,
        difference.offset >= (differences.last.map { $0.offset + $0.bytes } ?? 0)
      else { throw reader.corrupt("a difference in a frame does not lie in it, after its reference") }
      differences.append(difference)
    }
    try FrameEncoding.decode(try reader.readBytes(reader.remaining), encoding: encoding, into: output, place: place)
    for difference in differences {
      mistique_xor(output.baseAddress! + difference.offset, output.baseAddress! + difference.reference, difference.bytes)
    }
  }
}
