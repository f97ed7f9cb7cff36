import ExperimentKit

/// The query times of a network, one panel per layer.
enum Fig5Figure {
  /// Seconds read off the paper's figure 5: re-run, read. Its layers are VGG16's 1, 11 and 21 over 50,000 images.
  private static let first: QueryPanel.PaperTimes = [
    "POINTQ": (3.07, 0.434), "TOPK": (6.5, 16.2), "COL_DIST": (6.1, 16.2), "VIS": (6.3, 16.6),
  ]
  private static let middle: QueryPanel.PaperTimes = [
    "POINTQ": (2.88, 0.068), "TOPK": (9.6, 3.1), "COL_DIST": (9.6, 2.9), "VIS": (9.0, 3.0),
  ]
  private static let last: QueryPanel.PaperTimes = [
    "POINTQ": (3.52, 0.017), "TOPK": (12.1, 0.093), "COL_DIST": (12.1, 0.087), "VIS": (12.1, 0.084),
  ]

  static func chart(_ table: MeasurementTable) throws -> Chart {
    let layers = try QueryClaims.targets(table)
    let panels = try layers.map { layer in
      let paper = layer == layers.first ? first : layer == layers.last ? last : middle
      return try QueryPanel.panel(table, layer, title: layer, paper: paper)
    }
    return Chart(
      title: "Query time on a network: re-running against reading", panels: panels,
      notes: [
        QueryPanel.note,
        "Hatched: the paper's own times (figures 5b to 5d) for layers 1, 11 and 21 of VGG16 over 50,000 images, on another machine.",
      ], columns: 2)
  }
}
