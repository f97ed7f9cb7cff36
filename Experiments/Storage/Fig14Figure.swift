import ExperimentKit

enum Fig14Figure {
  static let figure = Figure("fig14-column-compression", chart: chart)

  private static func chart(_ table: MeasurementTable) throws -> Chart {
    let raw = try table.value("rawBytes", where: ["similarity": Fig14ColumnCompression.similarities[0], "method": "none"])
    let measured = try Fig14ColumnCompression.methods.filter { $0 != "STORE_ALL" }.map { method in
      LineSeries(
        method,
        points: try Fig14ColumnCompression.similarities.map { similarity in
          LineSeries.Point(
            x: similarity, y: try table.value("storedBytes", where: ["similarity": similarity, "method": method]) / raw)
        })
    }
    // The paper's bytes are of 40 MB: shares make other sizes comparable.
    let paper = LineSeries(
      "paper, together", role: .paper(beside: "gzip, 8 columns a stream"),
      points: zip(Fig14ColumnCompression.similarities, Fig14ColumnCompression.paperTogether).map { LineSeries.Point(x: $0, y: $1 / 40) })
    return Chart(
      title: "Bytes of similar columns, compressed apart and together",
      panels: [
        Panel(
          title: "", x: Axis("fraction of rows in which two columns agree"), y: Axis("stored / raw bytes"),
          .lines(measured + [paper]))
      ],
      notes: [
        "Paper (figure 14): 100 columns x 100,000 float32, gzip: separately 35 MB of 40; together 34 / 31 / 23 / 17 / 5 MB.",
        "gzip -6. Values uniform in 0..<1, which gives the paper's 35 MB.",
      ])
  }
}
