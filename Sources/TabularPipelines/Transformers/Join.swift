import Mistique

/// Joins two frames on a key column: every row of the left frame with the row of the right frame that has its key.
///
/// Keys are int64, texts, booleans, dates or timestamps, of one type on both sides. Two texts are one key when all their bytes are equal: texts that
/// are canonically equivalent, or look alike, are different keys.
///
/// Output columns: the left frame's, then the right frame's without its key. `row_id`s are the left frame's, in their order. `how: left` keeps
/// rows without a partner, with missing values on the right; `how: inner` drops them. A missing key has no partner. A key that the right frame has
/// twice is an error, unless `duplicates: first` takes its first row; the left frame may repeat keys.
/// Complexity: O(left + right) expected, plus the copied values; right columns are shared, not copied, when rows pair up in order.
struct Join: StatelessTransformer {
  static let bits: TransformerBits? = .revision(1)
  static let signature = TransformerSignature(
    "Join", inputs: [.frame, .frame],
    parameters: [
      ParameterDeclaration("left_key", .text(oneOf: [])),
      ParameterDeclaration("right_key", .text(oneOf: [])),
      ParameterDeclaration("how", .text(oneOf: ["inner", "left"]), default: .text("inner")),
      ParameterDeclaration("duplicates", .text(oneOf: ["error", "first"]), default: .text("error")),
    ])

  private let leftKey: String
  private let rightKey: String
  private let keepsUnmatched: Bool
  private let takesFirst: Bool

  init(_ parameters: Parameters) {
    leftKey = parameters.text("left_key")
    rightKey = parameters.text("right_key")
    keepsUnmatched = parameters.text("how") == "left"
    takesFirst = parameters.text("duplicates") == "first"
  }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] { try applyTracing(inputs).map(\.frame) }

  func applyTracing(_ inputs: [StageInput]) throws -> [TracedFrame] {
    var left = inputs[0].frame
    let right = inputs[1].frame
    let leftColumn = try left.requiredColumn(leftKey)
    let rightColumn = try right.requiredColumn(rightKey)
    for name in right.names where !name.isExactly(rightKey) && left[name] != nil { throw TransformerError.duplicateColumn(name) }
    guard leftColumn.type == rightColumn.type, KeyTable.joins(leftColumn.type) else {
      throw TransformerError.keyTypes(left: leftColumn.type, right: rightColumn.type)
    }
    var partners = try partners(of: leftColumn, in: rightColumn)
    var origins: [Int: TracedFrame.Origin] = [:]
    if !keepsUnmatched, partners.contains(-1) {
      let kept = RowList(partners.indices.filter { partners[$0] >= 0 })
      left = left.gather(kept.rows)
      partners = partners.filter { $0 >= 0 }
      for place in left.columns.indices { origins[place] = .init(input: 0, column: place, operation: .rows(kept)) }
    }
    var columns = Array(zip(left.names, left.columns))
    let pairsInOrder = partners.count == right.rowCount && partners.enumerated().allSatisfy { $0 == $1 }
    let list = RowList(partners)
    for (place, (name, column)) in zip(right.names, right.columns).enumerated() where !name.isExactly(rightKey) {
      let operation: ColumnOperation = pairsInOrder ? .unchanged : .rows(list)
      origins[columns.count] = .init(input: 1, column: place, operation: operation)
      columns.append((name, pairsInOrder ? column : column.gather(list)))
    }
    return [TracedFrame(DataFrame(rowIDs: left.rowIDs, columns: columns.map { (name: $0.0, column: $0.1) }), origins: origins)]
  }

  /// Per row of `left`, the place of the row of `right` that has its key; -1 for none.
  private func partners(of left: Column, in right: Column) throws -> [Int] {
    var keys = KeyTable(type: right.type)
    var firstRows: [Int] = []
    firstRows.reserveCapacity(right.count)
    for (row, number) in keys.insert(right).enumerated() where number >= 0 {
      // New keys are numbered in the order of their rows.
      if number == firstRows.count {
        firstRows.append(row)
      } else if !takesFirst {
        throw TransformerError.duplicateKey(column: rightKey, value: keys.text(of: Int(number)))
      }
    }
    return keys.numbers(of: left).map { $0 < 0 ? -1 : firstRows[Int($0)] }
  }
}
