import Groundwork

/// Which claims only just hold: those that another machine, or the same one on another day, would judge otherwise.
extension Claim {
  /// How far times and their ratios are moved, up and down.
  package static let margin = 0.25

  /// Whether the outcome for `rows` is another one when times lie up to `margin` off.
  ///
  /// Copies of the rows are judged, always the same ones, with times multiplied or divided by 1.25. In 64 of them chance moves every time by itself, or all of
  /// a metric together. Two more for each value of each parameter (a policy, a layer) move its times one way and all others the other, since a slower disk
  /// moves a whole series. Where the claim does not hold, each measurement is also moved alone: of many that must hold, one may have failed by little.
  /// What `gates` hold exactly or within a tolerance stays as it is. A copy that cannot be judged counts as another outcome. Time: O(copies x rows), and the
  /// claim's own.
  package func changesWithTimes(in rows: MeasurementTable, at scale: Scale, gates: [Gate]) -> Bool {
    let outcome = result(for: rows, at: scale).outcome
    guard outcome == .holds || outcome == .doesNotHold else { return false }
    let moved = MovedTimes(rows, gates: gates)
    let copies = moved.copies + (outcome == .doesNotHold ? moved.single : [])
    return copies.contains { result(for: moved.copy($0), at: scale).outcome != outcome }
  }
}

/// Copies of a run's rows with other times.
private struct MovedTimes {
  private let rows: MeasurementTable
  /// The rows that hold a time, a rate or a ratio of such.
  private let places: Set<Int>

  init(_ rows: MeasurementTable, gates: [Gate]) {
    self.rows = rows
    let parameters = rows.parametersWithoutRepetition
    places = Set(
      rows.rows.indices.filter { place in
        let row = rows.rows[place]
        let gate = gates.gate(of: row.metric, parameters, rows.coordinatesWithoutRepetition(of: row))
        switch gate?.rule {
        case .exact, .within, .choice: return false
        case .ratioAtLeast: return true
        case .reported, nil: return ["s", "GB/s", "x"].contains(row.unit)
        }
      })
  }

  /// What moves together in a copy.
  enum Moves {
    /// Each measurement by itself, up or down by chance; its repetitions together, whose median would hide it otherwise.
    case measurements(copy: Int)
    /// Each metric, by chance.
    case metrics(copy: Int)
    /// One measurement alone, with its repetitions.
    case one([String], up: Bool)
    /// All with this value of a parameter up, or down, and the others the other way.
    case series(column: Int, value: String, up: Bool)
  }

  /// None where the rows hold no times.
  var copies: [Moves] {
    guard !places.isEmpty else { return [] }
    let series = rows.parametersWithoutRepetition.indices.flatMap { column in
      Set(rows.rows.map { rows.coordinatesWithoutRepetition(of: $0)[column] }).sorted().flatMap { value in
        [true, false].map { Moves.series(column: column, value: value, up: $0) }
      }
    }
    return (0..<48).map(Moves.measurements) + (0..<16).map(Moves.metrics) + series
  }

  /// Each measurement alone.
  var single: [Moves] {
    Set(places.map { key(rows.rows[$0]) }).flatMap { [Moves.one($0, up: true), .one($0, up: false)] }
  }

  private func key(_ row: MeasurementRow) -> [String] { rows.coordinatesWithoutRepetition(of: row) + [row.metric] }

  func copy(_ moves: Moves) -> MeasurementTable {
    rows.withValues { place, row in
      guard places.contains(place) else { return row.value }
      let isUp: Bool
      switch moves {
      case .measurements(let copy): isUp = Self.isUp(key(row), in: copy)
      case .metrics(let copy): isUp = Self.isUp([row.metric], in: copy)
      case .series(let column, let value, let up): isUp = (rows.coordinatesWithoutRepetition(of: row)[column] == value) == up
      case .one(let moved, let up):
        guard key(row) == moved else { return row.value }
        isUp = up
      }
      return .real(isUp ? row.value.double * (1 + Claim.margin) : row.value.double / (1 + Claim.margin))
    }
  }

  /// A fair coin for all that moves together, another one in each copy.
  private static func isUp(_ together: [String], in copy: Int) -> Bool {
    let seed = together.joined(separator: "\u{1F}").utf8.reduce(UInt64(copy)) { SplitMix64.mixed($0 &+ UInt64($1)) }
    return seed & 1 == 1
  }
}
