import ConvolutionalNetworks
import ExperimentKit

/// The view of ActiVis from both stores: the heat maps, and the images that most excite the most selective neurons.
enum UseActiVisFigure {
  static func neurons(_ table: MeasurementTable) throws -> [String] { try table.filter("rank").values(of: "neuron") }

  static func chart(_ table: MeasurementTable) throws -> Chart {
    let maps = try UseActiVis.schemes.map { try means(table, $0) }
    let all = maps[0].joined()
    let range = all.min()!...all.max()!
    let images = try table.count("images", where: ["scheme": NamedScheme.full.name])
    let hasPictures = StoredPictures.areIn(table)
    let panels = try zip(UseActiVis.schemes, maps).flatMap { scheme, rows in
      let place: MeasurementTable.Parameters = ["scheme": scheme.name]
      let visible = Quantity.percent(try table.value("visibleShare", where: place))
      let kept = "\(try table.count("keptImages", where: place)) of \(try table.count("shownImages", where: place))"
      let (found, candidates) = (try table.count("imagesAmongCandidates", where: place), try table.count("candidates", where: place))
      let isFull = scheme.name == NamedScheme.full.name
      let map = [
        Panel(
          title: isFull ? "full precision" : "\(scheme.name): \(visible) of cells change visibly", x: Axis("neuron"), y: Axis(""),
          .heatMap(
            HeatMap(
              rowLabels: CIFAR10.labelNames, rows: rows.map { $0.map { min(max($0, range.lowerBound), range.upperBound) } }, range: range)))
      ]
      guard hasPictures else { return map }
      return map + [
        Panel(
          title: isFull
            ? "full precision: what excites three neurons most"
            : "\(scheme.name): \(kept) are the same, \(found) are among \(candidates) equals",
          x: Axis(""), y: Axis(""), .pictures(try pictures(table, scheme)))
      ]
    }
    return Chart(
      title: "Neurons of layer \(UseActiVis.layer) of CIFAR10_VGG16 by class, and the images that most excite them", panels: panels,
      notes: [
        "\(Quantity.grouped(images)) images are logged. Mean activation over a class's images and a neuron's map, both on the colour scale of full precision. The neurons shown are those that "
          + "one class excites most above the mean of all classes; images by the largest activation in the map, the strongest first.",
        "Every answer is read from the store; nothing could re-run the network. The view is ActiVis's (Kahng et al., 2018), named in section 2.",
      ] + (hasPictures ? [] : [StoredPictures.note]), columns: 2)
  }

  private static func means(_ table: MeasurementTable, _ scheme: NamedScheme) throws -> [[Double]] {
    try table.matrix("meanActivation", rows: "class", columns: "neuron", where: ["scheme": scheme.name])
  }

  private static func pictures(_ table: MeasurementTable, _ scheme: NamedScheme) throws -> PictureRows {
    let stored = try table.filter(StoredPictures.metric)
    let rows = try neurons(table).map { neuron in
      try table.filter("rank", where: ["scheme": scheme.name, "neuron": neuron]).values(of: "image").map { image in
        let place: MeasurementTable.Parameters = ["image": image]
        let group = try stored.values(of: "class", where: place).compactMap(Int.init).first ?? 0
        return PictureRows.Picture(
          caption: CIFAR10.labelNames[group], width: StoredPictures.side, pixels: try StoredPictures.pixels(stored, at: place))
      }
    }
    return PictureRows(rowLabels: try neurons(table).map { "n\($0)" }, rows: rows)
  }
}
