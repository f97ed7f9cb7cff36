/// The nearest rows seen so far: at most `capacity`, nearest first, ties in the order of rows.
struct NearestList {
  struct Entry {
    let squaredDistance: Double
    let row: Int

    func isBefore(_ other: Entry) -> Bool {
      squaredDistance != other.squaredDistance ? squaredDistance < other.squaredDistance : row < other.row
    }
  }

  let capacity: Int
  private(set) var entries: [Entry] = []

  init(capacity: Int) { self.capacity = capacity }

  /// What a row must not exceed to get in; infinite while there is room.
  var limit: Double { entries.count < capacity ? .infinity : entries.last?.squaredDistance ?? -.infinity }

  /// NaN and infinite distances never get in.
  mutating func insert(_ squaredDistance: Double, row: Int) {
    guard squaredDistance.isFinite, squaredDistance <= limit else { return }
    let entry = Entry(squaredDistance: squaredDistance, row: row)
    if entries.count == capacity, let last = entries.last, !entry.isBefore(last) { return }
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].isBefore(entry) { low = middle + 1 } else { high = middle }
    }
    if entries.count == capacity { entries.removeLast() }
    entries.insert(entry, at: low)
  }

  var neighbours: [Neighbour] { entries.map { Neighbour(row: $0.row, distance: $0.squaredDistance.squareRoot()) } }
}
