import Glibc

/// How a matrix lies in the caller's memory.
package enum MatrixLayout: Sendable {
  /// Row after row: value (r, c) is at r x columns + c.
  case rowMajor
  /// Column after column: value (r, c) is at c x rows + r.
  case columnMajor
}

extension DataStore {
  /// Reads float32 columns of an intermediate of maps straight into the caller's memory.
  ///
  /// - Parameters:
  ///   - columns: ascending, not overlapping; side by side in the answer.
  ///   - rows: which rows.
  ///   - output: rows x the number of asked columns, in `layout`.
  /// - Complexity: decodes the frames that hold the asked columns and rows, on all cores.
  package func readMaps(
    _ manifest: IntermediateManifest, columns: [Range<Int>], rows: RowSelection, into output: UnsafeMutableBufferPointer<Float>,
    layout: MatrixLayout = .rowMajor, counters: ReadCounters
  ) throws {
    let width = columns.reduce(0) { $0 + $1.count }
    let count = rows.count(of: manifest.rows)
    precondition(output.count == count * width, "the output has not the size of the answer")
    guard let start = output.baseAddress else { return }
    let runs = manifest.schema.runs
    let requests = try frameRequests(manifest, runs: Self.runs(of: manifest.schema, holding: columns), rows: rows)
    let target = MapTarget(start: start, columns: columns, width: width, rows: rows, count: count, layout: layout)
    try forEach(requests, counters: counters) { _, request, stored in
      if let place = target.placeInAnswer(of: request, columns: runs[request.first.run].columns) {
        return try request.file.decode(stored, frame: request.frame, into: place)
      }
      try withUnsafeTemporaryAllocation(byteCount: max(1, request.rawBytes), alignment: 64) { scratch in
        let frame = UnsafeMutableRawBufferPointer(rebasing: scratch[..<request.rawBytes])
        try request.file.decode(stored, frame: request.frame, into: frame)
        for piece in request.pieces { target.copy(piece, columns: runs[piece.run].columns, from: UnsafeRawPointer(frame.baseAddress!)) }
      }
    }
  }
}

/// The caller's matrix, written to by several threads at disjoint places.
private struct MapTarget: @unchecked Sendable {
  let start: UnsafeMutablePointer<Float>
  let columns: [Range<Int>]
  let width: Int
  let rows: RowSelection
  let count: Int
  let layout: MatrixLayout

  /// Where the frame lies in the answer as it is, so that it can be decoded there: one run of plain values, asked for as a whole.
  func placeInAnswer(of request: FrameRequest, columns run: Range<Int>) -> UnsafeMutableRawBufferPointer? {
    let piece = request.first
    guard request.others.isEmpty, piece.bytes == request.rawBytes, piece.type == .values(.float32), layout == .rowMajor || width == 1,
      columns.count == 1, columns[0] == run
    else { return nil }
    let places = rows.places(in: piece.rows)
    guard places.count == piece.rows.count else { return nil }
    return UnsafeMutableRawBufferPointer(start: start + places.lowerBound * width, count: piece.bytes)
  }

  /// Copies what is asked for of a decoded piece: rows x the run's columns, row-major.
  func copy(_ piece: FrameRequest.Piece, columns run: Range<Int>, from frame: UnsafeRawPointer) {
    let source = (frame + piece.offsetInFrame).assumingMemoryBound(to: Float.self)
    var column = 0
    for asked in columns {
      defer { column += asked.count }
      let part = asked.clamped(to: run)
      guard !part.isEmpty else { continue }
      let first = column + part.lowerBound - asked.lowerBound
      for place in rows.places(in: piece.rows) {
        let from = source + (rows.row(at: place) - piece.rows.lowerBound) * run.count + part.lowerBound - run.lowerBound
        switch layout {
        case .rowMajor: memcpy(start + place * width + first, from, part.count * 4)
        case .columnMajor: for index in 0..<part.count { start[(first + index) * count + place] = from[index] }
        }
      }
    }
  }
}
