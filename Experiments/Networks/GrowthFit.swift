import Foundation

/// How a time grows with the number of images: a fixed part and one by a power of the images, neither of them negative, fitted to measured medians.
///
/// The fit is by least squares of the *relative* distances: a curve spans microseconds to seconds, and its short times count as much as its long ones.
struct GrowthFit {
  enum Power: Double, CaseIterable {
    case squareRoot = 0.5
    case linear = 1
    case square = 2

    var words: String {
      switch self {
      case .squareRoot: "the square root of the examples"
      case .linear: "a straight line"
      case .square: "the square of the examples"
      }
    }
  }

  /// Root mean square of the relative distances between the curve and the fit.
  let distance: Double
  /// The largest relative distance.
  let furthest: Double

  /// - Parameter curve: times above zero, of at least two different numbers of images.
  init(_ power: Power, to curve: [Fig8Curves.CurvePoint]) {
    // With every point divided by its time, all that is to be met is 1: fixed / seconds + slope * grown / seconds.
    let parts = curve.map { (fixed: 1 / $0.seconds, grown: pow($0.images, power.rawValue) / $0.seconds) }
    func sum(_ term: ((fixed: Double, grown: Double)) -> Double) -> Double { parts.reduce(0) { $0 + term($1) } }
    let (ff, fg, gg) = (sum { $0.fixed * $0.fixed }, sum { $0.fixed * $0.grown }, sum { $0.grown * $0.grown })
    let (f, g) = (sum(\.fixed), sum(\.grown))
    let determinant = ff * gg - fg * fg
    precondition(determinant > 0, "a fit needs two different numbers of images")
    var (fixed, slope) = ((f * gg - g * fg) / determinant, (g * ff - f * fg) / determinant)
    if fixed < 0 { (fixed, slope) = (0, g / gg) }
    if slope < 0 { (fixed, slope) = (f / ff, 0) }
    let off = parts.map { abs(fixed * $0.fixed + slope * $0.grown - 1) }
    distance = (off.reduce(0) { $0 + $1 * $1 } / Double(off.count)).squareRoot()
    furthest = off.max() ?? 0
  }

  /// The power whose fit is nearest. A straight line where it is as near as another, as it is to a curve that does not grow.
  static func nearest(to curve: [Fig8Curves.CurvePoint]) -> Power {
    let line = GrowthFit(.linear, to: curve).distance
    let others = Power.allCases.filter { $0 != .linear }.map { (power: $0, distance: GrowthFit($0, to: curve).distance) }
    let other = others.min { $0.distance < $1.distance }!
    // Rounding apart.
    return other.distance < line - 1e-9 ? other.power : .linear
  }
}
