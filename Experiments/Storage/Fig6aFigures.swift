import ExperimentKit

/// Figure 6a: the bytes of all pipelines, and how they grow pipeline after pipeline, beside the paper's own.
enum Fig6aFigures {
  private typealias Figure6a = Fig6aZillowStorage
  private typealias PredictionForm = Fig6aZillowStorage.PredictionForm
  private typealias Series = Fig6aRows.Series

  static let all = [Figure("fig6a-zillow-storage", chart: bars), Figure("fig6a-zillow-storage-cumulative", chart: cumulative)]

  static func bars(_ table: MeasurementTable) throws -> Chart {
    let rows = Fig6aRows(table)
    let policies = Figure6a.policies.map(\.name)
    let paper = [Figure6a.gzip: Fig6aRows.Paper.storeAll, Figure6a.dedup: Fig6aRows.Paper.dedup]
    let series = try PredictionForm.allCases.map { predictions in
      BarSeries(predictions.rawValue, values: try policies.map { try rows.stored(Series($0, predictions)) })
    }
    let transformers = try PredictionForm.allCases.map { Quantity.bytes(try rows.value("transformerBytes", Series(Figure6a.dedup, $0))) }
    return Chart(
      title: "Bytes stored by \(try rows.models()) Zillow pipelines",
      panels: [
        Panel(
          x: Axis("policy"), y: Axis("stored bytes", .logarithmic, format: .bytes),
          .bars(
            categories: policies,
            series + [
              BarSeries(
                "paper", role: .paper(beside: PredictionForm.unrounded.rawValue), values: policies.map { paper[$0].map { $0 * 1e9 } })
            ]))
      ],
      notes: [
        "Predictions as the learners give them (unrounded) and with four decimals, as the sales' log errors have (rounded). Partitions and catalogue; boosters and "
          + "coefficients take \(transformers.joined(separator: " and ")) more, whatever the policy.",
        "STORE_ALL gzip compresses as the paper does, the others with our encodings. DEDUP is the paper's Algorithm 4: equal chunks once, similar ones side by side. "
          + "DEDUP+derived also keeps columns as how they follow from others.",
        "Hatched: the paper's text, over the Kaggle tables of 2,985,217 homes: 67 GB and 0.611 GB (110x). Its plot of the same has DEDUP at 2.114 GB (32x).",
      ])
  }

  static func cumulative(_ table: MeasurementTable) throws -> Chart {
    let rows = Fig6aRows(table)
    let counts = Array(1...max(1, try rows.models()))
    func line(_ name: String, _ series: Series, relativeTo whole: Double = 1) throws -> LineSeries {
      LineSeries(
        name, points: try counts.map { LineSeries.Point(x: Double($0), y: try rows.stored(series, after: $0) / whole) }, marked: false)
    }
    let dedups = PredictionForm.allCases.flatMap { predictions in [Figure6a.dedup, Figure6a.derived].map { Series($0, predictions) } }
    let plotted = Fig6aRows.Paper.plotted
    let papers = LineSeries(
      "DEDUP, paper", role: .paper(beside: dedups[0].name),
      points: plotted.map { LineSeries.Point(x: Double($0.models), y: $0.gigabytes / plotted[1].gigabytes) })
    let x = Axis("pipelines logged")
    return Chart(
      title: "Bytes stored, pipeline after pipeline",
      panels: [
        Panel(
          title: "Unrounded predictions", x: x, y: Axis("stored bytes", format: .bytes),
          .lines(try Figure6a.policies.map { try line($0.name, Series($0.name, .unrounded)) })),
        Panel(title: "DEDUP alone", x: x, y: Axis("stored bytes", format: .bytes), .lines(try dedups.map { try line($0.name, $0) })),
        Panel(
          title: "DEDUP, growth", x: x, y: Axis("stored bytes / after 10 pipelines"),
          .lines(try dedups.map { try line($0.name, $0, relativeTo: rows.stored($0, after: 10)) } + [papers])),
      ],
      notes: [
        "Five settings of each template, one template after the other. STORE_ALL grows by what a template emits, and the last emit three times as much as the first.",
        "Paper (figure 6a): DEDUP takes 0.149, 0.448 and 2.114 GB after 1, 10 and 50 pipelines: 4.7 times as much after 50 as after 10.",
      ])
  }
}
