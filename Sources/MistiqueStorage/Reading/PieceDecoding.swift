/// What the payloads of an intermediate's chunks become before they are joined to columns.
struct PieceDecoding: Sendable {
  private let codebook: CodebookRecord
  /// Of quantized values, not what they are read as but an end of the interval they tell of.
  private let end: IntervalEnd?
  /// Named in errors.
  let place: String

  init(codebook: CodebookRecord, end: IntervalEnd?, place: String) {
    self.codebook = codebook
    self.end = end
    self.place = place
  }

  /// The same for pieces that are values already.
  var ofValues: PieceDecoding { PieceDecoding(codebook: codebook, end: nil, place: place) }

  /// Whether values of the column may have been stored in another form: what is missing then holds no zero.
  func isQuantized(_ column: Int) -> Bool { codebook.entry(column: column, isMaps: false) != nil }

  /// Calls `body` with the payload if it holds values of `type`, else with the values that its codes stand for; validity stays before them.
  func withValues<Result>(
    of bytes: UnsafeRawBufferPointer, _ stored: ColumnChunkShape, _ type: ColumnType, column: Int,
    _ body: (ColumnChunkShape, UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    guard stored.type != .values(type) else {
      guard let end, let quantizer = codebook.entry(column: column, isMaps: false)?.quantizer, quantizer.rounds, quantizer.type == type
      else { return try body(stored, bytes) }
      let payload = ByteBuffer(count: bytes.count)
      payload.withMutableBytes { target in
        target.copyMemory(from: bytes)
        Self.widen(target.baseAddress! + stored.validityBytes, rows: stored.rows, to: end, quantizer)
      }
      return try payload.withBytes { try body(stored, $0) }
    }
    let shape = ColumnChunkShape(type: .values(type), rows: stored.rows, hasValidity: stored.hasValidity)
    guard let entry = codebook.entry(column: column, isMaps: false), entry.quantizer.type == type else {
      throw StoreError.corrupt("a chunk holds codes, and there is no codebook for its column", at: place)
    }
    let quantizer = end.map { entry.quantizer.standing(for: $0, entry.extrema) } ?? entry.quantizer
    let payload = ByteBuffer(count: shape.payloadBytes!)
    payload.withMutableBytes { reconstruct(bytes, shape, quantizer, into: $0) }
    return try payload.withBytes { try body(shape, $0) }
  }

  /// Replaces values that a bounded scheme rounded by an end of the interval they tell of.
  private static func widen(_ values: UnsafeMutableRawPointer, rows: Int, to end: IntervalEnd, _ quantizer: FittedQuantizer) {
    func bound(_ value: Double) -> Double {
      quantizer.bounds(ofRounded: value, column: 0).map { end == .lower ? $0.lowerBound : $0.upperBound } ?? value
    }
    if quantizer.type == .float64 {
      let doubles = values.assumingMemoryBound(to: Double.self)
      for row in 0..<rows { doubles[row] = bound(doubles[row]) }
    } else {
      let floats = values.assumingMemoryBound(to: Float.self)
      for row in 0..<rows { floats[row] = ChunkStatistics.rounded(bound(Double(floats[row])), down: end == .lower) }
    }
  }

  private func reconstruct(
    _ source: UnsafeRawBufferPointer, _ shape: ColumnChunkShape, _ quantizer: FittedQuantizer, into target: UnsafeMutableRawBufferPointer
  ) {
    let (rows, prefix) = (shape.rows, shape.validityBytes)
    target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<prefix]))
    guard rows > 0 else { return }
    let (codes, values) = (source.baseAddress! + prefix, target.baseAddress! + prefix)
    let bounded = quantizer.bookCount == 0 ? end : nil
    if quantizer.type == .float64 {
      let doubles = values.assumingMemoryBound(to: Double.self)
      quantizer.decode(codes, count: rows, rows: 0..<rows, into: doubles)
      if let bounded { for row in 0..<rows { doubles[row] = quantizer.end(bounded, ofValue: doubles[row]) } }
    } else {
      let floats = values.assumingMemoryBound(to: Float.self)
      quantizer.decode(codes, CodedChunk(rows: rows, columns: 0..<1).all, into: floats, rowStride: 1)
      guard let bounded else { return }
      for row in 0..<rows {
        floats[row] = ChunkStatistics.rounded(quantizer.end(bounded, ofValue: Double(floats[row])), down: bounded == .lower)
      }
    }
  }
}
