import CStorageKernels

/// A frame of float32 in two rungs that lie apart in the file: the base, which is within a bound, and the residual, which makes it exact.
///
/// Base:
///
///     4   step, float32
///     v   -lowest: what multiple of the step code 0 stands for
///     1   encoding of the codes: a tag of a frame of codes, or 0 (as they are)
///     ... the codes of BOUND_QT, a byte each, in that encoding
///
/// Residual:
///
///     v   k, how many codes are that of zero
///     1   encoding of their values: a tag of a frame of float32, or 0 (as they are)
///     v   n, and n bytes: these k values, in their order, in that encoding
///     ... of every other value, its number among the floats of its bin (`LadderBins`), least significant bit first, without gaps
///
/// Why it costs little: a bin's floats are about equally likely, so their numbers are noise that no encoding makes smaller, and what can be compressed are
/// the codes and the values around zero. Measured in `MistiqueStorage.docc/Ladder.md`.
enum LadderEncoding {
  static let tag: UInt8 = 13

  /// Bytes of both rungs of a frame.
  typealias Encoded = (base: Int, residual: Int)

  /// The most bytes of the base of `count` values.
  static func baseBound(_ count: Int) -> Int { 16 + max(NeighbourEncoding().bound(count), FloatEncoding(.codes).bound(count)) }

  /// The most bytes of the residual of `count` values.
  static func residualBound(_ count: Int) -> Int { 24 + FloatEncoding(.float32).bound(4 * count) + 3 * count + 8 }

  /// Encodes the values of `raw` into both rungs.
  ///
  /// - Returns: `nil` when a value has no code, or the codes are better not stored apart.
  static func encode(
    _ raw: UnsafeRawBufferPointer, _ content: FrameContent, base: UnsafeMutableRawBufferPointer, residual: UnsafeMutableRawBufferPointer
  ) -> Encoded? {
    guard let grid = content.grid, grid.step > 0, let source = raw.baseAddress, raw.count >= 4, raw.count % 4 == 0 else { return nil }
    let count = raw.count / 4
    return FrameWorker.lend { worker in
      let codes = worker.memory(.codes, bytes: count).assumingMemoryBound(to: UInt8.self)
      let floats = source.assumingMemoryBound(to: Float.self)
      var range = mistique_quantize_range(lowest: .max, highest: 0)
      mistique_bound_codes(floats, count, grid.perStep, grid.shift, codes, &range)
      guard grid.covers(Float(orderKey: range.lowest), Float(orderKey: range.highest)) else { return nil }
      var writer = FrameWriter(base)
      writer.writeWord(UInt64(Float(grid.step).bitPattern), bytes: 4)
      writer.writeVariable(-grid.lowest)
      var inner = FrameContent(.codes)
      inner.lineLength = content.lineLength
      let start = writer.count
      let (tag, size) = encodeCodes(
        UnsafeRawBufferPointer(start: codes, count: count), inner, into: UnsafeMutableRawBufferPointer(rebasing: base[(start + 1)...]))
      writer.write(tag)
      let residualBytes = encodeResidual(floats, codes, count, LadderBins.bins(of: grid), into: residual, worker)
      return residualBytes.map { (start + 1 + size, $0) }
    }
  }

  private static func encodeCodes(
    _ codes: UnsafeRawBufferPointer, _ content: FrameContent, into room: UnsafeMutableRawBufferPointer
  ) -> EncodingChoice.Encoded {
    if let best = EncodingChoice.encodeAlone(codes, content, into: room), best.bytes < codes.count { return best }
    room.copyMemory(from: codes)
    return (PlainEncoding().tag, codes.count)
  }

  private static func encodeResidual(
    _ values: UnsafePointer<Float>, _ codes: UnsafePointer<UInt8>, _ count: Int, _ bins: mistique_ladder_bins,
    into room: UnsafeMutableRawBufferPointer, _ worker: FrameWorker
  ) -> Int? {
    let zeros = worker.memory(.transformed, bytes: 4 * count + 4)
    let numbers = worker.memory(.frame, bytes: 3 * count + 8)
    var (bins, zeroCount) = (bins, 0)
    let size = mistique_ladder_split(
      UnsafeRawPointer(values).assumingMemoryBound(to: UInt32.self), codes, count, &bins, zeros.assumingMemoryBound(to: UInt32.self),
      &zeroCount, numbers.assumingMemoryBound(to: UInt8.self))
    let near = UnsafeRawBufferPointer(start: zeros, count: 4 * zeroCount)
    var writer = FrameWriter(room)
    writer.writeVariable(zeroCount)
    withUnsafeTemporaryAllocation(byteCount: FloatEncoding(.float32).bound(near.count), alignment: 64) { scratch in
      let encoding = FloatEncoding(.float32)
      if let bytes = encoding.encode(near, FrameContent(.float32), into: scratch), bytes < near.count {
        writer.write(encoding.tag)
        writer.writeVariable(bytes)
        writer.write(bytes: UnsafeRawBufferPointer(rebasing: scratch[..<bytes]))
      } else {
        writer.write(PlainEncoding().tag)
        writer.writeVariable(near.count)
        writer.write(bytes: near)
      }
    }
    writer.write(bytes: UnsafeRawBufferPointer(start: numbers, count: size))
    return writer.overflowed ? nil : writer.count
  }
}
