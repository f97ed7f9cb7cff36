import ExperimentKit

/// Bytes, logging, reading and what is kept, by policy.
enum PoliciesFigure {
  /// The one series of bytes and of logging.
  private static let alone = "bytes, logging"

  static func chart(_ table: MeasurementTable) throws -> Chart {
    let outcomes = try PolicyOutcome.all(table)
    let names = outcomes.map(\.name)
    func panel(_ title: String, _ y: Axis, _ series: [BarSeries]) -> Panel {
      Panel(title: title, x: Axis(""), y: y, .bars(categories: names, series))
    }
    let raw = try table.value("rawBytes")
    let rows = try table.filter("rows").rows.map(\.value.double).max() ?? 0
    let skipped = try PolicyOutcome.skipped(table)
    let intermediates = try table.filter("rows").rows.count
    // Too few rows have no neighbours, and one column no directions.
    let kept = [
      BarSeries("neighbours kept, mean", values: outcomes.map(\.neighbours)),
      BarSeries("neighbours kept, worst intermediate", values: outcomes.map { $0.worst?.neighbours }),
      BarSeries("SVCCA", values: outcomes.map(\.similarity)),
    ].filter { $0.values.contains { $0 != nil } }
    let panels = [
      panel(
        "stored (the values as they are: \(Quantity.bytes(raw)))", Axis("bytes", .logarithmic, format: .bytes),
        [BarSeries(Self.alone, values: outcomes.map(\.storedBytes))]),
      panel("kept of what full precision tells", Axis("share", range: 0...1.2), kept),
      panel(
        "reading the answer to a question, all intermediates", Axis("seconds", .logarithmic, format: .seconds),
        PolicyQuestion.allCases.map { question in BarSeries(question.rawValue, values: outcomes.map { $0.readSeconds[question] }) }),
      panel(
        "logging, as a multiple of doing without", Axis("x", format: .ratio), [BarSeries(Self.alone, values: outcomes.map(\.overhead))]),
    ]
    let count = "\(intermediates) intermediate\(intermediates == 1 ? "" : "s"), \(Quantity.grouped(Int(rows))) row\(rows == 1 ? "" : "s")"
    return Chart(
      title: "What each storage policy takes and keeps: \(count)", panels: kept.isEmpty ? [panels[0]] + panels[2...] : panels,
      notes: [
        Recommendation(outcomes).sentences.joined(separator: " "),
        "A neighbour is kept when it is among the nearest rows before and after. SVCCA compares stored values with those in full precision; 1 is no loss. "
          + "Reads are warm, medians. Doing without is copying arrays, or running a model and storing nothing.",
      ] + (skipped.isEmpty ? [] : [skipped.map { "Left out: \($0.names.joined(separator: ", ")). \($0.reason)" }.joined(separator: " ")]),
      columns: 2)
  }
}
