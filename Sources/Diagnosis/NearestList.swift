/// The nearest rows seen so far: at most `capacity`, nearest first, ties in the order of rows.
struct NearestList {
  struct Entry {
    let squaredDistance: Double
    let row: Int

    func isBefore(_ other: Entry) -> Bool {
      squaredDistance != other.squaredDistance ? squaredDistance < other.squaredDistance : row < other.row
    }
  }

  /// Up to here it is kept in order. Longer lists are put in order when they have twice as many as are kept, so that each row costs O(log n) and not O(n).
  private static let mostInOrder = 1_000

  let capacity: Int
  /// Of a long list more than `capacity`, in any order.
  private var entries: [Entry] = []
  /// Of a long list, the furthest of those that were kept when it was last put in order.
  private var furthest = Double.infinity
  private var isLong: Bool { capacity > Self.mostInOrder }

  init(capacity: Int) { self.capacity = capacity }

  /// What a row must not exceed to get in; infinite while there is room.
  var limit: Double {
    isLong ? furthest : entries.count < capacity ? .infinity : entries.last?.squaredDistance ?? -.infinity
  }

  /// NaN and infinite distances never get in.
  mutating func insert(_ squaredDistance: Double, row: Int) {
    guard squaredDistance.isFinite, squaredDistance <= limit else { return }
    let entry = Entry(squaredDistance: squaredDistance, row: row)
    guard !isLong else {
      entries.append(entry)
      if entries.count / 2 >= capacity {
        entries = ordered
        furthest = entries[capacity - 1].squaredDistance
      }
      return
    }
    if entries.count == capacity, let last = entries.last, !entry.isBefore(last) { return }
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].isBefore(entry) { low = middle + 1 } else { high = middle }
    }
    if entries.count == capacity { entries.removeLast() }
    entries.insert(entry, at: low)
  }

  private var ordered: [Entry] { isLong ? Array(entries.sorted { $0.isBefore($1) }.prefix(capacity)) : entries }

  var neighbours: [Neighbour] { ordered.map { Neighbour(row: $0.row, distance: $0.squaredDistance.squareRoot()) } }
}
