import ExperimentKit

/// Read time per image by layer and scheme, a panel of warm reads and one of cold ones.
enum Fig7bFigure {
  /// Seconds read off the paper's figure, 50,000 images.
  private static let paper: [String: [Int: Double]] = [
    "LP": [1: 63.7, 6: 8.7, 11: 8.0, 16: 2.9, 21: 0.07], "8BIT": [1: 56.2, 6: 11.7, 11: 17.6, 16: 14.9, 21: 5.8],
    "pool(2)": [1: 16.2, 6: 2.6, 11: 2.7, 16: 0.71, 21: 0.08], "pool(S)": [1: 0.16, 6: 0.31, 11: 0.61, 16: 0.69, 21: 0.07],
  ]

  static func chart(_ table: MeasurementTable) throws -> Chart {
    let layers = Fig7bReadCost.layers
    let images = try table.count("images", where: ["scheme": "full", "layer": 1])
    let panels = try Fig7bClaims.Temperature.allCases.map { temperature in
      let series = try (Fig7bReadCost.schemes.map(\.name) + Fig7bReadCost.beyond.flatMap(\.readings).map(\.name)).flatMap { name in
        let own = BarSeries(
          name, values: try layers.map { try Fig7bClaims.seconds(table, temperature, name, $0) / Double(images) * 1e6 })
        guard let paper = paper[name] else { return [own] }
        return [own, BarSeries("\(name), paper", role: .paper(beside: name), values: layers.map { paper[$0]! / 50_000 * 1e6 })]
      }
      return Panel(
        title: temperature.rawValue, x: Axis("layer"), y: Axis("µs per image", .logarithmic),
        .bars(categories: layers.map { "layer \($0)" }, series))
    }
    return Chart(
      title: "Reading a layer of CIFAR10_VGG16 under each scheme, \(Quantity.grouped(images)) images", panels: panels,
      notes: [
        "Medians, whole layers of \(Quantity.grouped(images)) images. Warm: files open and in the page cache. Cold: neither, nor anything of the store in memory.",
        "pool(2) is the paper's default scheme, which its figures 5b to 5d and 8 read. Hatched: the paper's own times (figure 7b), 50,000 images on another "
          + "machine; it does not say whether they are warm.",
        "Beyond the paper: BOUND, no value off by more than a fifth of the layer's root mean square, and a ladder, which is exact and has such a base.",
        PretrainedVGG16.note,
      ], columns: 1)
  }
}
