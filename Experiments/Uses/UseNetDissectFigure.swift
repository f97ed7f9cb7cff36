import ConvolutionalNetworks
import ExperimentKit

/// Intersection over union of the top neurons and the colours, from each store, and images with the active cells of three neurons.
enum UseNetDissectFigure {
  private static let topNeurons = 24

  /// Neurons by their best IoU in full precision, the best first; colours as columns.
  private static func overlaps(_ table: MeasurementTable, _ scheme: NamedScheme) throws -> [[Double]] {
    let found = try table.matrix("intersectionOverUnion", rows: "neuron", columns: "concept", where: ["scheme": scheme.name])
    // A concept of which every row is cut away is missed by nobody else.
    guard found[0].count == ColourConcepts.names.count else {
      throw MeasurementError.absent(
        "intersectionOverUnion", at: "scheme=\(scheme.name), \(ColourConcepts.names.count) concepts", present: [])
    }
    return found
  }

  static func chart(_ table: MeasurementTable) throws -> Chart {
    let full = try overlaps(table, .full)
    let images = try table.count("images", where: ["scheme": NamedScheme.full.name])
    let order = full.indices.sorted { (full[$0].max()!, $1) > (full[$1].max()!, $0) }.prefix(topNeurons)
    let range = 0...max(full.joined().max()!, 0.01)
    let maps = try UseNetDissect.schemes.map { scheme in
      let values = try overlaps(table, scheme)
      guard values.count == full.count else {
        throw MeasurementError.absent("intersectionOverUnion", at: "scheme=\(scheme.name), \(full.count) neurons", present: [])
      }
      let rows = ColourConcepts.names.indices.map { concept in order.map { min(values[$0][concept], range.upperBound) } }
      let place: MeasurementTable.Parameters = ["scheme": scheme.name, "neuron": "all"]
      let changed = try table.count("changedBest", where: place)
      let title =
        switch scheme.name {
        case NamedScheme.full.name: "full precision: IoU"
        case NamedScheme.threshold.name: "bits, one threshold for the layer: \(changed) of \(full.count) neurons differ"
        default: "bits, a threshold per neuron: \(changed) of \(full.count) neurons differ"
        }
      return Panel(
        title: title, x: Axis(""), y: Axis(""),
        .heatMap(HeatMap(rowLabels: ColourConcepts.names, columnLabels: order.map { "n\($0)" }, rows: rows, range: range)))
    }
    let pictures =
      StoredPictures.areIn(table)
      ? [Panel(title: "active cells of three neurons, from bits", x: Axis(""), y: Axis(""), .pictures(try pictures(table)))] : []
    return Chart(
      title: "Which colour each neuron of layer \(UseNetDissect.layer) of CIFAR10_VGG16 detects", panels: maps + pictures,
      notes: [
        "Intersection over union of a neuron's active cells (above its 99.5 % quantile) and a colour's pixels, over all \(Quantity.grouped(images)) images, each cell of a map "
          + "standing for the pixels it covers. The \(order.count) neurons with the largest IoU in full precision. A neuron differs when its best "
          + "colour is another one than in full precision. The pictures: images with most active cells, dark where the neuron is not active.",
        "NETDISSECT is Bau et al.'s (CVPR 2017), named in section 2. Colours by hue, saturation and brightness take the place of their labelled concepts.",
      ] + (pictures.isEmpty ? [StoredPictures.note] : []), columns: 2)
  }

  private static func pictures(_ table: MeasurementTable) throws -> PictureRows {
    let stored = try table.filter(StoredPictures.metric)
    let neurons = try stored.values(of: "neuron")
    let rows = try neurons.map { neuron in
      try stored.values(of: "image", where: ["neuron": neuron]).map { image in
        PictureRows.Picture(
          caption: "", width: StoredPictures.side, pixels: try StoredPictures.pixels(stored, at: ["neuron": neuron, "image": image]))
      }
    }
    let labels = try neurons.map { neuron in
      "n\(neuron) \(try stored.values(of: "concept", where: ["neuron": neuron]).first ?? "")"
    }
    return PictureRows(rowLabels: labels, rows: rows)
  }
}
