import Dispatch
import Synchronization

extension DataStore {
  /// Reads named columns of a pipeline's intermediate.
  ///
  /// - Parameter columns: places in the schema; the answer has them in this order.
  /// - Complexity: decodes the frames that hold the asked columns and rows, on all cores.
  package func readColumns(
    _ manifest: IntermediateManifest, columns: [Int], rows: RowSelection, counters: ReadCounters
  ) throws -> [Column] { try readColumns(manifest, columns: columns, rows: rows, end: nil, counters: counters) }

  /// - Parameter end: of quantized values, not what they are read as but an end of the interval they tell of.
  func readColumns(
    _ manifest: IntermediateManifest, columns: [Int], rows: RowSelection, end: IntervalEnd?, counters: ReadCounters
  ) throws -> [Column] {
    guard case .columns = manifest.schema else {
      throw StoreError(.invalid, "maps were asked for as named columns", at: directory, remedy: "Ask for them as maps.")
    }
    let derived = try derivedColumns(manifest, columns)
    guard derived.isEmpty else { return try readColumns(manifest, columns: columns, derived: derived, rows: rows, counters: counters) }
    let requests = try frameRequests(manifest, runs: Array(Set(columns)).sorted(), rows: rows)
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
        located[piece.run, default: []].append(
          LocatedPiece(piece: piece, bytes: BufferSlice(frames, offset: starts[index] + piece.offsetInFrame, count: piece.bytes)))
      }
    }
    let codebook = try codebook(of: manifest)
    let runs = manifest.schema.runs
    let pieces = located.mapValues { $0.sorted { $0.piece.rows.lowerBound < $1.piece.rows.lowerBound } }
    return try Self.inParallel(columns, isSmall: bytes < 1 << 20) { column in
      let entry = codebook.entry(column: column, isMaps: false)
      let quantizer = entry.map { entry in end.map { entry.quantizer.standing(for: $0, entry.extrema) } ?? entry.quantizer }
      return try self.assemble(pieces[column] ?? [], type: runs[column].type, quantizer, end, rows: rows)
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
  package func readRowIDs(_ manifest: IntermediateManifest, rows: RowSelection, counters: ReadCounters) throws -> RowIDs {
    try rows.check(against: manifest.rows, place: directory)
    switch manifest.rowIDs {
    case .range(let start):
      let all = RowIDs.range(start..<start + Int64(manifest.rows))
      if case .positions(let positions) = rows { return all.gather(positions) }
      return all
    case .column(let reference):
      // The ids are a column of their own, stored under a schema of one.
      let ids = IntermediateManifest(
        schema: .columns([.init(name: "row_id", type: .int64)]), rows: manifest.rows, rowsPerBlock: manifest.rowsPerBlock,
        rowIDs: .range(start: 0), runs: [reference])
      let column = try readColumns(ids, columns: [0], rows: rows, counters: counters)[0]
      guard case .int64(let values) = column.values else { preconditionFailure("checked against the schema") }
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
