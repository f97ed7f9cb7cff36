extension Bins {
  /// KBIT_QT's bins: at most `limit`, of equal mass as far as values do not have to be torn apart.
  ///
  /// Equal mass alone wastes bins on activations: with 68 % zeros two thirds of the quantiles are 0. So
  ///
  /// 1. a value that holds more than 1/`limit` of the sample gets a bin of its own, [v, next float), and is reconstructed exactly;
  ///    the heaviest first, as long as a bin is left for every stretch between them. One for which no bin is left still stands for the bin it is in,
  ///    unless a heavier one is in it too;
  /// 2. the other bins are shared out over the stretches between those values, by mass;
  /// 3. a stretch is cut into bins of equal mass; one with no more distinct values than bins has a bin for each.
  ///
  /// Two neighbouring bins meet in the middle between the values that are nearest to it. An empty sample gives one bin, 0.
  ///
  /// - Parameter sorted: ascending and finite. Complexity: O(sample + limit^2).
  static func quantiles(sorted: [Scalar], limit: Int) -> Bins {
    let distinct = DistinctValues(sorted: sorted)
    guard distinct.count > 0 else { return Bins(edges: [], representatives: [0]) }
    let own = heavyValues(distinct, limit: limit)
    let groups = distinct.count <= limit ? (0..<distinct.count).map { $0..<$0 + 1 } : sharedOut(distinct, own: own, limit: limit)
    let owned = Set(own)
    let edges = zip(groups, groups.dropFirst()).map { left, right in
      edge(between: left, right, distinct, owned: owned)
    }
    return Bins(edges: edges, representatives: groups.map { distinct.representative($0, limit: limit) })
  }

  /// The bins as ranges of distinct values: one for each of `own`, and those between them as far as `limit` goes.
  private static func sharedOut(_ distinct: DistinctValues<Scalar>, own: [Int], limit: Int) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var binsLeft = limit - own.count
    var massLeft = distinct.total - own.reduce(0) { $0 + distinct.counts[$1] }
    let stretches = stretches(between: own, count: distinct.count)
    for (place, stretch) in stretches.enumerated() {
      if !stretch.isEmpty {
        let mass = distinct.mass(stretch)
        let laterStretches = stretches[(place + 1)...].count { !$0.isEmpty }
        let share = Int((Double(binsLeft) * Double(mass) / Double(massLeft)).rounded())
        let bins = max(1, min(share, binsLeft - laterStretches, stretch.count))
        groups += equalMass(distinct, stretch, bins: bins, mass: mass)
        binsLeft -= bins
        massLeft -= mass
      }
      if place < own.count { groups.append(own[place]..<own[place] + 1) }
    }
    return groups
  }

  /// The places of the values that get a bin of their own, ascending.
  private static func heavyValues(_ distinct: DistinctValues<Scalar>, limit: Int) -> [Int] {
    let heavy = distinct.counts.indices.filter { distinct.counts[$0] * limit > distinct.total }.sorted {
      distinct.counts[$0] > distinct.counts[$1]
    }
    var own: [Int] = []
    for place in heavy {
      let more = (own + [place]).sorted()
      guard more.count + stretches(between: more, count: distinct.count).count(where: { !$0.isEmpty }) <= limit else { break }
      own = more
    }
    return own
  }

  /// What is left of 0..<count without the places `own`: one stretch before each and one after the last; some are empty.
  private static func stretches(between own: [Int], count: Int) -> [Range<Int>] {
    zip([0] + own.map { $0 + 1 }, own + [count]).map { $0..<$1 }
  }

  /// Cuts `stretch` into `bins` bins, aiming each time at the mass that is left over the bins that are left.
  private static func equalMass(_ distinct: DistinctValues<Scalar>, _ stretch: Range<Int>, bins: Int, mass: Int) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var massLeft = mass
    var start = stretch.lowerBound
    while start < stretch.upperBound {
      let binsLeft = bins - groups.count
      guard binsLeft > 1 else { return groups + [start..<stretch.upperBound] }
      let target = Double(massLeft) / Double(binsLeft)
      var end = start + 1
      var taken = distinct.counts[start]
      // Stop so that every later bin has a value, and when the next value takes the bin further from its target than it is now.
      while stretch.upperBound - end > binsLeft - 1, 2 * target >= Double(2 * taken + distinct.counts[end]) {
        taken += distinct.counts[end]
        end += 1
      }
      groups.append(start..<end)
      massLeft -= taken
      start = end
    }
    return groups
  }

  /// Where two bins meet. A value with a bin of its own keeps others out, unless its neighbour has its own bin too.
  private static func edge(
    between left: Range<Int>, _ right: Range<Int>, _ distinct: DistinctValues<Scalar>, owned: Set<Int>
  ) -> Scalar {
    let (below, above) = (distinct.values[left.upperBound - 1], distinct.values[right.lowerBound])
    switch (left.count == 1 && owned.contains(left.lowerBound), right.count == 1 && owned.contains(right.lowerBound)) {
    case (true, false): return below.nextUp
    case (false, true): return above
    default:
      let middle = below / 2 + above / 2
      return middle > below && middle < above ? middle : above
    }
  }
}
