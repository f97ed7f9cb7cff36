import CStorageKernels

/// All rows of adjacent columns of maps, to be read from codes of a byte each: the common case, a whole layer under 8BIT, or the base of a ladder.
///
/// Chunks of small maps have few columns: 16 values, a cache line, of each row of the answer. The codes of many such chunks fit a core's cache, where
/// their rows are put side by side, so that the answer is written in long lines, once, and nothing in between is as large as it.
struct ByteCodeRows: Sendable {
  private let target: MapTarget<Float>
  private let spans: [Range<Int>]
  /// What each of the 256 codes stands for.
  private let table: [Float]
  /// Whether the codes are those of bases, a quarter of the bytes of their frames.
  private let areBases: Bool

  /// Columns that are put side by side at most: lines of 4 KB are long enough.
  private static let joinedColumns = min(1024, MISTIQUE_LOOKUP_COLUMNS)

  /// `nil` for other answers, and for values that do not depend on their code alone.
  init?(_ plan: ReadPlan, _ target: MapTarget<Float>, _ quantizer: FittedQuantizer) {
    areBases = plan.rungs == .base
    guard let table = quantizer.byteTable, target.layout == .rowMajor, target.rows == .all, target.columns.count == 1, target.width > 0
    else { return nil }
    self.target = target
    self.table = table
    spans = plan.manifest.schema.spans.map(\.columns)
  }

  /// Whether all that is asked for of a frame are codes of a byte each.
  func takes(_ request: FrameRequest) -> Bool {
    if areBases { return request.hasRungs }
    return request.first.type == .codes(bits: 8) && request.others.allSatisfy { $0.type == .codes(bits: 8) }
  }

  /// Bytes of a frame that a code stands for.
  var bytesPerCode: Int { areBases ? 4 : 1 }

  /// Codes of a frame.
  func codes(of request: FrameRequest) -> Int { request.rawBytes / bytesPerCode }

  /// Decodes them.
  func decode(_ stored: PartitionFile.StoredRungs, of request: FrameRequest, into output: UnsafeMutableRawBufferPointer) throws {
    guard areBases else { return try request.decode(stored, into: output) }
    try request.file.decodeCodes(stored, frame: request.frame, into: output)
  }

  /// The codes of some rows and columns of the intermediate.
  private struct Piece {
    let rows: Range<Int>
    let columns: Range<Int>
    let codes: UnsafePointer<UInt8>
    /// From one row's codes to the next one's.
    let stride: Int
  }

  /// Writes the values of a batch's frames.
  ///
  /// - Parameter frames: decoded, each where `offsets` says, in the order of `requests`.
  func write(_ frames: UnsafeRawPointer, at offsets: [Int], of requests: [FrameRequest]) {
    var pieces: [Piece] = []
    for (request, offset) in zip(requests, offsets) {
      append(request.first, frames + offset, to: &pieces)
      for other in request.others { append(other, frames + offset, to: &pieces) }
    }
    pieces.sort { ($0.rows.lowerBound, $0.columns.lowerBound) < ($1.rows.lowerBound, $1.columns.lowerBound) }
    var start = 0
    while start < pieces.count {
      let end = endOfRun(pieces, from: start)
      write(pieces[start..<end])
      start = end
    }
  }

  private func append(_ piece: FrameRequest.Piece, _ frame: UnsafeRawPointer, to pieces: inout [Piece]) {
    let span = spans[piece.span]
    let asked = target.columns[0].clamped(to: span)
    let codes = (frame + piece.offsetInFrame / bytesPerCode + asked.lowerBound - span.lowerBound).assumingMemoryBound(to: UInt8.self)
    pieces.append(Piece(rows: piece.rows, columns: asked, codes: codes, stride: span.count))
  }

  /// Where the pieces from `start` on end that have the same rows of adjacent columns.
  private func endOfRun(_ pieces: [Piece], from start: Int) -> Int {
    var end = start + 1
    while end < pieces.count, pieces[end].rows == pieces[start].rows,
      pieces[end].columns.lowerBound == pieces[end - 1].columns.upperBound,
      pieces[end].columns.upperBound - pieces[start].columns.lowerBound <= Self.joinedColumns
    { end += 1 }
    return end
  }

  private func write(_ run: ArraySlice<Piece>) {
    guard let first = run.first else { return }
    let pieces = run.map { mistique_lookup_piece(codes: $0.codes, stride: $0.stride, width: $0.columns.count) }
    let place = first.rows.lowerBound * target.width + first.columns.lowerBound - target.columns[0].lowerBound
    mistique_lookup_rows(
      pieces, pieces.count, first.rows.count, table, target.isLarge ? 1 : 0, target.width, target.start + place)
  }
}

extension DataStore {
  /// Codes that a core holds at a time: with their stored bytes they fit its second-level cache, and rows of 16 columns come to lines of 2 KB.
  private static let heldBytes = 64 << 10...512 << 10

  /// Reads frames of codes on all cores, each batch of them straight to the values that it stands for.
  func read(_ requests: [FrameRequest], _ rows: ByteCodeRows, counters: ReadCounters) throws {
    let all = requests.reduce(0) { $0 + rows.codes(of: $1) }
    let held = min(max(all / 8, Self.heldBytes.lowerBound), Self.heldBytes.upperBound)
    try forEachBatch(of: requests, rawBytes: held * rows.bytesPerCode) { batch in
      var offsets: [Int] = []
      var end = 0
      for place in batch.requests {
        offsets.append(end)
        end += (rows.codes(of: requests[place]) + 63) & ~63
      }
      // Memory of this size is reused, smaller pieces would come and go with every batch.
      try ByteBuffer(count: max(end, BufferPool.smallestBytes)).withMutableBytes { frames in
        var number = 0
        try batch.read(counters: counters) { place, stored in
          let (request, offset) = (requests[place], offsets[number])
          try rows.decode(
            stored, of: request, into: UnsafeMutableRawBufferPointer(rebasing: frames[offset..<offset + rows.codes(of: request)]))
          number += 1
        }
        rows.write(UnsafeRawPointer(frames.baseAddress!), at: offsets, of: batch.requests.map { requests[$0] })
      }
    }
  }
}
