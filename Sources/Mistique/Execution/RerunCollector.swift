import MistiqueStorage

/// Gathers the asked rows and columns of one intermediate while a model re-runs.
///
/// A model may emit more rows than asked for; the row ids decide which are kept. Whatever it emits must have the columns that were logged, and
/// where all rows are emitted, the rows: `StoreError` with code `notReproduced` otherwise.
struct RerunCollector {
  /// What is asked for, and what is known of the intermediate.
  struct Request {
    let place: String
    let rows: RowRequest
    /// At most so many rows are asked for.
    let askedRows: Int
    /// How the stored values were pooled, if they were: an answer has the same shape whichever way it is fetched.
    let pooling: QuantizationScheme.Pooling?
    let expected: ExpectedShape
    /// Says which columns of the schema are asked for, once it is known.
    let columns: (IntermediateSchema) throws -> [Range<Int>]
  }

  private let request: Request
  private let wanted: Set<Int64>?
  /// As the model emits it, and as it is answered.
  private var emittedSchema: IntermediateSchema?
  private(set) var schema: IntermediateSchema?
  private(set) var ranges: [Range<Int>] = []
  private var emittedIDs: [RowIDs] = []
  private var keptIDs: [RowIDs] = []
  private var keptRows = 0
  /// The answer so far: room for all asked rows, taken once, so that nothing is copied twice.
  private var values: ByteBuffer?
  private var frame: DataFrame?

  init(_ request: Request) {
    self.request = request
    if case .ids(let ids) = request.rows { wanted = Set(ids) } else { wanted = nil }
  }

  private var width: Int { ranges.reduce(0) { $0 + $1.count } }

  /// Keeps what is asked for of a piece.
  mutating func take(_ piece: IntermediateRows) throws {
    try note(piece.schema)
    emittedIDs.append(piece.rowIDs)
    switch piece {
    case .frame(let whole, _):
      guard frame == nil else { throw failure("came as a second frame") }
      let picked = DataFrame(rowIDs: whole.rowIDs, columns: ranges.flatMap { $0 }.map { (whole.names[$0], whole.columns[$0]) })
      let kept = wanted.map { wanted in picked.gather((0..<whole.rowCount).filter { wanted.contains(whole.rowIDs[$0]) }) } ?? picked
      frame = kept
      keptIDs.append(kept.rowIDs)
    case .maps(let values, let ids, let whole, let order):
      guard values.count == ids.count * whole.columnCount else {
        throw failure("came as \(values.count) values for \(ids.count) rows of \(whole.columnCount)")
      }
      guard ids.count > 0, let base = values.baseAddress else { return }
      if let pooling = request.pooling {
        let columns = pooling.pooledSchema(of: whole).columnCount
        try withUnsafeTemporaryAllocation(of: Float.self, capacity: ids.count * columns) { pooled in
          pooling.pool(base, rows: ids.count, schema: whole, order: order, into: pooled.baseAddress!)
          try keep(UnsafeBufferPointer(pooled), ids, rowWidth: columns)
        }
      } else if order.isChannelMajor(for: whole) {
        try keep(values, ids, rowWidth: whole.columnCount)
      } else {
        try keepTurned(base, ids, whole, order)
      }
    }
  }

  /// Checks the columns of a piece against what was logged, and against the pieces before it.
  private mutating func note(_ emitted: IntermediateSchema) throws {
    if let emittedSchema {
      guard emitted == emittedSchema else { throw failure("has other columns from one piece to the next") }
      return
    }
    let pooled = request.pooling?.pooledSchema(of: emitted) ?? emitted
    guard request.expected.hasColumns(emitted, pooled: pooled) else {
      let got = emitted.columnCount == request.expected.columns ? "other columns or types" : "\(emitted.columnCount) columns"
      throw failure("has \(got), and was logged with \(request.expected.columns) columns")
    }
    (emittedSchema, schema) = (emitted, pooled)
    ranges = try request.columns(pooled)
  }

  /// Turns the rows that are asked for into channel-major order, one after the other.
  private mutating func keepTurned(_ base: UnsafePointer<Float>, _ ids: RowIDs, _ whole: IntermediateSchema, _ order: MapOrder) throws {
    let columns = whole.columnCount
    try withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { turned in
      for row in 0..<ids.count where wanted?.contains(ids[row]) ?? true {
        order.bringRow(base + row * columns, of: whole, into: turned.baseAddress!)
        try keep(UnsafeBufferPointer(turned), ids.slice(row..<row + 1), rowWidth: columns)
      }
    }
  }

  private mutating func keep(_ buffer: UnsafeBufferPointer<Float>, _ ids: RowIDs, rowWidth: Int) throws {
    let kept = wanted.map { wanted in (0..<ids.count).filter { wanted.contains(ids[$0]) } }
    let count = kept?.count ?? ids.count
    let (rowBytes, first) = (width * 4, keptRows)
    guard first + count <= request.askedRows else { throw failure("has more rows than the \(request.expected.rows) that were logged") }
    keptIDs.append(kept.map { ids.gather($0) } ?? ids)
    keptRows += count
    guard let source = buffer.baseAddress, rowBytes > 0, count > 0 else { return }
    let target = try values ?? ByteBuffer(rows: request.askedRows, rowBytes: rowBytes, at: request.place)
    values = target
    target.withMutableBytes(first * rowBytes..<(first + count) * rowBytes) { bytes in
      var place = bytes.baseAddress!
      if rowBytes == rowWidth * 4, count == ids.count {
        place.copyMemory(from: source, byteCount: bytes.count)
        return
      }
      for index in 0..<count {
        let row = source + (kept?[index] ?? index) * rowWidth
        for range in ranges {
          place.copyMemory(from: row + range.lowerBound, byteCount: range.count * 4)
          place += range.count * 4
        }
      }
    }
  }

  /// Checks what the model has emitted in all, when it has ended.
  ///
  /// - Parameter isWhole: whether every row was asked of the model. A model that cannot run on some rows only emits all of them anyway, and is held to
  ///   them; one that emits no more than was asked for is held to that.
  func finish(isWhole: Bool) throws {
    guard emittedSchema != nil else { return }
    let emitted = RowIDs.joined(emittedIDs)
    if let id = emitted.duplicate { throw failure("has row_id \(id) more than once") }
    guard !request.expected.hasRows(emitted) else { return }
    if !isWhole, let wanted, emitted.count <= wanted.count, (0..<emitted.count).allSatisfy({ wanted.contains(emitted[$0]) }) { return }
    throw failure(
      emitted.count == request.expected.rows
        ? "has other row ids than were logged, or the same in another order"
        : "has \(emitted.count) rows, and was logged with \(request.expected.rows)")
  }

  private func failure(_ what: String) -> StoreError {
    StoreError(
      .notReproduced, "the re-run does not give what was logged: it \(what)", at: request.place,
      remedy: "Run the model on the data it was logged with; if it did, the model is at fault. Nothing was stored.")
  }

  /// The rows that were kept, in the model's order.
  var rowIDs: RowIDs { RowIDs.joined(keptIDs) }

  /// `nil` when the model emitted nothing.
  func result() -> IntermediateResult.Values? {
    guard schema != nil else { return nil }
    if let frame { return .frame(frame) }
    return .maps(FloatMatrix(rows: keptRows, columns: width, storage: values ?? ByteBuffer(count: 0)))
  }
}
