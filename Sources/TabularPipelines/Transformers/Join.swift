import Mistique

/// Joins two frames on a key column: every row of the left frame with the row of the right frame that has its key.
///
/// Output columns: the left frame's, then the right frame's without its key. `row_id`s are the left frame's, in their order. `how: left` keeps
/// rows without a partner, with missing values at the right; `how: inner` drops them. A missing key has no partner. A key that the right
/// frame has twice is an error, or its first row is taken with `duplicates: first`; the left frame may repeat keys.
/// Complexity: O(left + right) expected, plus the copied values; right columns are shared, not copied, when rows pair up in order.
public struct Join: StatelessTransformer {
  public static let signature = TransformerSignature(
    "Join", inputs: [.frame, .frame], passage: .firstInput,
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

  public init(_ parameters: Parameters) {
    leftKey = parameters.text("left_key")
    rightKey = parameters.text("right_key")
    keepsUnmatched = parameters.text("how") == "left"
    takesFirst = parameters.text("duplicates") == "first"
  }

  public func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    var left = inputs[0].frame
    let right = inputs[1].frame
    let leftColumn = try left.requiredColumn(leftKey)
    let rightColumn = try right.requiredColumn(rightKey)
    for name in right.names where name != rightKey && left[name] != nil { throw TransformerError.duplicateColumn(name) }
    // Place of the partner in the right frame, -1 for none.
    var partners: [Int]
    switch (leftColumn.values, rightColumn.values) {
    case (.int64(let a), .int64(let b)):
      partners = try self.partners(a, leftColumn, try index(b, rightColumn))
    case (.text(let a), .text(let b)):
      partners = try self.partners(Array(a), leftColumn, try index(Array(b), rightColumn))
    default: throw TransformerError.keyTypes(left: "\(leftColumn.type)", right: "\(rightColumn.type)")
    }
    if !keepsUnmatched, partners.contains(-1) {
      left = left.gather(partners.indices.filter { partners[$0] >= 0 })
      partners = partners.filter { $0 >= 0 }
    }
    var columns = Array(zip(left.names, left.columns))
    let pairsInOrder = partners.count == right.rowCount && partners.enumerated().allSatisfy { $0 == $1 }
    for (name, column) in zip(right.names, right.columns) where name != rightKey {
      columns.append((name, pairsInOrder ? column : column.gathered(partners)))
    }
    return [DataFrame(rowIDs: left.rowIDs, columns: columns.map { (name: $0.0, column: $0.1) })]
  }

  private func index<Key: Hashable>(_ keys: [Key], _ column: Column) throws -> [Key: Int] {
    var places: [Key: Int] = [:]
    places.reserveCapacity(keys.count)
    for (place, key) in keys.enumerated() where column.isPresent(place) {
      if places[key] == nil {
        places[key] = place
      } else if !takesFirst {
        throw TransformerError.duplicateKey(column: rightKey, value: "\(key)")
      }
    }
    return places
  }

  private func partners<Key: Hashable>(_ keys: [Key], _ column: Column, _ places: [Key: Int]) throws -> [Int] {
    keys.enumerated().map { column.isPresent($0) ? places[$1] ?? -1 : -1 }
  }
}

extension Array where Element == String {
  fileprivate init(_ texts: TextValues) { self = (0..<texts.count).map { texts[$0] } }
}

extension Column {
  /// The rows at `rows`; -1 stands for a missing value. Complexity: O(rows).
  fileprivate func gathered(_ rows: [Int]) -> Column {
    guard rows.contains(-1) else { return gather(rows) }
    guard count > 0 else { return allMissing(rows.count) }
    var present = Validity(count: rows.count, present: false)
    for (place, row) in rows.enumerated() where row >= 0 && isPresent(row) { present[place] = true }
    return Column(gather(rows.map { Swift.max($0, 0) }).values, validity: present)
  }

  private func allMissing(_ count: Int) -> Column {
    let zeros: Values =
      switch values {
      case .float32: .float32(Array(repeating: 0, count: count))
      case .float64: .float64(Array(repeating: 0, count: count))
      case .int64: .int64(Array(repeating: 0, count: count))
      case .boolean: .boolean(Array(repeating: false, count: count))
      case .date: .date(Array(repeating: 0, count: count))
      case .text: .text(TextValues(repeatElement("", count: count)))
      }
    return Column(zeros, validity: Validity(count: count, present: false))
  }
}

extension DataFrame {
  /// The column, or an error that lists those there are.
  func requiredColumn(_ name: String) throws -> Column {
    guard let column = self[name] else { throw TransformerError.missingColumns([name], available: names) }
    return column
  }
}
