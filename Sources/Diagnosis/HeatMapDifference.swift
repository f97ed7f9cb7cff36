/// How different two heat maps look when both are drawn on the colour scale of the first, e.g. figure 9's mean activations per class with full
/// precision and with 8 bits.
///
/// A cell changes visibly when its two colours are more than 2.3 apart in CIELAB (CIE 1976 delta E*ab): the just noticeable difference that
/// Mahy, Van Eycken and Oosterlinck measured ("Evaluation of uniform color spaces developed after the adoption of CIELAB and CIELUV", Color
/// Research and Application 19, 1994). The scale is viridis at nine stops; values outside it take the colour of its end. Viridis is
/// only nearly even: from end to end it is about 95 such steps long, and a visible step is 1/125 to 1/54 of the range.
///
/// Colours are not rounded to the 8 bits of a screen, and cells are compared side by side, which is harder on the copy than two pictures
/// are.
public struct HeatMapDifference: Sendable, Equatable {
  /// The least delta E*ab between two colours that an eye tells apart.
  package static let noticeableDifference = 2.3

  /// Root mean square of the differences, in units of the first map's range; not clamped to the scale. Infinite when a difference
  /// in ranges is beyond float64.
  public let rootMeanSquare: Double
  /// The largest absolute difference, in the same unit.
  public let maximum: Double
  /// The share of the compared cells whose colours differ noticeably.
  public let visibleShare: Double
  /// How many cells have a number in both maps.
  public let compared: Int

  /// - Parameters:
  ///   - reference: a value for each cell, in any order; the scale goes from its smallest to its largest value.
  ///   - other: the same cells. A cell that is NaN in both, as the mean of a class without examples is, is left out.
  /// - Throws: ``DiagnosisError``: `notFinite` when a cell is infinite or has a number in one map only, `constant` when the reference has
  ///   no two different values and so no scale.
  /// - Precondition: both maps have the same number of cells.
  /// - Complexity: O(cells).
  public init(reference: [Double], other: [Double]) throws(DiagnosisError) {
    precondition(reference.count == other.count, "maps of \(reference.count) and \(other.count) cells")
    let cells = reference.indices.filter { !(reference[$0].isNaN && other[$0].isNaN) }
    if let broken = cells.first(where: { !reference[$0].isFinite || !other[$0].isFinite }) {
      throw DiagnosisError(
        .notFinite, "cell \(broken) is \(reference[broken]) in the reference and \(other[broken]) in the other map",
        remedy: "Compare cells that have a number in both")
    }
    let lowest = cells.lazy.map { reference[$0] }.min() ?? 0
    let highest = cells.lazy.map { reference[$0] }.max() ?? 0
    guard lowest < highest else {
      throw DiagnosisError(.constant, "the reference has no two different values", remedy: "Give a map that varies: the scale is its range")
    }
    // Halves, because the range itself may be infinite; but the smallest numbers have no half.
    let scale = highest - lowest < 0x1p-900 ? 0x1p100 : 0.5
    let range = highest * scale - lowest * scale
    func place(_ value: Double) -> Double { (value * scale - lowest * scale) / range }
    let pairs = cells.map { (place(reference[$0]), place(other[$0])) }
    let differences = pairs.map { abs($0 - $1) }
    let largest = differences.max() ?? 0
    maximum = largest
    let squares = differences.reduce(0.0) { $1 == 0 ? $0 : $0 + ($1 / largest) * ($1 / largest) }
    rootMeanSquare =
      largest == 0 || !largest.isFinite ? largest : largest * (squares / Double(cells.count)).squareRoot()
    let visible = pairs.count {
      ColourScale.difference(ColourScale.colour(at: $0), ColourScale.colour(at: $1)) > Self.noticeableDifference
    }
    visibleShare = Double(visible) / Double(cells.count)
    compared = cells.count
  }
}
