import CStorageKernels

extension FloatEncoding {
  func decode(_ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws {
    var reader = FrameReader(stored, place: place)
    guard output.count % element.bytes == 0, let target = output.baseAddress else {
      throw reader.corrupt("a frame of \(output.count) bytes is not of whole elements")
    }
    let count = output.count / element.bytes
    let flags = try reader.readByte()
    let kept = try reader.readVariable(in: 0...count)
    guard flags <= Self.hasMask | Self.hasSigns, flags & Self.hasMask != 0 || kept == count else {
      throw reader.corrupt("a frame claims \(kept) of \(count) elements, flags \(flags)")
    }
    try FrameWorker.lend { worker in
      let signed = flags & Self.hasSigns != 0
      guard flags & Self.hasMask != 0 else {
        try readPlanes(&reader, kept, signed: signed, into: target, worker)
        return try reader.expectEnd()
      }
      let mask = try reader.readStream((count + 7) / 8, scratch: worker.memory(.bitmaps, bytes: (count + 7) / 8), worker)
        .assumingMemoryBound(to: UInt8.self)
      let unused = count % 8 == 0 ? 0 : mask[count / 8] >> UInt8(count % 8)
      guard mistique_floats_count_bits(mask, count) == kept, unused == 0 else {
        throw reader.corrupt("a frame has a mask that does not fit its \(kept) elements")
      }
      let packed = worker.memory(.frame, bytes: (kept + Self.slack) * element.bytes)
      try readPlanes(&reader, kept, signed: signed, into: packed, worker)
      try reader.expectEnd()
      expand(mask, packed, count, into: target)
    }
  }

  private func expand(_ mask: UnsafePointer<UInt8>, _ packed: UnsafeRawPointer, _ count: Int, into target: UnsafeMutableRawPointer) {
    switch element {
    case .float32:
      mistique_floats_expand32(mask, packed.assumingMemoryBound(to: UInt32.self), count, target.assumingMemoryBound(to: UInt32.self))
    case .float16:
      mistique_floats_expand16(mask, packed.assumingMemoryBound(to: UInt16.self), count, target.assumingMemoryBound(to: UInt16.self))
    case .codes:
      mistique_floats_expand8(mask, packed.assumingMemoryBound(to: UInt8.self), count, target.assumingMemoryBound(to: UInt8.self))
    }
  }

  private func readPlanes(
    _ reader: inout FrameReader, _ count: Int, signed: Bool, into target: UnsafeMutableRawPointer, _ worker: FrameWorker
  ) throws {
    guard element != .codes else {
      return try reader.readStream(into: UnsafeMutableRawBufferPointer(start: target, count: count), worker)
    }
    let exponents = try reader.readStream(count, scratch: worker.memory(.planes, bytes: count), worker).assumingMemoryBound(to: UInt8.self)
    let upper = element == .float32 ? try reader.readBytes(2 * count).baseAddress : nil
    let stored = try reader.readBytes(signed ? count : mistique_floats_packed7(count))
    guard count > 0 else { return }
    var lower = stored.baseAddress!.assumingMemoryBound(to: UInt8.self)
    if !signed {
      let unpacked = worker.memory(.codes, bytes: count).assumingMemoryBound(to: UInt8.self)
      mistique_floats_unpack7(lower, count, unpacked)
      lower = UnsafePointer(unpacked)
    }
    if element == .float32 {
      mistique_floats_join32(exponents, upper!, lower, count, target.assumingMemoryBound(to: UInt32.self))
    } else {
      mistique_floats_join16(exponents, lower, count, target.assumingMemoryBound(to: UInt16.self))
    }
  }
}
