import ExperimentKit

/// Bytes stored, model after model: one panel per workload, one line per policy.
enum CumulativeFigure {
  static func panel(_ table: MeasurementTable, _ workload: String, policies: [String], title: String, x: String) throws -> Panel {
    let models = try StoredBytes.models(table, workload)
    let series = try policies.map { policy in
      LineSeries(
        policy,
        points: try (1...models).map { count in
          LineSeries.Point(
            x: Double(count), y: try table.value(StoredBytes.metric, where: ["workload": workload, "policy": policy, "models": count]))
        })
    }
    return Panel(title: title, x: Axis(x), y: Axis("stored bytes", .linear, format: .bytes), .lines(series))
  }
}
