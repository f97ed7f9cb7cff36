import ExperimentKit
import Foundation

extension Fig6Storage {
  private static func stored(_ table: MeasurementTable, _ workload: String, _ policy: String) throws -> Double {
    try table.value("storedBytes", where: ["workload": workload, "policy": policy, "models": try lastModel(table, workload)])
  }

  static func lastModel(_ table: MeasurementTable, _ workload: String) throws -> Int {
    try table.filter("storedBytes", where: ["workload": workload]).values(of: "models").compactMap(Int.init).max() ?? 0
  }

  static let claims = [
    Claim(
      "fig6.dedup-not-larger", "DEDUP never stores more than STORE_ALL", source: "section 8.2, figure 6",
      judge: { table in
        let verdicts = try workloads.map { workload in
          let all = try stored(table, workload, "STORE_ALL")
          let dedup = try stored(table, workload, "DEDUP")
          // The catalogue may differ by a page of SQLite, which is not what the statement is about.
          return ClaimVerdict(holds: dedup <= all + 8192, numbers: ["\(workload) STORE_ALL": all, "\(workload) DEDUP": dedup])
        }
        return .all(verdicts)
      }),
    Claim(
      "fig6.dedup-collapses-pipelines", "DEDUP stores pipelines that share stages in a fraction of STORE_ALL",
      source: "section 8.2, figure 6a: 67 GB to 0.611 GB over fifty pipelines",
      judge: { table in
        let all = try stored(table, "Zillow", "STORE_ALL gzip")
        let dedup = try stored(table, "Zillow", "DEDUP")
        return ClaimVerdict(holds: all / dedup >= 2, numbers: ["STORE_ALL gzip / DEDUP": all / dedup, "in the paper, 50 pipelines": 110])
      }),
    Claim(
      "fig6.cnn-gains-little", "DEDUP gains little on a CNN trained from scratch: every checkpoint changes every layer",
      source: "section 8.2, figure 6b",
      judge: { table in
        let all = try stored(table, "CIFAR10_CNN", "STORE_ALL")
        let dedup = try stored(table, "CIFAR10_CNN", "DEDUP")
        return ClaimVerdict(holds: dedup / all >= 0.8, numbers: ["DEDUP / STORE_ALL": dedup / all])
      }),
    Claim(
      "fig6.store-all-linear", "STORE_ALL grows linearly with the number of models, DEDUP of pipelines stays nearly flat",
      source: "section 8.2, figure 6a",
      judge: { table in
        let last = try lastModel(table, "Zillow")
        func growth(_ policy: String) throws -> Double {
          let first = try table.value("storedBytes", where: ["workload": "Zillow", "policy": policy, "models": 1])
          return try stored(table, "Zillow", policy) / first
        }
        let (all, dedup) = (try growth("STORE_ALL gzip"), try growth("DEDUP"))
        let linear = Double(last)
        return ClaimVerdict(
          holds: all > 0.8 * linear && all < 1.2 * linear && dedup < 1 + 0.5 * (linear - 1),
          numbers: ["models": linear, "STORE_ALL last / first": all, "DEDUP last / first": dedup])
      }),
  ]

  static let gates = [
    Gate("logicalBytes", .exact), Gate("chunks", .exact), Gate("duplicateChunks", .exact),
    Gate(
      "partitionBytes",
      .within(
        0.02, reason: "trained weights and predictions differ in their last bits between kinds of processors, and so do compressed sizes"),
      better: .lower),
    Gate("logSeconds", .reported), Gate("heldOutAccuracy", .reported),
  ]

  static let keyFigures = [
    KeyFigure("Zillow, STORE_ALL gzip / DEDUP") { table in
      Quantity.ratio(try stored(table, "Zillow", "STORE_ALL gzip") / stored(table, "Zillow", "DEDUP"))
    },
    KeyFigure("CNN, STORE_ALL gzip / DEDUP") { table in
      Quantity.ratio(try stored(table, "CIFAR10_CNN", "STORE_ALL gzip") / stored(table, "CIFAR10_CNN", "DEDUP"))
    },
    KeyFigure("CNN, DEDUP") { Quantity.bytes(try stored($0, "CIFAR10_CNN", "DEDUP")) },
    KeyFigure("held-out accuracy") { Quantity.percent(try $0.value("heldOutAccuracy")) },
  ]
}
