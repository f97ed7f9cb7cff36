import ExperimentKit

/// The query times of a network, one panel per layer; one figure per scheme.
enum Fig5Figure {
  /// Seconds read off the paper's figures 5b to 5d, by layer: re-run, read.
  private static let paper: [Int: QueryPanel.PaperTimes] = [
    21: [
      "POINTQ": (3.52, 0.017), "TOPK": (12.1, 0.093), "COL_DIFF": (12.1, 0.090), "COL_DIST": (12.1, 0.087), "KNN": (12.1, 0.086),
      "ROW_DIFF": (3.52, 0.016), "SVCCA": (12.3, 0.195), "VIS": (12.1, 0.084),
    ],
    11: [
      "POINTQ": (2.88, 0.068), "TOPK": (9.6, 3.1), "COL_DIFF": (9.5, 2.9), "COL_DIST": (9.6, 2.9), "KNN": (9.5, 3.3),
      "ROW_DIFF": (3.1, 0.086), "SVCCA": (20, 13.6), "VIS": (9.0, 3.0),
    ],
    1: [
      "POINTQ": (3.07, 0.434), "TOPK": (6.5, 16.2), "COL_DIFF": (6.5, 16.3), "COL_DIST": (6.1, 16.2), "KNN": (6.8, 19.3),
      "ROW_DIFF": (3.1, 0.386), "SVCCA": (2_757, 2_766), "VIS": (6.3, 16.6),
    ],
  ]
  private static let numbers = [21: "5b", 11: "5c", 1: "5d"]

  static let figures = zip(QueriedScheme.all, ["", "-full", "-gzip", "-pool2-gzip"]).map { queried, suffix in
    Figure("fig5-query-time\(suffix)") { try chart($0, queried) }
  }

  static func chart(_ table: MeasurementTable, _ queried: QueriedScheme) throws -> Chart {
    let scheme = queried.scheme
    let settings = ["scheme": scheme.name]
    let images = try table.count("images", where: settings)
    let panels = try queried.layers.map { layer in
      try QueryPanel.panel(
        table, NetworkQueries.target(layer), title: "Layer \(layer) (figure \(numbers[layer]!))", paper: paper[layer]!, settings: settings)
    }
    return Chart(
      title: "Query time on CIFAR10_VGG16, stored \(scheme.words): re-running against reading", panels: panels,
      notes: [
        "\(Quantity.grouped(images)) images are queried. " + QueryPanel.note(rerun: try rerun(table, settings)),
        NetworkQueries.representationsNote,
        NetworkQueries.neuronNote,
        "Hatched: the paper's own times (figures 5b to 5d), 50,000 images stored under pool(2), on another machine. Where the paper names image 345, it is "
          + "taken modulo the images, and neuron 35 modulo the layer's channels.",
        PretrainedVGG16.note + " COL_DIFF and SVCCA take the logits of CIFAR10_CNN from the Keras example's 18 layers.",
      ], columns: 1)
  }

  /// What a re-run has in it.
  private static func rerun(_ table: MeasurementTable, _ settings: [String: String]) throws -> String {
    let load = Quantity.seconds(try table.median("loadSeconds", where: settings))
    let batch = Quantity.grouped(try table.count("batch", where: settings))
    return
      "with the model still in memory, in batches of \(batch) images; beside it one that loads the model (\(load)), as the paper's do (1.2 s)"
  }
}
