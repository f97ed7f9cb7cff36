/// The four questions that a store's layout must serve (paper section 5: few or many rows, few or many columns).
struct ReadPattern {
  enum Kind: String, CaseIterable {
    /// One row, one channel's map or one unit: POINTQ.
    case point
    /// All rows of a channel's map or a unit: COL_DIST.
    case column
    /// Ten scattered rows, everything: KNN, ROW_DIFF.
    case tenRows = "ten_rows"
    /// Everything: SVCCA, VIS.
    case layer
  }

  let kind: Kind
  let row: Int
  let channel: Int
  let rows: [Int]

  /// Another row, channel and ten rows for every repetition, so that nothing is answered from a processor's cache.
  init(_ kind: Kind, of array: LayerArray, repetition: Int) {
    self.kind = kind
    guard case .maps(let channels, _, _) = array.schema else { preconditionFailure("arrays are of maps") }
    row = (17 + repetition * 397) % array.rows
    channel = (3 + repetition * 5) % channels
    rows = (0..<10).map { ($0 * array.rows / 10 + repetition * 31 + $0 * 7) % array.rows }.sorted()
  }

  func columns(of array: LayerArray) -> [Range<Int>] {
    guard case .maps(_, let height, let width) = array.schema else { preconditionFailure("arrays are of maps") }
    switch kind {
    case .point, .column: return [channel * height * width..<(channel + 1) * height * width]
    case .tenRows, .layer: return [0..<array.matrix.columns]
    }
  }

  var selection: [Int]? {
    switch kind {
    case .point: [row]
    case .tenRows: Array(Set(rows)).sorted()
    case .column, .layer: nil
    }
  }
}
