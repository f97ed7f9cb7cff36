import ExperimentKit

enum Fig6Figures {
  static let all = [
    Figure("fig6-storage", chart: bars),
    Figure("fig6-storage-cumulative", chart: cumulative),
  ]

  private static let titles = ["CIFAR10_CNN": "CIFAR10_CNN, ten checkpoints", "Zillow": "Zillow pipelines"]

  private static func bars(_ table: MeasurementTable) throws -> Chart {
    let panels = try Fig6Storage.workloads.map { workload in
      let models = try Fig6Storage.lastModel(table, workload)
      let stored = try Fig6Storage.policies.map { policy in
        try table.value("storedBytes", where: ["workload": workload, "policy": policy.name, "models": models])
      }
      return Panel(
        title: "\(titles[workload]!) (\(models) models)", x: Axis("policy"), y: Axis("stored bytes", .linear, format: .bytes),
        .bars(categories: Fig6Storage.policies.map(\.name), [BarSeries("stored", values: stored)]))
    }
    return Chart(
      title: "Bytes stored by policy", panels: panels,
      notes: [
        "Paper (figure 6): Zillow, 50 pipelines: STORE_ALL 67 GB, DEDUP 0.611 GB (110x). CNN, 50,000 images: STORE_ALL 242 GB, and "
          + "DEDUP gains next to nothing.",
        "Partitions and catalogue. The paper's codec is gzip.",
      ])
  }

  private static func cumulative(_ table: MeasurementTable) throws -> Chart {
    let panels = try Fig6Storage.workloads.map { workload in
      let models = try Fig6Storage.lastModel(table, workload)
      let series = try Fig6Storage.policies.map { policy in
        LineSeries(
          policy.name,
          points: try (1...models).map { count in
            LineSeries.Point(
              x: Double(count),
              y: try table.value("storedBytes", where: ["workload": workload, "policy": policy.name, "models": count]))
          })
      }
      return Panel(
        title: titles[workload]!, x: Axis(workload == "Zillow" ? "pipelines logged" : "checkpoints logged"),
        y: Axis("stored bytes", .linear, format: .bytes), .lines(series))
    }
    return Chart(
      title: "Bytes stored, model after model", panels: panels,
      notes: ["Paper (figure 6a): STORE_ALL grows linearly, DEDUP stays nearly flat over 50 pipelines."])
  }
}
