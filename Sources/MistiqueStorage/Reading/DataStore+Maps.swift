import Glibc

extension DataStore {
  /// Reads float32 columns of an intermediate of maps straight into the caller's memory.
  ///
  /// - Parameters:
  ///   - columns: ascending, not overlapping; side by side in the answer.
  ///   - rows: which rows.
  ///   - output: row-major, rows x the number of asked columns.
  /// - Complexity: decodes the frames that hold the asked columns and rows, on all cores.
  package func readMaps(
    _ manifest: IntermediateManifest, columns: [Range<Int>], rows: RowSelection, into output: UnsafeMutableBufferPointer<Float>,
    counters: ReadCounters
  ) throws {
    let width = columns.reduce(0) { $0 + $1.count }
    precondition(output.count == rows.count(of: manifest.rows) * width, "the output has not the size of the answer")
    let runs = manifest.schema.runs
    let requests = try frameRequests(manifest, runs: Self.runs(of: manifest.schema, holding: columns), rows: rows)
    let target = MapTarget(start: output.baseAddress, width: width, columns: columns, rows: rows)
    try forEach(requests) { _, request in
      if try target.decodesInPlace(request, runs: runs, counters: counters) { return }
      try withUnsafeTemporaryAllocation(byteCount: max(1, request.rawBytes), alignment: 64) { scratch in
        let frame = UnsafeMutableRawBufferPointer(rebasing: scratch[..<request.rawBytes])
        try request.file.readFrame(request.frame, into: frame, counters: counters)
        for piece in request.pieces { target.copy(piece, columns: runs[piece.run].columns, from: UnsafeRawBufferPointer(frame)) }
      }
    }
  }
}

/// The caller's matrix, written to by several threads at disjoint places.
private struct MapTarget: @unchecked Sendable {
  let start: UnsafeMutablePointer<Float>?
  let width: Int
  let columns: [Range<Int>]
  let rows: RowSelection

  /// Decodes the frame into the answer itself where it lies there as it does in the frame: one run, asked for as a whole.
  func decodesInPlace(_ request: FrameRequest, runs: [ColumnRun], counters: ReadCounters) throws -> Bool {
    guard let start, request.pieces.count == 1, let piece = request.pieces.first, piece.bytes == request.rawBytes else { return false }
    let run = runs[piece.run].columns
    guard columns.count == 1, columns[0] == run else { return false }
    let places = rows.places(in: piece.rows)
    guard places.count == piece.rows.count else { return false }
    let target = UnsafeMutableRawBufferPointer(start: start + places.lowerBound * width, count: piece.bytes)
    try request.file.readFrame(request.frame, into: target, counters: counters)
    return true
  }

  func copy(_ piece: FrameRequest.Piece, columns run: Range<Int>, from frame: UnsafeRawBufferPointer) {
    guard let start, let base = frame.baseAddress else { return }
    let source = base + piece.offsetInFrame
    var column = 0
    for asked in columns {
      defer { column += asked.count }
      let part = asked.clamped(to: run)
      guard !part.isEmpty else { continue }
      for place in rows.places(in: piece.rows) {
        let row = rows.row(at: place) - piece.rows.lowerBound
        let from = source + (row * run.count + part.lowerBound - run.lowerBound) * 4
        memcpy(start + place * width + column + part.lowerBound - asked.lowerBound, from, part.count * 4)
      }
    }
  }
}
