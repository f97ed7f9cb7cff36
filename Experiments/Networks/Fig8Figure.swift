import ExperimentKit

/// Read and re-run time by the number of images, a panel per layer; one figure per scheme.
enum Fig8Figure {
  static let figures = zip([NamedScheme.pool2, .full, .fullGzip], ["", "-full", "-gzip"]).map { scheme, suffix in
    Figure("fig8-read-vs-rerun\(suffix)") { try chart($0, scheme) }
  }

  /// Seconds at 50,000 images, read off the paper's figures 7a (batches of 1,000) and 7b (pool(2)): what its curves end at.
  static let paper: [Int: (rerun: Double, read: Double)] = [
    1: (6.6, 16.2), 6: (6.6, 2.6), 11: (8.8, 2.7), 16: (10.3, 0.71), 21: (11.0, 0.08),
  ]

  private static func paperPoint(_ name: String, _ seconds: Double) -> LineSeries {
    LineSeries("\(name), paper", role: .paper(beside: name), points: [.init(x: 50_000, y: seconds)], joined: false)
  }

  static func chart(_ table: MeasurementTable, _ scheme: NamedScheme) throws -> Chart {
    var images = 0
    var loads: [Double] = []
    let panels = try Fig8ReadVersusRerun.layers.map { layer in
      let curves = try Fig8Curves(table, scheme, layer)
      let steps = try Fig8Curves.steps(table, scheme, layer)
      images = max(images, steps.last ?? 0)
      loads += try steps.map { try table.value("loadSeconds", where: ["scheme": scheme.name, "layer": layer, "images": $0]) }
      func series(_ name: String, _ role: SeriesRole, _ metric: String, _ stored: NamedScheme = scheme) throws -> LineSeries {
        let points = try steps.map { step in
          let seconds = try table.repetitions(metric, where: ["scheme": stored.name, "layer": layer, "images": step]).map(\.double)
          let spread = role == .measured ? seconds.min()!...seconds.max()! : nil
          return LineSeries.Point(x: Double(step), y: Timings.median(of: seconds), spread: spread)
        }
        return LineSeries(name, role: role, points: points)
      }
      // What only some rows have: cold reads, and layer 1 under pool(2) in gzip.
      let cold = try Fig8Curves.has(table, scheme, Fig8Curves.cold) ? [try series("read, cold", .measured, Fig8Curves.cold)] : []
      let isFirst = try layer == 1 && scheme.name == NamedScheme.pool2.name && Fig8Curves.has(table, .pool2Gzip)
      let inGzip = isFirst ? [try series("read, in gzip", .measured, Fig8Curves.warm, .pool2Gzip)] : []
      return Panel(
        title: "Layer \(layer): \(curves.words)", x: Axis("images", .logarithmic), y: Axis("time (s)", .logarithmic, format: .seconds),
        .lines(
          [
            try series("re-run", .measured, "rerunSeconds"),
            try series("re-run, predicted", .predicted(of: "re-run"), "predictedRerunSeconds"),
            paperPoint("re-run", paper[layer]!.rerun),
            try series("read", .measured, "readSeconds"),
            try series("read, predicted", .predicted(of: "read"), "predictedReadSeconds"),
            paperPoint("read", paper[layer]!.read),
          ] + cold + inGzip))
    }
    let first: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": Fig8ReadVersusRerun.layers[0], "images": images]
    let batch = try table.count("batch", where: first)
    let isOnce = try table.repetitions(PlanQuality.Metric.read, where: first).count == 1
    return Chart(
      title: "Reading against re-running CIFAR10_VGG16, stored \(scheme.words)",
      panels: panels,
      notes: [
        "All columns of a layer for the first images of \(Quantity.grouped(images)), warm unless said: \(isOnce ? "each measured once" : "medians with the smallest and largest repetition; long re-runs may be timed once"). Re-runs load the "
          + "model, as the paper's do (1.2 s; here \(Quantity.seconds(Timings.median(of: loads)))), and start from the image, in batches of \(Quantity.grouped(batch)) images; what does not fill five eighths of one, in passes of 8 or more. "
          + "Dotted: what the cost model predicted before. A crossing is interpolated between two numbers of images.",
        (try scheme.name == NamedScheme.pool2.name && Fig8Curves.has(table, .pool2Gzip)
          ? "In gzip, the paper's codec: layer 1 alone. " : "")
          + "Hollow: the paper's own times for 50,000 images under pool(2), its default scheme (figures 7a and 7b, which its figure 8 ends at), on another machine. "
          + "Its curves cross at layer 1 alone, near 10,000 images, above which re-running is faster.",
        PretrainedVGG16.note,
      ], columns: 3)
  }
}
