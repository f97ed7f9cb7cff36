import Foundation

extension Drawing {
  /// Title, labels, grid and number formats of one panel, and its margins.
  mutating func writeFrame(_ panel: Panel, area: PageLayout.Rectangle) {
    add(layout.margins(area))
    add(
      panel.title.isEmpty
        ? "unset title" : "set title \(GnuplotText.quoted(panel.title)) \(Self.font(15)) textcolor rgb '\(Self.ink)' offset 0,-0.4")
    add("set xlabel \(GnuplotText.quoted(panel.x.label)) \(Self.font(15)) textcolor rgb '\(Self.ink)'")
    add("set ylabel \(GnuplotText.quoted(panel.y.label)) \(Self.font(15)) textcolor rgb '\(Self.ink)'")
    add("unset logscale; unset colorbox; set tics \(Self.font(13)) textcolor rgb '\(Self.ink)'")
    add("set xtics autofreq nomirror norotate; set ytics autofreq nomirror; unset mxtics; unset mytics")
    add("set grid ytics lt 1 lc rgb '#E2E2E2' lw 1; set xrange [*:*] noreverse; set yrange [*:*] noreverse")
  }

  /// The commands that set one axis to a range.
  mutating func writeAxis(_ name: String, _ axis: Axis, _ range: ClosedRange<Double>) {
    add("set \(name)range [\(range.lowerBound):\(range.upperBound)]")
    if axis.division == .logarithmic { add("set logscale \(name) 10; set m\(name)tics 10") }
    if axis.division == .linear, axis.format == .bytes, let tics = Self.byteTics(range) { add("set \(name)tics (\(tics))") }
    add("set format \(name) '\(Self.ticFormat(axis))'")
  }

  private static func ticFormat(_ axis: Axis) -> String {
    switch axis.format {
    case .plain, .seconds: return "%g"
    case .ratio: return "%gx"
    case .bytes: return "%.0s %cB"
    }
  }

  /// Tics of a linear axis of bytes. gnuplot's own would read `1.0 GB` and `800.0 MB`, or round away a half. Nil for a range that float64 cannot
  /// divide: gnuplot's own then have to do.
  private static func byteTics(_ range: ClosedRange<Double>) -> String? {
    let span = range.upperBound - range.lowerBound
    let power = pow(10, floor(log10(span)))
    let step = power * (span / power > 5 ? 1 : span / power > 2 ? 0.5 : 0.2)
    let first = (range.lowerBound / step).rounded(.up)
    // A tic's number must be told from the next one's.
    guard span.isFinite, step > 0, step.isFinite, abs(first) < 0x1p50 else { return nil }
    let tics = stride(from: first, through: range.upperBound / step, by: 1).map { number in
      "\(GnuplotText.quoted(Quantity.bytes(number * step))) \(number * step)"
    }
    return tics.joined(separator: ", ")
  }

  /// The text over a bar. Seconds stay seconds, as on the axis, and only get shorter units.
  static func valueLabel(_ value: Double, _ axis: Axis) -> String {
    switch axis.format {
    case .plain: Quantity.plain(value)
    case .bytes: Quantity.bytes(value)
    case .seconds: value >= 1 ? "\(Quantity.plain(value)) s" : Quantity.seconds(value)
    case .ratio: Quantity.ratio(value)
    }
  }

  /// The range of an axis with bars on it: from zero, or from a decade below the smallest bar; `headroom` is the share of the axis kept
  /// free above the largest, and below the smallest where that is negative.
  func barRange(_ values: [Double], _ axis: Axis, headroom: Double) throws -> ClosedRange<Double> {
    try check(values, axis)
    if let range = axis.range { return range }
    guard let least = values.min(), let largest = values.max() else { throw bad("a panel has no value to show") }
    switch axis.division {
    case .linear:
      let top = max(largest, 0)
      let bottom = min(least, 0)
      guard bottom < 0 else { return 0...(top == 0 ? 1 : top / (1 - headroom)) }
      // Room for labels above the bars that stand, and below those that hang.
      let room = (top - bottom) / (1 - headroom) * headroom
      return bottom - room...(top > 0 ? top + room : 0)
    case .logarithmic:
      let bottom = floor(log10(least * 0.75))
      let span = max(log10(largest) - bottom, 0.5)
      return pow(10, bottom)...pow(10, bottom + span / (1 - headroom))
    }
  }

  /// The range of an axis with points on it, a little wider than they are; a linear axis without negative values begins at zero.
  func pointRange(_ values: [Double], _ axis: Axis, fromZero: Bool) throws -> ClosedRange<Double> {
    try check(values, axis)
    if let range = axis.range { return range }
    guard let least = values.min(), let largest = values.max() else { throw bad("a panel has no value to show") }
    switch axis.division {
    case .linear:
      let bottom = fromZero ? min(0, least) : least
      let span = largest == bottom ? max(abs(largest), 1) : largest - bottom
      return (fromZero && least >= 0 ? 0 : bottom - 0.04 * span)...(largest + 0.06 * span)
    case .logarithmic:
      // An axis without two decades on it says nothing; widen it until it has them.
      let (low, high) = (log10(least), log10(largest))
      guard floor(high + 0.08) <= floor(low - 0.08) else { return pow(10, low - 0.08)...pow(10, high + 0.08) }
      return pow(10, floor(low - 0.08))...pow(10, ceil(high + 0.08))
    }
  }

  private func check(_ values: [Double], _ axis: Axis) throws {
    if let broken = values.first(where: { !$0.isFinite }) { throw bad("a value on '\(axis.label)' is \(broken)") }
    if axis.division == .logarithmic, let low = values.first(where: { $0 <= 0 }) {
      throw bad("\(low) cannot stand on the logarithmic axis '\(axis.label)'")
    }
  }
}
