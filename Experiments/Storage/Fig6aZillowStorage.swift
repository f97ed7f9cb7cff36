import ExperimentKit
import Foundation
import Mistique

/// Figure 6a of the paper: what the Zillow pipelines take under each policy, pipeline after pipeline.
enum Fig6aZillowStorage {
  static let policies = [
    StorageMeasurement.Policy(name: "STORE_ALL gzip", policy: StoragePolicy(.storeAll, codec: .gzip())),
    StorageMeasurement.Policy(name: "STORE_ALL", policy: .storeAll),
    StorageMeasurement.Policy(name: "DEDUP", policy: .dedup),
  ]
  static let workload = "Zillow"

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig6a-zillow-storage", aliases: ["fig6a", "fig6"], title: "Bytes stored by pipelines under each policy",
        source: "section 8.2, figure 6a"),
      parameters: StorageMeasurement.parameters,
      costs: [
        .smoke: Cost(seconds: 10, diskBytes: 200_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 20, diskBytes: 400_000_000, memoryBytes: 1_000_000_000),
        .small: Cost(seconds: 120, diskBytes: 2_000_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 5_000, diskBytes: 70_000_000_000, memoryBytes: 24_000_000_000),
      ],
      outcome: .init(
        claims: claims,
        figures: [Figure("fig6a-zillow-storage", chart: bars), Figure("fig6a-zillow-storage-cumulative", chart: cumulative)],
        gates: StoredBytes.gates, keyFigures: keyFigures)
    ) { context in
      try context.state(data: try PipelineWorkload.source(context.scale, context.seed, settings))
      let tables = try PipelineWorkload(context, settings: settings)
      let models = tables.pipelines.map { pipeline in
        StorageMeasurement.Model(identity: PipelineWorkload.identity(pipeline)) { tables.model(pipeline) }
      }
      // Tables fit: the scales state their disk.
      try StorageMeasurement(
        workload: workload, models: models, register: { tables.register(in: $0) }, expectedBytes: { _ in 0 }, context: context
      ).run(policies)
    }
  }

  private static func stored(_ table: MeasurementTable, _ policy: String) throws -> Double {
    try StoredBytes.last(table, workload, policy)
  }

  private static let claims = [
    Claim(
      "fig6a.dedup-not-larger", "DEDUP never stores more than STORE_ALL", source: "section 8.2, figure 6a",
      judge: { table in
        let (all, dedup) = (try stored(table, "STORE_ALL"), try stored(table, "DEDUP"))
        // The catalogue may differ by a page of SQLite, which is not what the statement is about.
        return ClaimVerdict(holds: dedup <= all + 8192, numbers: ["STORE_ALL": all, "DEDUP": dedup])
      }),
    Claim(
      "fig6a.dedup-collapses-pipelines", "DEDUP stores pipelines that share stages in a fraction of STORE_ALL",
      source: "section 8.2, figure 6a: 67 GB to 0.611 GB over fifty pipelines",
      judge: { table in
        let ratio = try stored(table, "STORE_ALL gzip") / stored(table, "DEDUP")
        return ClaimVerdict(holds: ratio >= 2, numbers: ["STORE_ALL gzip / DEDUP": ratio, "in the paper, 50 pipelines": 110])
      }),
    Claim(
      "fig6a.store-all-linear", "STORE_ALL grows linearly with the number of models, DEDUP of pipelines stays nearly flat",
      source: "section 8.2, figure 6a",
      judge: { table in
        let models = Double(try StoredBytes.models(table, workload))
        func growth(_ policy: String) throws -> Double { try stored(table, policy) / StoredBytes.first(table, workload, policy) }
        let (all, dedup) = (try growth("STORE_ALL gzip"), try growth("DEDUP"))
        return ClaimVerdict(
          holds: all > 0.8 * models && all < 1.2 * models && dedup < 1 + 0.5 * (models - 1),
          numbers: ["models": models, "STORE_ALL last / first": all, "DEDUP last / first": dedup])
      }),
  ]

  private static let keyFigures = [
    KeyFigure("Zillow, STORE_ALL gzip / DEDUP") { Quantity.ratio(try stored($0, "STORE_ALL gzip") / stored($0, "DEDUP")) },
    KeyFigure("Zillow, DEDUP") { Quantity.bytes(try stored($0, "DEDUP")) },
  ]

  private static func bars(_ table: MeasurementTable) throws -> Chart {
    let values = try policies.map { try stored(table, $0.name) }
    return Chart(
      title: "Bytes stored by \(try StoredBytes.models(table, workload)) Zillow pipelines",
      panels: [
        Panel(
          x: Axis("policy"), y: Axis("stored bytes", .linear, format: .bytes),
          .bars(categories: policies.map(\.name), [BarSeries("stored", values: values)]))
      ],
      notes: [
        "Paper (figure 6a): 50 pipelines: STORE_ALL 67 GB, DEDUP 0.611 GB (110x). Partitions and catalogue, without boosters. The paper's codec is gzip."
      ])
  }

  private static func cumulative(_ table: MeasurementTable) throws -> Chart {
    Chart(
      title: "Bytes stored, pipeline after pipeline",
      panels: [
        try CumulativeFigure.panel(table, workload, policies: policies.map(\.name), title: "Zillow pipelines", x: "pipelines logged")
      ],
      notes: ["Paper (figure 6a): STORE_ALL grows linearly, DEDUP stays nearly flat over 50 pipelines."])
  }
}
