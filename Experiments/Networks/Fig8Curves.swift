import ExperimentKit

/// The two curves of one layer under one scheme, as medians over the repetitions, by the number of images.
struct Fig8Curves {
  typealias CurvePoint = (images: Double, seconds: Double)

  let read, rerun: [CurvePoint]

  static let (warm, cold) = (PlanQuality.Metric.read, "readColdSeconds")

  /// - Parameter reading: warm or cold.
  /// - Throws: `MeasurementError` where fewer than three numbers of images were measured, or a time is not above zero.
  init(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int, reading: String = Self.warm) throws {
    let steps = try Self.steps(table, scheme, layer)
    guard steps.count > 2 else {
      throw MeasurementError.absent(
        reading, at: "scheme=\(scheme.name), layer=\(layer), three numbers of images", present: steps.map { "\($0)" })
    }
    func curve(_ metric: String) throws -> [CurvePoint] {
      try steps.map {
        let seconds = try table.median(metric, where: ["scheme": scheme.name, "layer": layer, "images": $0])
        guard seconds > 0, seconds.isFinite else {
          throw MeasurementError.absent(
            metric, at: "scheme=\(scheme.name), layer=\(layer), images=\($0), above zero", present: ["\(seconds)"])
        }
        return (images: Double($0), seconds: seconds)
      }
    }
    (read, rerun) = (try curve(reading), try curve(PlanQuality.Metric.rerun))
  }

  /// Whether the rows have a scheme, or its cold reads: runs of before may lack them.
  static func has(_ table: MeasurementTable, _ scheme: NamedScheme, _ reading: String = Self.warm) throws -> Bool {
    try table.has(reading, where: ["scheme": scheme.name])
  }

  /// The numbers of images, ascending.
  static func steps(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int) throws -> [Int] {
    try table.filter("readSeconds").values(of: "images", where: ["scheme": scheme.name, "layer": layer]).compactMap(Int.init).sorted()
  }

  /// Where the faster way changes, interpolated linearly between the two numbers of images on its sides; several where it changes to and fro.
  var crossings: [Double] {
    let gaps = zip(read, rerun).map { (images: $0.images, seconds: $1.seconds - $0.seconds) }
    return zip(gaps, gaps.dropFirst()).compactMap { before, after in
      guard before.seconds.sign != after.seconds.sign, before.seconds != after.seconds else { return nil }
      return before.images + (after.images - before.images) * before.seconds / (before.seconds - after.seconds)
    }
  }

  /// Re-run over read time, by the number of images.
  var ratios: [(images: Double, value: Double)] { zip(read, rerun).map { (images: $0.images, value: $1.seconds / $0.seconds) } }

  /// Which way is faster, and where that changes.
  var words: String {
    guard crossings.isEmpty else { return "crossing at \(crossings.map { Quantity.plain($0.rounded()) }.joined(separator: ", ")) images" }
    return ratios.allSatisfy { $0.value > 1 } ? "read faster throughout" : "re-run faster throughout"
  }

  /// Where the least-squares lines of the two curves meet, in images; nil where reading gains on re-running with every image, so that they never do.
  /// Beyond the numbers of images that were measured it is an extrapolation.
  var meeting: Double? {
    let (read, rerun) = (Line(read), Line(rerun))
    guard read.slope > rerun.slope else { return nil }
    return (rerun.intercept - read.intercept) / (read.slope - rerun.slope)
  }

  /// The least-squares line of a curve.
  private struct Line {
    let slope: Double
    let intercept: Double

    init(_ curve: [CurvePoint]) {
      let count = Double(curve.count)
      let (meanX, meanY) = (curve.reduce(0) { $0 + $1.images } / count, curve.reduce(0) { $0 + $1.seconds } / count)
      let variance = curve.reduce(0) { $0 + ($1.images - meanX) * ($1.images - meanX) }
      precondition(variance > 0, "a line needs two different numbers of images")
      slope = curve.reduce(0) { $0 + ($1.images - meanX) * ($1.seconds - meanY) } / variance
      intercept = meanY - slope * meanX
    }
  }
}
