/// Gathers the asked rows and columns of one intermediate while a model re-runs.
///
/// A model may put out more rows than asked for; the row ids decide which are kept.
struct RerunCollector {
  private let rows: RowRequest
  private let columns: (IntermediateSchema) throws -> [Range<Int>]
  private let wanted: Set<Int64>?
  private(set) var schema: IntermediateSchema?
  private(set) var ranges: [Range<Int>] = []
  private var keptIDs: [RowIDs] = []
  private var values: [Float] = []
  private var frame: DataFrame?

  /// `columns` says which columns of the schema are asked for, once it is known.
  init(rows: RowRequest, columns: @escaping (IntermediateSchema) throws -> [Range<Int>]) {
    self.rows = rows
    self.columns = columns
    if case .ids(let ids) = rows { wanted = Set(ids) } else { wanted = nil }
  }

  mutating func take(_ piece: IntermediateRows) throws {
    if schema == nil {
      schema = piece.schema
      ranges = try columns(piece.schema)
    }
    switch piece {
    case .maps(let buffer, let ids, let schema): takeMaps(buffer, ids, width: schema.columnCount)
    case .frame(let whole):
      let names = ranges.flatMap { $0 }
      let picked = DataFrame(rowIDs: whole.rowIDs, columns: names.map { (whole.names[$0], whole.columns[$0]) })
      if let wanted {
        frame = picked.gather((0..<whole.rowCount).filter { wanted.contains(whole.rowIDs[$0]) })
      } else {
        frame = picked
      }
      keptIDs.append(frame!.rowIDs)
    }
  }

  private mutating func takeMaps(_ buffer: UnsafeBufferPointer<Float>, _ ids: RowIDs, width: Int) {
    let all = ranges.count == 1 && ranges[0] == 0..<width
    let kept = wanted.map { wanted in (0..<ids.count).filter { wanted.contains(ids[$0]) } }
    if all, kept == nil || kept!.count == ids.count {
      values.append(contentsOf: buffer)
      keptIDs.append(ids)
      return
    }
    for row in kept ?? Array(0..<ids.count) {
      for range in ranges { values.append(contentsOf: buffer[(row * width + range.lowerBound)..<(row * width + range.upperBound)]) }
    }
    keptIDs.append(kept.map { ids.gather($0) } ?? ids)
  }

  /// The rows that were kept, in the model's order.
  var rowIDs: RowIDs {
    if keptIDs.count == 1 { return keptIDs[0] }
    var range: Range<Int64>?
    for piece in keptIDs where piece.count > 0 {
      guard case .range(let next) = piece, range == nil || range!.upperBound == next.lowerBound else {
        return .list(keptIDs.flatMap(\.array))
      }
      range = (range?.lowerBound ?? next.lowerBound)..<next.upperBound
    }
    return .range(range ?? 0..<0)
  }

  /// `nil` when the model put nothing out.
  func result() -> IntermediateResult.Values? {
    guard schema != nil else { return nil }
    if let frame { return .frame(frame) }
    let width = ranges.reduce(0) { $0 + $1.count }
    return .maps(FloatMatrix(rows: rowIDs.count, columns: width) { _ = $0.initialize(from: values) })
  }
}
