import ConvolutionalNetworks
import ExperimentKit

/// The paper's statements about heat maps from quantized intermediates, and their figure.
///
/// The paper shows pictures and lets the reader judge. Our measure of looking alike is the share of cells whose colour moves by more than a just noticeable
/// difference. From which share on two maps look different no source says, so that only their order has a verdict; the shares themselves are measurements.
enum Fig9Claims {
  private static let keeping: [NamedScheme] = [.lp, .eightBit, .pool2]
  private static let changing: [NamedScheme] = [.threeBit, .threshold]

  private static func visible(_ table: MeasurementTable, _ scheme: NamedScheme) throws -> Double {
    try table.value("visibleShare", where: ["scheme": scheme.name])
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
      })
  ]

  static let keyFigures = [
    KeyFigure("cells that change visibly: LP, 8BIT, pool(2), KBIT(3), THRESHOLD") { table in
      try (keeping + changing).map { Quantity.percent(try visible(table, $0)) }.joined(separator: ", ")
    },
    // A cell is the mean of many values, whose errors largely cancel each other.
    KeyFigure("8BIT, KBIT(3), THRESHOLD: a value is off by / a cell by") { table in
      try [NamedScheme.eightBit, .threeBit, .threshold].map { scheme in
        let place = ["scheme": scheme.name]
        return try
          "\(Quantity.plain(table.value("valueDifference", where: place))) / \(Quantity.plain(table.value("cellDifference", where: place)))"
      }.joined(separator: ", ")
    },
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
