import Dispatch
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
    let (requests, manifest, rows) = (plan.requests, plan.manifest, plan.rows)
    // One piece of memory for all frames: a large one is used again for the next read, many small ones go back to the kernel.
    var places: [Int] = []
    var bytes = 0
    for request in requests {
      places.append(bytes)
      bytes += (request.rawBytes + 63) / 64 * 64
    }
    let frames = ByteBuffer(count: bytes)
    let starts = places
    try forEach(requests, counters: counters) { place, request, stored in
      try frames.withMutableBytes(starts[place]..<starts[place] + request.rawBytes) {
        try request.file.decode(stored, frame: request.frame, into: $0)
      }
    }
    var located: [Int: [LocatedPiece]] = [:]  // pieces by column
    for (index, request) in requests.enumerated() {
      for piece in request.pieces {
        located[piece.span, default: []].append(
          LocatedPiece(piece: piece, bytes: BufferSlice(frames, offset: starts[index] + piece.offsetInFrame, count: piece.bytes)))
      }
    }
    let codebook = try codebook(of: manifest)
    let spans = manifest.schema.spans
    let pieces = located.mapValues { $0.sorted { $0.piece.rows.lowerBound < $1.piece.rows.lowerBound } }
    return try Self.inParallel(columns, isSmall: bytes < 1 << 20) { column in
      let entry = codebook.entry(column: column, isMaps: false)
      let quantizer = entry.map { entry in end.map { entry.quantizer.standing(for: $0, entry.extrema) } ?? entry.quantizer }
      return try self.assemble(pieces[column] ?? [], type: spans[column].type, quantizer, end, rows: rows)
    }
  }

  /// The rows of one column that lie in one frame, decoded.
  private struct LocatedPiece: Sendable {
    let piece: FrameRequest.Piece
    let bytes: BufferSlice
  }

  private static func inParallel(
    _ columns: [Int], isSmall: Bool, _ body: @Sendable (Int) throws -> Column
  ) throws -> [Column] {
    guard !isSmall, columns.count > 1 else { return try columns.map(body) }
    let results = Mutex<[Int: Result<Column, any Error>]>([:])
    withoutActuallyEscaping(body) { body in
      DispatchQueue.concurrentPerform(iterations: columns.count) { place in
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

  /// Joins the pieces of one column, in order of rows, and picks the asked rows out of them.
  private func assemble(
    _ located: [LocatedPiece], type: ColumnType, _ quantizer: FittedQuantizer?, _ end: IntervalEnd?, rows: RowSelection
  ) throws -> Column {
    var builder = ColumnBuilder(type: type, expectedRows: located.reduce(0) { $0 + $1.piece.rows.count }, place: directory)
    var picked: [Int] = []
    var decodedRows = 0
    for (piece, stored) in located.map({ ($0.piece, $0.bytes) }) {
      let shape = ColumnChunkShape(type: .values(type), rows: piece.rows.count, hasValidity: piece.hasValidity)
      let payload = piece.type == shape.type ? stored : try reconstructed(stored, shape, quantizer, end)
      try payload.withBytes { try builder.append($0, shape: shape) }
      if case .positions = rows {
        for place in rows.places(in: piece.rows) { picked.append(decodedRows + rows.row(at: place) - piece.rows.lowerBound) }
      }
      decodedRows += piece.rows.count
    }
    let column = builder.finish(isZeroed: quantizer == nil)
    if case .positions = rows { return column.gather(picked) }
    return column
  }

  /// The payload of a chunk of codes as the values they stand for; its validity stays before them.
  private func reconstructed(
    _ stored: BufferSlice, _ shape: ColumnChunkShape, _ quantizer: FittedQuantizer?, _ end: IntervalEnd?
  ) throws -> BufferSlice {
    guard let quantizer, .values(quantizer.type) == shape.type else {
      throw StoreError.corrupt("a chunk holds codes, and there is no codebook for its column", at: directory)
    }
    let (rows, prefix) = (shape.rows, shape.validityBytes)
    let payload = ByteBuffer(count: shape.payloadBytes!)
    stored.withBytes { source in
      payload.withMutableBytes { target in
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
    return BufferSlice(payload)
  }
}
