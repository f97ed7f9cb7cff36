import Dispatch
import Groundwork
import Synchronization

extension DataStore {
  /// The asked columns of a pipeline's intermediate, in the order of the plan.
  ///
  /// - Parameter end: of quantized values, not what they are read as but an end of the interval they tell of.
  /// - Complexity: decodes the frames that hold the asked columns and rows, on all cores.
  func readColumns(_ plan: ReadPlan, end: IntervalEnd? = nil, counters: ReadCounters) throws -> [Column] {
    guard case .columns = plan.manifest.schema else {
      throw StoreError(.invalid, "maps were asked for as named columns", at: directory, remedy: "Ask for them as maps.")
    }
    let asked = plan.columns.flatMap { $0 }
    guard !plan.derived.isEmpty else { return try readStored(asked, plan, end: end, counters: counters) }
    var read: [Int: Column] = [:]
    for derived in plan.derived { try read.merge(readDerived(derived, counters: counters)) { $1 } }
    let stored = asked.filter { read[$0] == nil }
    guard !stored.isEmpty else { return asked.map { read[$0]! } }
    for (column, values) in zip(stored, try readStored(stored, plan, end: end, counters: counters)) { read[column] = values }
    return asked.map { read[$0]! }
  }

  /// Those of the asked columns that are stored.
  private func readStored(_ columns: [Int], _ plan: ReadPlan, end: IntervalEnd?, counters: ReadCounters) throws -> [Column] {
    let spans = plan.manifest.schema.spans
    let decoding = PieceDecoding(codebook: try codebook(of: plan.manifest), end: end, place: directory)
    let located: [LocatedPiece]
    // What the pieces still are to become. Rows that were picked are values already, or the ends of their intervals.
    let joining: PieceDecoding
    switch plan.rows {
    case .all: (located, joining) = (try wholePieces(plan.requests, counters: counters), decoding)
    case .positions: (located, joining) = (try pickedPieces(plan, decoding, counters: counters), decoding.ofValues)
    }
    let pieces = Dictionary(grouping: located, by: \.span)
    let isSmall = located.reduce(0) { $0 + $1.bytes.count } < 1 << 20
    return try Self.inParallel(columns, isSmall: isSmall) { column in
      try counters.check()
      return try self.assemble((pieces[column] ?? []).sorted { $0.firstRow < $1.firstRow }, type: spans[column].type, column, joining)
    }
  }

  /// All rows of every piece: frames are decoded side by side and stay where they are.
  private func wholePieces(_ requests: [FrameRequest], counters: ReadCounters) throws -> [LocatedPiece] {
    // One piece of memory for all frames: a large one is used again for the next read, many small ones go back to the kernel.
    var places: [Int] = []
    var bytes = 0
    for request in requests {
      places.append(bytes)
      bytes += (request.rawBytes + 63) / 64 * 64
    }
    let frames = try ByteBuffer(rows: 1, rowBytes: bytes, at: directory)
    let starts = places
    try forEach(requests, counters: counters) { place, request, stored in
      try frames.withMutableBytes(starts[place]..<starts[place] + request.rawBytes) {
        try request.file.decode(stored, frame: request.frame, into: $0)
      }
    }
    return zip(requests, starts).flatMap { request, start in
      request.pieces.map {
        LocatedPiece(
          span: $0.span, firstRow: $0.rows.lowerBound, shape: $0.shape,
          bytes: BufferSlice(frames, offset: start + $0.offsetInFrame, count: $0.bytes))
      }
    }
  }

  /// The asked rows of every piece: they are taken out of a frame as soon as it is decoded, into memory that stays in a core's cache.
  ///
  /// All columns of a row of a wide table take thousands of frames and one value of each.
  private func pickedPieces(_ plan: ReadPlan, _ decoding: PieceDecoding, counters: ReadCounters) throws -> [LocatedPiece] {
    let spans = plan.manifest.schema.spans
    let picked = Mutex<[Int: [LocatedPiece]]>([:])  // by request
    try forEach(plan.requests, counters: counters) { place, request, stored in
      let pieces = try withUnsafeTemporaryAllocation(byteCount: max(1, request.rawBytes), alignment: 64) { scratch in
        let frame = UnsafeMutableRawBufferPointer(rebasing: scratch[..<request.rawBytes])
        try request.file.decode(stored, frame: request.frame, into: frame)
        return try request.pieces.map { piece in
          let bytes = UnsafeRawBufferPointer(rebasing: frame[piece.offsetInFrame..<piece.offsetInFrame + piece.bytes])
          let rows = plan.rows.places(in: piece.rows).map { plan.rows.row(at: $0) - piece.rows.lowerBound }
          let type = spans[piece.span].type
          let part =
            try decoding.withValues(of: bytes, piece.shape, type, column: piece.span) { shape, values in
              try shape.picking(rows, from: values, place: decoding.place)
            }
          return LocatedPiece(span: piece.span, firstRow: piece.rows.lowerBound, shape: part.shape, bytes: part.payload)
        }
      }
      picked.withLock { $0[place] = pieces }
    }
    return picked.withLock { picked in plan.requests.indices.flatMap { picked[$0]! } }
  }

  /// Rows of one column, decoded from a frame: values, or codes that are not yet what they stand for.
  private struct LocatedPiece: Sendable {
    let span: Int
    /// A row of the intermediate that none of the piece comes before.
    let firstRow: Int
    let shape: ColumnChunkShape
    let bytes: BufferSlice
  }

  private static func inParallel(
    _ columns: [Int], isSmall: Bool, _ body: @Sendable (Int) throws -> Column
  ) throws -> [Column] {
    guard !isSmall, columns.count > 1 else { return try columns.map(body) }
    let results = Mutex<[Int: Result<Column, any Error>]>([:])
    withoutActuallyEscaping(body) { body in
      DispatchQueue.concurrentPerform(iterations: columns.count) { place in
        StandardArithmetic.adopt()
        let result = Result { try body(columns[place]) }
        results.withLock { $0[place] = result }
      }
    }
    return try results.withLock { results in try columns.indices.map { try results[$0]!.get() } }
  }

  /// The ids of the asked rows, in their order.
  package func readRowIDs(_ plan: ReadPlan, counters: ReadCounters) throws -> RowIDs {
    switch plan.rowIDs {
    case .consecutive(let start):
      let all = RowIDs.range(start..<start + Int64(plan.manifest.rows))
      if case .positions(let positions) = plan.rows { return all.gather(positions) }
      return all
    case .column(let ids):
      guard case .int64(let values) = try readColumns(ids, counters: counters)[0].values else {
        preconditionFailure("checked against the schema")
      }
      return .list(values)
    }
  }

  /// Joins the pieces of one column, in order of rows.
  private func assemble(_ located: [LocatedPiece], type: ColumnType, _ column: Int, _ decoding: PieceDecoding) throws -> Column {
    var builder = ColumnBuilder(type: type, expectedRows: located.reduce(0) { $0 + $1.shape.rows }, place: directory)
    for piece in located {
      try piece.bytes.withBytes { bytes in
        try decoding.withValues(of: bytes, piece.shape, type, column: column) { shape, values in try builder.append(values, shape: shape) }
      }
    }
    return builder.finish(isZeroed: !decoding.isQuantized(column))
  }
}
