import ConvolutionalNetworks
import ExperimentKit

/// The paper's statements about heat maps from quantized intermediates, and their figure.
///
/// The paper shows pictures. Our measure of looking alike is the share of cells whose colour moves by more than a just noticeable difference. Of pool(2)
/// alone nothing is claimed: a cell is the mean of a neuron's map, which pooling by means leaves as it is but for rounding.
enum Fig9Claims {
  /// Up to this share of visibly changed cells two heat maps count as looking the same.
  private static let sameLook = 0.05
  private static let keeping: [NamedScheme] = [.lp, .eightBit, .pool2]
  private static let changing: [NamedScheme] = [.threeBit, .threshold]

  private static func visible(_ table: MeasurementTable, _ scheme: NamedScheme) throws -> Double {
    try table.value("visibleShare", where: ["scheme": scheme.name])
  }

  private static func changedLook(_ schemes: [NamedScheme], _ table: MeasurementTable, holds: (Double) -> Bool) throws -> ClaimVerdict {
    .all(
      try schemes.map {
        let share = try visible(table, $0)
        let place = ["scheme": $0.name]
        return try ClaimVerdict(
          holds: holds(share), evidence: [.init(name: "\($0.name), share of cells that change visibly", value: share)]
        ).because(
          "\($0.name): a single value is off by \(Quantity.plain(table.value("valueDifference", where: place))) on average, and a cell, the mean of many, by "
            + "\(Quantity.plain(table.value("cellDifference", where: place))).")
      })
  }

  static let all = [
    Claim(
      "fig9.lp-8bit-pool-closer", "LP, 8BIT and pool(2) each change fewer cells of the heat map visibly than KBIT(3) and THRESHOLD(99.5 %)",
      source: "section 8.4, figure 9", scales: [.ci, .small, .paper],
      judge: { table in
        func shares(_ schemes: [NamedScheme]) throws -> [ClaimVerdict.Number] {
          try schemes.map { .init(name: "\($0.name), share of cells that change visibly", value: try visible(table, $0)) }
        }
        let (kept, changed) = (try shares(keeping), try shares(changing))
        let most = kept.map(\.value).max() ?? 1
        return ClaimVerdict(holds: changed.allSatisfy { $0.value > most }, evidence: kept + changed)
      }),
    Claim(
      "fig9.lp-8bit-look-the-same",
      "The heat maps of LP and 8BIT look like that of full precision: by our measure, less than a twentieth of the cells changes visibly",
      source: "section 8.4, figure 9", judge: { try changedLook([.lp, .eightBit], $0) { $0 < sameLook } }),
    Claim(
      "fig9.kbit3-threshold-differ",
      "The heat maps of KBIT(3) and THRESHOLD(99.5 %) visibly differ: by our measure, at least a twentieth of the cells changes visibly",
      source: "section 8.4, figure 9", judge: { try changedLook(changing, $0) { $0 >= sameLook } }),
  ]

  static let keyFigures = [
    KeyFigure("cells that change visibly: 8BIT, pool(2), KBIT(3), THRESHOLD") { table in
      try [NamedScheme.eightBit, .pool2, .threeBit, .threshold].map { Quantity.percent(try visible(table, $0)) }.joined(separator: ", ")
    }
  ]

  static func chart(_ table: MeasurementTable) throws -> Chart {
    let images = try table.count("images", where: ["scheme": "full"])
    func rows(_ scheme: NamedScheme) throws -> [[Double]] {
      try table.matrix("meanActivation", rows: "class", columns: "neuron", where: ["scheme": scheme.name])
    }
    let full = try rows(.full)
    let all = full.joined()
    let range = all.min()!...all.max()!
    let panels = try Fig9HeatMaps.schemes.map { scheme in
      let share = try visible(table, scheme)
      let title = scheme.name == "full" ? "full precision" : "\(scheme.name): \(Quantity.percent(share)) of cells change visibly"
      return Panel(
        title: title, x: Axis("neuron of layer \(Fig9HeatMaps.layer)"), y: Axis(""),
        .heatMap(
          HeatMap(
            rowLabels: CIFAR10.labelNames, rows: try rows(scheme).map { $0.map { min(max($0, range.lowerBound), range.upperBound) } },
            range: range)))
    }
    return Chart(
      title:
        "Mean activation of each neuron of layer \(Fig9HeatMaps.layer) for each class, CIFAR10_VGG16, \(Quantity.grouped(images)) images",
      panels: panels,
      notes: [
        "Means over \(Quantity.grouped(images)) images, all on the colour scale of full precision. A cell changes visibly when its colour moves by more than a just noticeable difference (2.3 in "
          + "CIELAB). The paper (figure 9): LP, 8BIT and pooling look the same; KBIT(3) and THRESHOLD (99.5 %) differ. Under pool(2) they must: a cell is the mean of a map, which pooling by means "
          + "leaves as it is. BOUND is beyond the paper.",
        PretrainedVGG16.note,
      ], columns: 2)
  }
}
