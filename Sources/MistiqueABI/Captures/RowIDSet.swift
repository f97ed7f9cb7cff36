import Mistique

/// The row ids that came so far: runs of consecutive ids as ranges, all others one by one.
struct RowIDSet {
  /// Ascending, with a gap between any two.
  private var runs: [Range<Int64>] = []
  private var others: Set<Int64> = []
  private(set) var count = 0

  /// Shorter runs are kept one by one once there are many, since each run is moved whenever one before it begins.
  private static let shortestRun = 16
  private static let fewRuns = 4_096

  func contains(_ id: Int64) -> Bool {
    if others.contains(id) { return true }
    let place = firstRun(after: id)
    return place > 0 && runs[place - 1].contains(id)
  }

  /// Adds ids, none of which is there yet or comes twice. Complexity: O(ids + runs).
  mutating func insert(_ ids: [Int64]) {
    count += ids.count
    var start = 0
    while start < ids.count {
      var end = start + 1
      while end < ids.count, ids[end - 1] < .max, ids[end] == ids[end - 1] + 1 { end += 1 }
      insert(run: ids[start..<end])
      start = end
    }
  }

  private mutating func insert(run: ArraySlice<Int64>) {
    guard let first = run.first, let last = run.last, last < .max else { return others.formUnion(run) }
    let place = firstRun(after: first)
    let touchesBefore = place > 0 && runs[place - 1].upperBound == first
    let touchesAfter = place < runs.count && runs[place].lowerBound == last + 1
    switch (touchesBefore, touchesAfter) {
    case (true, true):
      runs[place - 1] = runs[place - 1].lowerBound..<runs[place].upperBound
      runs.remove(at: place)
    case (true, false): runs[place - 1] = runs[place - 1].lowerBound..<last + 1
    case (false, true): runs[place] = first..<runs[place].upperBound
    case (false, false):
      guard run.count >= Self.shortestRun || runs.count < Self.fewRuns else { return others.formUnion(run) }
      runs.insert(first..<last + 1, at: place)
    }
  }

  /// The place of the first run that begins after `id`.
  private func firstRun(after id: Int64) -> Int {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].lowerBound <= id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension RowIDs {
  /// `ids` in their order: as a range where each is one more than the one before.
  init(_ ids: [Int64]) {
    let list = RowIDs.list(ids)
    if list.isConsecutive, let first = ids.first, let last = ids.last, last < .max {
      self = .range(first..<last + 1)
    } else {
      self = list
    }
  }
}
