/// Which rows of an intermediate are asked for, by their place in it.
package enum RowSelection: Sendable, Equatable {
  case all
  /// Ascending, without repetitions.
  case positions([Int])

  package func count(of rows: Int) -> Int {
    switch self {
    case .all: rows
    case .positions(let positions): positions.count
    }
  }

  /// - Throws: `StoreError` with code `invalid` unless the rows are ascending, without repetitions, and among `rows`: the answer would have
  ///   places that nothing is written to.
  func check(against rows: Int, place: String) throws {
    guard case .positions(let positions) = self, let last = positions.last else { return }
    guard positions[0] >= 0, last < rows, zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw StoreError(
        .invalid, "rows \(positions[0])...\(last) were asked for, there are \(rows)", at: place,
        remedy: "Ask for rows that are there, ascending and each once.")
    }
  }

  /// The places in the answer that rows `range` of the intermediate take.
  func places(in range: Range<Int>) -> Range<Int> {
    switch self {
    case .all: range
    case .positions(let positions): positions.lowerBound(range.lowerBound)..<positions.lowerBound(range.upperBound)
    }
  }

  /// The RowBlocks that hold any of the rows, ascending: all, or no more than there are rows.
  func blocks(of rowsPerBlock: Int, count: Int) -> [Int] {
    guard case .positions(let positions) = self else { return Array(0..<count) }
    var blocks: [Int] = []
    for position in positions where blocks.last != position / rowsPerBlock { blocks.append(position / rowsPerBlock) }
    return blocks.filter { $0 < count }
  }

  /// The row of the intermediate at `place` of the answer.
  package func row(at place: Int) -> Int {
    switch self {
    case .all: place
    case .positions(let positions): positions[place]
    }
  }
}

extension [Int] {
  /// The first place whose element is not below `value`; the array must be ascending.
  fileprivate func lowerBound(_ value: Int) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
