import CStorageKernels

extension FloatEncoding {
  /// Decodes into all of `output`.
  /// - Throws: `StoreError` with code `corrupt` for bytes that `encode` cannot have written.
  static func decode(
    _ stored: UnsafeRawBufferPointer, _ element: Element, into output: UnsafeMutableRawBufferPointer, place: String
  ) throws {
    var reader = FrameReader(stored, place: place)
    guard output.count % element.bytes == 0, let target = output.baseAddress else {
      throw reader.corrupt("a frame of \(output.count) bytes is not of whole elements")
    }
    let count = output.count / element.bytes
    let flags = try reader.readByte()
    let kept = try reader.readVariable(in: 0...count)
    guard flags <= hasMask | hasSigns, flags & hasMask != 0 || kept == count else {
      throw reader.corrupt("a frame claims \(kept) of \(count) elements, flags \(flags)")
    }
    try FrameWorker.lend { worker in
      let signed = flags & hasSigns != 0
      guard flags & hasMask != 0 else {
        try readPlanes(&reader, kept, element, signed: signed, into: target, worker)
        return try reader.expectEnd()
      }
      let mask = try reader.readStream((count + 7) / 8, scratch: worker.memory(.bitmaps, bytes: (count + 7) / 8), worker)
        .assumingMemoryBound(to: UInt8.self)
      let unused = count % 8 == 0 ? 0 : mask[count / 8] >> UInt8(count % 8)
      guard mistique_count_bits(mask, count) == kept, unused == 0 else {
        throw reader.corrupt("a frame has a mask that does not fit its \(kept) elements")
      }
      let packed = worker.memory(.frame, bytes: (kept + slack) * element.bytes)
      try readPlanes(&reader, kept, element, signed: signed, into: packed, worker)
      try reader.expectEnd()
      expand(mask, packed, element, count, into: target)
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
    _ reader: inout FrameReader, _ count: Int, _ element: Element, signed: Bool, into target: UnsafeMutableRawPointer, _ worker: FrameWorker
  ) throws {
    guard element != .codes else {
      return try reader.readStream(into: UnsafeMutableRawBufferPointer(start: target, count: count), worker)
    }
    let exponents = try reader.readStream(count, scratch: worker.memory(.planes, bytes: count), worker).assumingMemoryBound(to: UInt8.self)
    let upper = element == .float32 ? try reader.readBytes(2 * count).baseAddress : nil
    let stored = try reader.readBytes(signed ? count : mistique_packed7(count))
    guard count > 0 else { return }
    var lower = stored.baseAddress!.assumingMemoryBound(to: UInt8.self)
    if !signed {
      let unpacked = worker.memory(.codes, bytes: count).assumingMemoryBound(to: UInt8.self)
      mistique_unpack7(lower, count, unpacked)
      lower = UnsafePointer(unpacked)
    }
    if element == .float32 {
      mistique_join32(exponents, upper!, lower, count, target.assumingMemoryBound(to: UInt32.self))
    } else {
      mistique_join16(exponents, lower, count, target.assumingMemoryBound(to: UInt16.self))
    }
  }
}
