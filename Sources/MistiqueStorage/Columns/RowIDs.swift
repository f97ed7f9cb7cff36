/// The ids of the rows of a frame: `row_id`, the primary index that every stage of a model keeps (paper section 2).
///
/// Ids are unique within a frame. A run of consecutive ids costs nothing to hold or to store.
public enum RowIDs: Sendable {
  /// Consecutive ids, ascending.
  case range(Range<Int64>)
  /// Any ids, in the order of the rows.
  case list([Int64])

  /// Rows `0..<count`.
  public static func first(_ count: Int) -> RowIDs { .range(0..<Int64(count)) }

  /// How many rows there are.
  public var count: Int {
    switch self {
    case .range(let range): range.count
    case .list(let ids): ids.count
    }
  }

  /// The id of the row at place `row`, from 0.
  public subscript(row: Int) -> Int64 {
    switch self {
    case .range(let range): range.lowerBound + Int64(row)
    case .list(let ids): ids[row]
    }
  }

  /// The ids of rows `rows`. Complexity: O(1) for a range, else O(rows).
  package func slice(_ rows: Range<Int>) -> RowIDs {
    switch self {
    case .range(let range): .range(range.lowerBound + Int64(rows.lowerBound)..<range.lowerBound + Int64(rows.upperBound))
    case .list(let ids): .list(Array(ids[rows]))
    }
  }

  /// The ids of the rows at `rows`, in that order. Complexity: O(rows).
  package func gather(_ rows: [Int]) -> RowIDs { .list(rows.map { self[$0] }) }

  /// Several pieces as one: a range where they follow each other.
  package static func joined(_ pieces: [RowIDs]) -> RowIDs {
    var range: Range<Int64>?
    for piece in pieces where piece.count > 0 {
      guard case .range(let next) = piece, range == nil || range!.upperBound == next.lowerBound else {
        return .list(pieces.flatMap(\.array))
      }
      range = (range?.lowerBound ?? next.lowerBound)..<next.upperBound
    }
    return .range(range ?? 0..<0)
  }

  /// Whether each id is one more than the one before it.
  package var isConsecutive: Bool {
    guard case .list(let ids) = self else { return true }
    return zip(ids, ids.dropFirst()).allSatisfy { $0 &+ 1 == $1 && $0 != .max }
  }

  /// An id that comes more than once, if there is one. Complexity: O(1) for a range, else O(rows log rows).
  package var duplicate: Int64? {
    guard case .list(let ids) = self, zip(ids, ids.dropFirst()).contains(where: { $0 >= $1 }) else { return nil }
    let sorted = ids.sorted()
    return zip(sorted, sorted.dropFirst()).first { $0 == $1 }?.0
  }

  /// All ids, in the order of the rows. Complexity: O(rows).
  public var array: [Int64] {
    switch self {
    case .range(let range): Array(range)
    case .list(let ids): ids
    }
  }
}

extension RowIDs: Equatable {
  /// Equal when they name the same ids in the same order, however they hold them.
  public static func == (a: RowIDs, b: RowIDs) -> Bool {
    if case .range(let x) = a, case .range(let y) = b { return x == y || (x.isEmpty && y.isEmpty) }
    return a.count == b.count && (0..<a.count).allSatisfy { a[$0] == b[$0] }
  }
}
