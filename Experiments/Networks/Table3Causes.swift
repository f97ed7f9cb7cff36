import ExperimentKit

/// What may set the neighbours kept here beside the paper's, and what the measurements say of it: the number of images, the weights, the distance,
/// the kind of pooling, the outermost bins of 8BIT.
enum Table3Causes {
  /// The share of the neighbours that remain among the first quarter of the images.
  static let ofQuarter = "overlapOfQuarter"
  /// The layer of which more is measured for pooling, and the images: the first ones.
  static let layerOfPooling = 11
  static let someImages = "someImages"
  /// The share among these, which the next three stand beside.
  static let ofSome = "overlapOfSome"
  /// With the network's first weights, before it has learned anything.
  static let untrained = "overlapUntrained"
  /// By the angle between images in place of their distance.
  static let byCosine = "overlapByCosine"
  /// With the largest value of a window in place of the mean.
  static let ofMaxima = "overlapOfMaxima"
  /// The share under 8BIT were the values of its outermost bins kept exactly.
  static let withoutTails = "overlapWithoutTails"
  /// The layer of which that is measured: where 8BIT keeps fewer than in the paper.
  static let layerOfTails = 19

  /// Why a scheme keeps another share at a layer than `theirs`, the paper's: everything that was measured of it.
  static func why(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int, paper theirs: Double) throws -> String? {
    let place: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer]
    let ours = try table.value("overlap", where: place)
    let causes = [
      try images(table, place, layer, ours, theirs), try pooling(table, place, layer, theirs),
      try tails(table, place, layer, ours, theirs),
    ].compactMap { $0 }
    return causes.isEmpty ? nil : causes.joined(separator: " ")
  }

  /// The paper has 50,000 images, more than most scales: told from what a quarter of ours keeps.
  private static func images(
    _ table: MeasurementTable, _ place: MeasurementTable.Parameters, _ layer: Int, _ ours: Double, _ theirs: Double
  ) throws -> String? {
    let images = try table.count("images", where: ["scheme": NamedScheme.full.name, "layer": layer])
    guard images < 50_000, let quarter = try table.valueIfAny(ofQuarter, where: place) else { return nil }
    let shares =
      "Layer \(layer): \(Quantity.percent(quarter)) are kept among \(Quantity.grouped(images / 4)) images, \(Quantity.percent(ours)) among \(Quantity.grouped(images))"
    return (ours - quarter) * (theirs - ours) > 0
      ? "\(shares): more images bring it nearer to the paper's \(Quantity.percent(theirs)), which is of 50,000."
      : "\(shares): more images bring it no nearer to the paper's \(Quantity.percent(theirs)) of 50,000, so that their number is not why."
  }

  /// What else could be different in the paper, each tried alone.
  private static func pooling(
    _ table: MeasurementTable, _ place: MeasurementTable.Parameters, _ layer: Int, _ theirs: Double
  ) throws -> String? {
    guard let share = try table.valueIfAny(ofSome, where: place) else { return nil }
    let images = try table.count(someImages, where: place)
    let others = try [("before any training", untrained), ("by the cosine", byCosine), ("pooled to maxima", ofMaxima)].compactMap {
      words, metric in try table.valueIfAny(metric, where: place).map { (words: words, share: $0) }
    }
    let numbers = others.map { "\($0.words) \(Quantity.percent($0.share))" }.joined(separator: ", ")
    let enough = others.filter { ($0.share - share) / (theirs - share) >= 0.5 }
    let verdict =
      enough.isEmpty
      ? "None of these moves it half of the way to the paper's \(Quantity.percent(theirs)), and none of them is why: what is was not found."
      : "Half of the way to the paper's \(Quantity.percent(theirs)) or more: \(enough.map(\.words).joined(separator: ", "))."
    return "Layer \(layer), \(Quantity.grouped(images)) images: \(Quantity.percent(share)) are kept, \(numbers). \(verdict)"
  }

  private static func tails(
    _ table: MeasurementTable, _ place: MeasurementTable.Parameters, _ layer: Int, _ ours: Double, _ theirs: Double
  ) throws -> String? {
    guard let kept = try table.valueIfAny(withoutTails, where: place) else { return nil }
    let share = "Layer \(layer): were the values of the two outermost bins exact, \(Quantity.percent(kept)) would be kept"
    return Table3Claims.rounded(kept) >= theirs
      ? "\(share). These bins, the widest, lose what is missing."
      : "\(share): they lose \(Quantity.percent(max(0, kept - ours) / (theirs - ours))) of what is missing, the other bins the rest."
  }
}
