import CStorageKernels

extension FloatEncoding {
  /// Decodes into all of `output`.
  /// - Throws: `StoreError` with code `corrupt` for bytes that `encode` cannot have written.
  static func decode(
    _ stored: UnsafeRawBufferPointer, _ element: Element, into output: UnsafeMutableRawBufferPointer, place: String
  ) throws {
    var reader = StreamReader(stored, place: place)
    guard output.count % element.bytes == 0 else { throw reader.malformed("of \(output.count) bytes is not of whole elements") }
    let count = output.count / element.bytes
    let flags = try reader.readByte()
    let kept = Int(try reader.readNumber())
    guard flags <= 3, kept <= count, flags & 1 != 0 || kept == count else {
      throw reader.malformed("claims \(kept) of \(count) elements, flags \(flags)")
    }
    guard flags & 1 != 0 else {
      try readPlanes(&reader, kept, element, signed: flags & 2 != 0, into: output.baseAddress)
      return try reader.expectEnd()
    }
    let maskBytes = (count + 7) / 8
    try withUnsafeTemporaryAllocation(byteCount: maskBytes + (kept + 128) * element.bytes, alignment: 64) { scratch in
      let packed = scratch.baseAddress!
      let mask = UnsafeMutableRawBufferPointer(start: packed + (kept + 128) * element.bytes, count: maskBytes)
      try reader.readStream(into: mask)
      let bits = mask.baseAddress!.assumingMemoryBound(to: UInt8.self)
      let unused = count % 8 == 0 ? 0 : mask[maskBytes - 1] >> UInt8(count % 8)
      guard mistique_count_bits(bits, count) == kept, unused == 0 else {
        throw reader.malformed("has a mask that does not fit its \(kept) elements")
      }
      try readPlanes(&reader, kept, element, signed: flags & 2 != 0, into: packed)
      try reader.expectEnd()
      guard let target = output.baseAddress else { return }
      expand(bits, packed, element, count, into: target)
    }
  }

  private static func expand(
    _ mask: UnsafePointer<UInt8>, _ packed: UnsafeRawPointer, _ element: Element, _ count: Int, into target: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32:
      mistique_expand32(mask, packed.assumingMemoryBound(to: UInt32.self), count, target.assumingMemoryBound(to: UInt32.self))
    case .float16:
      mistique_expand16(mask, packed.assumingMemoryBound(to: UInt16.self), count, target.assumingMemoryBound(to: UInt16.self))
    case .codes:
      mistique_expand8(mask, packed.assumingMemoryBound(to: UInt8.self), count, target.assumingMemoryBound(to: UInt8.self))
    }
  }

  private static func readPlanes(
    _ reader: inout StreamReader, _ count: Int, _ element: Element, signed: Bool, into target: UnsafeMutableRawPointer?
  ) throws {
    guard element != .codes, let target, count > 0 else {
      return try reader.readStream(into: UnsafeMutableRawBufferPointer(start: target, count: count * element.bytes))
    }
    try withUnsafeTemporaryAllocation(byteCount: 2 * count, alignment: 64) { planes in
      let exponents = planes.baseAddress!.assumingMemoryBound(to: UInt8.self)
      let unpacked = exponents + count
      try reader.readStream(into: UnsafeMutableRawBufferPointer(start: exponents, count: count))
      let upper = element == .float32 ? try reader.readRaw(2 * count).baseAddress : nil
      let stored = try reader.readRaw(signed ? count : mistique_packed7(count)).baseAddress!.assumingMemoryBound(to: UInt8.self)
      if !signed { mistique_unpack7(stored, count, unpacked) }
      let lower = signed ? stored : UnsafePointer(unpacked)
      if let upper {
        mistique_join32(exponents, upper, lower, count, target.assumingMemoryBound(to: UInt32.self))
      } else {
        mistique_join16(exponents, lower, count, target.assumingMemoryBound(to: UInt16.self))
      }
    }
  }
}
