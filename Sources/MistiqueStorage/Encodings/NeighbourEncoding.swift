import CStorageKernels

/// Codes of few different values: neighbours share a byte, and the bytes are compressed by their frequencies.
///
///     1   arrangement: 0 pairs of 4 bits, 1 squares of 2 bits
///     1   the code that symbol 0 stands for; symbol s is that code + s, mod 256; the last symbol, 15 or 3, is an escape
///     v   codes of a line, an even number; 0 = four in a row                only for squares
///     v   k, how many codes are escapes
///     s   stream: the symbols, as `neighbours.h` draws them
///     s   stream: k bytes, the codes of the escapes in their order
///
/// Why: a symbol of several codes has the fractional bits and the context of its neighbours that a Huffman code of one code cannot have, and each
/// symbol that is decoded gives two or four codes. Multiples of a step (BOUND_QT) crowd around zero, so that few are escapes. Measured in
/// `MistiqueStorage.docc/BoundedErrors.md`.
struct NeighbourEncoding: FrameEncoding {
  enum Arrangement: UInt8 {
    case pairs = 0
    case squares = 1

    /// The symbol of an escape, and how many symbols stand for codes.
    var last: Int { self == .pairs ? 15 : 3 }
  }

  let tag: UInt8 = 12

  /// How codes are arranged, where that was chosen already.
  var choice: NeighbourChoice?

  func serves(_ content: FrameContent) -> Bool { content.element == .codes }

  /// All codes may be escapes.
  func bound(_ count: Int) -> Int { count + count / 2 + 64 }

  func encode(_ raw: UnsafeRawBufferPointer, _ content: FrameContent, into room: UnsafeMutableRawBufferPointer) -> Int? {
    guard let base = raw.baseAddress, raw.count > 0, !room.isEmpty else { return nil }
    let choice = choice ?? NeighbourChoice(NeighbourSample(raw, lineLength: content.lineLength))
    let (codes, count) = (base.assumingMemoryBound(to: UInt8.self), raw.count)
    return FrameWorker.lend { worker in
      let size = choice.packedBytes(count)
      let packed = worker.memory(.planes, bytes: size)
      let escapes = worker.memory(.codes, bytes: count)
      let (symbols, others) = (packed.assumingMemoryBound(to: UInt8.self), escapes.assumingMemoryBound(to: UInt8.self))
      let escaped =
        choice.arrangement == .pairs
        ? mistique_neighbours_pack_pairs(codes, count, choice.first, symbols, others)
        : mistique_neighbours_pack_squares(codes, count, choice.line, choice.first, symbols, others)
      var writer = FrameWriter(room)
      writer.write(choice.arrangement.rawValue)
      writer.write(choice.first)
      if choice.arrangement == .squares { writer.writeVariable(choice.line) }
      writer.writeVariable(escaped)
      writer.writeStream(UnsafeRawBufferPointer(start: packed, count: size), choice.hasRuns ? .symbols : .frequencies, worker)
      writer.writeStream(UnsafeRawBufferPointer(start: escapes, count: escaped), .frequencies, worker)
      return writer.overflowed ? nil : writer.count
    }
  }

  func decode(_ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws {
    var reader = FrameReader(stored, place: place)
    guard let target = output.baseAddress else { throw reader.corrupt("a frame of neighbouring codes has none") }
    let count = output.count
    guard let arrangement = Arrangement(rawValue: try reader.readByte()) else {
      throw reader.corrupt("neighbouring codes are arranged in an unknown way")
    }
    let first = try reader.readByte()
    let line = arrangement == .squares ? try reader.readVariable(in: 0...count) : 0
    guard line % 2 == 0 else { throw reader.corrupt("squares of codes are cut from lines of \(line)") }
    let choice = NeighbourChoice(arrangement: arrangement, first: first, line: line)
    let escaped = try reader.readVariable(in: 0...count)
    try FrameWorker.lend { worker in
      let size = choice.packedBytes(count)
      let packed = try reader.readStream(size, scratch: worker.memory(.planes, bytes: size), worker).assumingMemoryBound(to: UInt8.self)
      let escapes = try reader.readStream(escaped, scratch: worker.memory(.codes, bytes: escaped), worker)
        .assumingMemoryBound(to: UInt8.self)
      try reader.expectEnd()
      let codes = target.assumingMemoryBound(to: UInt8.self)
      let fits =
        arrangement == .pairs
        ? mistique_neighbours_unpack_pairs(packed, escapes, escaped, count, first, codes)
        : mistique_neighbours_unpack_squares(packed, escapes, escaped, count, line, first, codes)
      guard fits != 0 else { throw reader.corrupt("neighbouring codes do not have \(escaped) escapes") }
    }
  }
}
