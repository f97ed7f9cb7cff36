import CStorageKernels

/// The rungs of a frame that is stored in two, as bytes that nobody vouches for.
struct LadderFrame {
  private let grid: UniformGrid
  private let tag: UInt8
  private let codes: UnsafeRawBufferPointer
  private let place: String

  /// - Throws: `StoreError` with code `corrupt` for a grid that was never written.
  init(base stored: UnsafeRawBufferPointer, place: String) throws {
    var reader = FrameReader(stored, place: place)
    let step = Float(bitPattern: UInt32(try reader.readWord(bytes: 4)))
    let lowest = -(try reader.readVariable(in: 0...UniformGrid.codeCount - 1))
    tag = try reader.readByte()
    codes = try reader.readBytes(reader.remaining)
    self.place = place
    guard step > 0, let grid = UniformGrid(error: Double(step), step: Double(step), lowest: lowest) else {
      throw reader.corrupt("the base of a frame has a step of \(step)")
    }
    self.grid = grid
  }

  /// Decodes the codes, `output.count` of them.
  func decodeCodes(into output: UnsafeMutableRawBufferPointer) throws {
    // Any other encoding decodes to bytes too, but was never written here.
    guard Self.codeTags.contains(tag) else { throw StoreError.corrupt("the codes of a frame have encoding \(tag)", at: place) }
    try FrameEncodings.decode(codes, tag: tag, into: output, place: place)
  }

  private static let codeTags: Set<UInt8> = [PlainEncoding().tag, FloatEncoding(.codes).tag, NeighbourEncoding().tag]

  private func valueCount(_ output: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = output.count / 4
    guard count > 0, output.count % 4 == 0 else { throw StoreError.corrupt("a frame in rungs is not of whole values", at: place) }
    return count
  }

  /// The values within the bound.
  func decodeBase(into output: UnsafeMutableRawBufferPointer) throws {
    let count = try valueCount(output)
    try FrameWorker.lend { worker in
      let memory = UnsafeMutableRawBufferPointer(start: worker.memory(.frame, bytes: count), count: count)
      try decodeCodes(into: memory)
      mistique_ladder_values(
        memory.baseAddress!.assumingMemoryBound(to: UInt8.self), count, Int32(grid.lowest), Float(grid.step),
        output.baseAddress!.assumingMemoryBound(to: Float.self))
    }
  }

  /// The values as they were.
  func decode(residual stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws {
    let count = try valueCount(output)
    var reader = FrameReader(stored, place: place)
    let zeroCount = try reader.readVariable(in: 0...count)
    let zeroTag = try reader.readByte()
    guard zeroTag == PlainEncoding().tag || zeroTag == FloatEncoding(.float32).tag else {
      throw reader.corrupt("the values around zero have encoding \(zeroTag)")
    }
    let near = try reader.readBytes(try reader.readVariable(in: 0...FloatEncoding(.float32).bound(4 * zeroCount)))
    let numbers = try reader.readBytes(reader.remaining)
    try FrameWorker.lend { worker in
      let codes = UnsafeMutableRawBufferPointer(start: worker.memory(.frame, bytes: count), count: count)
      try decodeCodes(into: codes)
      let zeros = UnsafeMutableRawBufferPointer(start: worker.memory(.transformed, bytes: 4 * count + 4), count: 4 * zeroCount)
      if zeroCount > 0 {
        try FrameEncodings.decode(near, tag: zeroTag, into: zeros, place: place)
      } else if !near.isEmpty {
        throw reader.corrupt("\(near.count) bytes hold no values around zero")
      }
      // The kernel reads as far as the widest numbers would go, and counts afterwards.
      guard numbers.count <= 3 * count else { throw reader.corrupt("\(numbers.count) bytes of numbers tell \(count) values apart") }
      let padded = worker.memory(.codes, bytes: 3 * count + 8)
      if let start = numbers.baseAddress { padded.copyMemory(from: start, byteCount: numbers.count) }
      var bins = LadderBins.bins(of: grid)
      let fits = mistique_ladder_join(
        codes.baseAddress!.assumingMemoryBound(to: UInt8.self), count, &bins, zeros.baseAddress!.assumingMemoryBound(to: UInt32.self),
        zeroCount, padded.assumingMemoryBound(to: UInt8.self), numbers.count, output.baseAddress!.assumingMemoryBound(to: UInt32.self))
      guard fits != 0 else { throw reader.corrupt("the residual of a frame is not that of its base") }
    }
  }
}
