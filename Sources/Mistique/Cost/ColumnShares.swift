import MistiqueStorage

/// What each intermediate of a model would add to a store, when nothing is stored yet: the amortised size S of the paper's gamma.
///
/// A column that stages pass on is stored once, whichever of its intermediates is stored first. Each of the n intermediates that have it
/// therefore counts 1/n of its bytes.
struct ColumnShares {
  private struct Part {
    let bytes: Int
    /// The number of the column it is, among those that no stage passed on.
    let origin: Int
  }

  private var parts: [String: [Part]] = [:]
  private var users: [Int] = []

  /// Counts a piece of an intermediate: a frame's columns one by one, rows of a network's layer as one column that nobody shares.
  mutating func add(_ name: String, _ rows: IntermediateRows) {
    guard case .frame(let frame, let passedOn) = rows else { return add(name, [(rows.approximateBytes, nil)]) }
    add(
      name,
      frame.columns.enumerated().map { place, column in
        let passed = passedOn[place]
        return (column.approximateBytes, passed.flatMap { origin(of: $0) })
      })
  }

  private mutating func add(_ name: String, _ columns: [(bytes: Int, origin: Int?)]) {
    for (bytes, origin) in columns {
      let origin = origin ?? users.count
      if origin == users.count { users.append(0) }
      users[origin] += 1
      parts[name, default: []].append(Part(bytes: bytes, origin: origin))
    }
  }

  private func origin(of passed: PassedColumn) -> Int? {
    parts[passed.intermediate].flatMap { $0.indices.contains(passed.column) ? $0[passed.column].origin : nil }
  }

  func bytes(of name: String) -> Int { (parts[name] ?? []).reduce(0) { $0 + $1.bytes / users[$1.origin] } }
}
