import Groundwork

/// Which claims only just hold: those that another machine, or the same one on another day, would judge otherwise.
extension Claim {
  /// How far times and their ratios are moved, up and down.
  package static let margin = 0.25

  /// Whether the outcome for `rows` is another one when times lie up to `margin` off.
  ///
  /// Ninety-six copies of the rows are judged, always the same ones. In each, times are multiplied or divided by 1.25: every time by itself, all of a
  /// metric together, or all that share the value of one parameter (a policy, a layer), since a slower disk moves a whole series. What `gates` hold exactly
  /// or within a tolerance stays as it is. A copy that cannot be judged counts as another outcome. Time: O(copies x rows), and the claim's own.
  package func changesWithTimes(in rows: MeasurementTable, at scale: Scale, gates: [Gate]) -> Bool {
    let outcome = result(for: rows, at: scale).outcome
    guard outcome == .holds || outcome == .doesNotHold else { return false }
    let moved = MovedTimes(rows, gates: gates)
    return !moved.isEmpty && (0..<96).contains { result(for: moved.copy($0), at: scale).outcome != outcome }
  }
}

/// Copies of a run's rows with other times.
private struct MovedTimes {
  private let rows: MeasurementTable
  /// The rows that hold a time, a rate or a ratio of such.
  private let places: Set<Int>

  init(_ rows: MeasurementTable, gates: [Gate]) {
    self.rows = rows
    places = Set(
      rows.rows.indices.filter { place in
        let row = rows.rows[place]
        let gate = gates.first { $0.metric == row.metric }
        switch gate?.rule {
        case .exact, .within, .choice: return false
        case .ratioAtLeast: return true
        case .reported, nil: return ["s", "GB/s", "x"].contains(row.unit)
        }
      })
  }

  var isEmpty: Bool { places.isEmpty }

  /// The copy of this number. Repetitions of a measurement move together: their median would hide it otherwise.
  func copy(_ number: Int) -> MeasurementTable {
    let columns = rows.parametersWithoutRepetition.count
    return rows.withValues { place, row in
      guard places.contains(place) else { return row.value }
      let coordinates = rows.coordinatesWithoutRepetition(of: row)
      let together =
        switch number % 3 {
        case 0: coordinates + [row.metric]
        case 1: [row.metric]
        default: columns == 0 ? [] : [coordinates[number / 3 % columns]]
        }
      return .real(Self.isUp(together, in: number) ? row.value.double * (1 + Claim.margin) : row.value.double / (1 + Claim.margin))
    }
  }

  /// A fair coin for all that moves together, another one in each copy.
  private static func isUp(_ together: [String], in copy: Int) -> Bool {
    let seed = together.joined(separator: "\u{1F}").utf8.reduce(UInt64(copy)) { SplitMix64.mixed($0 &+ UInt64($1)) }
    return seed & 1 == 1
  }
}
