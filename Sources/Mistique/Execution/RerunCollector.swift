/// Gathers the asked rows and columns of one intermediate while a model re-runs.
///
/// A model may put out more rows than asked for; the row ids decide which are kept.
struct RerunCollector {
  private let expectedRows: Int
  private let columns: (IntermediateSchema) throws -> [Range<Int>]
  private let wanted: Set<Int64>?
  /// Pools maps as the stored ones were, so that an answer has the same shape whichever way it is fetched.
  private let pooling: QuantizationScheme.Pooling?
  private(set) var schema: IntermediateSchema?
  private(set) var ranges: [Range<Int>] = []
  private var keptIDs: [RowIDs] = []
  private var keptRows = 0
  /// The answer so far: room for all expected rows, taken once, so that nothing is copied twice.
  private var values: ByteBuffer?
  private var frame: DataFrame?

  /// - Parameters:
  ///   - expectedRows: at most so many rows are asked for.
  ///   - columns: says which columns of the schema are asked for, once it is known.
  ///   - pooling: how the stored values were pooled, if they were.
  init(
    rows: RowRequest, expectedRows: Int, pooling: QuantizationScheme.Pooling? = nil,
    columns: @escaping (IntermediateSchema) throws -> [Range<Int>]
  ) {
    self.pooling = pooling
    self.expectedRows = expectedRows
    self.columns = columns
    if case .ids(let ids) = rows { wanted = Set(ids) } else { wanted = nil }
  }

  private var width: Int { ranges.reduce(0) { $0 + $1.count } }

  /// Keeps what is asked for of a piece; returns whether it fits what the catalogue says of the intermediate.
  mutating func take(_ piece: IntermediateRows) throws -> Bool {
    guard case .maps(let values, let ids, let whole, let order) = piece, ids.count > 0, values.count == ids.count * whole.columnCount,
      let base = values.baseAddress
    else { return try keep(piece) }
    guard let pooling else { return order.isChannelMajor(for: whole) ? try keep(piece) : try takeTurned(base, ids, whole, order) }
    let pooledSchema = pooling.pooledSchema(of: whole)
    return try withUnsafeTemporaryAllocation(of: Float.self, capacity: ids.count * pooledSchema.columnCount) { pooled in
      pooling.pool(base, rows: ids.count, schema: whole, order: order, into: pooled.baseAddress!)
      return try keep(.maps(UnsafeBufferPointer(pooled), rowIDs: ids, schema: pooledSchema))
    }
  }

  /// Turns the rows that are asked for into channel-major order, one after the other.
  private mutating func takeTurned(
    _ base: UnsafePointer<Float>, _ ids: RowIDs, _ whole: IntermediateSchema, _ order: MapOrder
  ) throws -> Bool {
    let columns = whole.columnCount
    return try withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { turned in
      for row in 0..<ids.count where wanted?.contains(ids[row]) ?? true {
        order.bringRow(base + row * columns, of: whole, into: turned.baseAddress!)
        guard try keep(.maps(UnsafeBufferPointer(turned), rowIDs: ids.slice(row..<row + 1), schema: whole)) else { return false }
      }
      return true
    }
  }

  private mutating func keep(_ piece: IntermediateRows) throws -> Bool {
    if schema == nil {
      schema = piece.schema
      ranges = try columns(piece.schema)
    }
    guard piece.schema == schema else { return false }
    switch piece {
    case .maps(let buffer, let ids, let schema, _): return takeMaps(buffer, ids, rowWidth: schema.columnCount)
    case .frame(let whole, _):
      let picked = DataFrame(rowIDs: whole.rowIDs, columns: ranges.flatMap { $0 }.map { (whole.names[$0], whole.columns[$0]) })
      let kept = wanted.map { wanted in picked.gather((0..<whole.rowCount).filter { wanted.contains(whole.rowIDs[$0]) }) } ?? picked
      frame = kept
      keptIDs.append(kept.rowIDs)
      return true
    }
  }

  private mutating func takeMaps(_ buffer: UnsafeBufferPointer<Float>, _ ids: RowIDs, rowWidth: Int) -> Bool {
    let kept = wanted.map { wanted in (0..<ids.count).filter { wanted.contains(ids[$0]) } }
    let count = kept?.count ?? ids.count
    let (rowBytes, first) = (width * 4, keptRows)
    guard first + count <= expectedRows, buffer.count == ids.count * rowWidth else { return false }
    keptIDs.append(kept.map { ids.gather($0) } ?? ids)
    keptRows += count
    guard let source = buffer.baseAddress, rowBytes > 0, count > 0 else { return true }
    let target = values ?? ByteBuffer(count: expectedRows * rowBytes)
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
    return true
  }

  /// The rows that were kept, in the model's order.
  var rowIDs: RowIDs { RowIDs.joined(keptIDs) }

  /// `nil` when the model put nothing out.
  func result() -> IntermediateResult.Values? {
    guard schema != nil else { return nil }
    if let frame { return .frame(frame) }
    return .maps(FloatMatrix(rows: keptRows, columns: width, storage: values ?? ByteBuffer(count: 0)))
  }
}
