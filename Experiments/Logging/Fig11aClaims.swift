import ExperimentKit

/// The paper's statements about what logging a pipeline takes, over the rows, and their figure.
enum Fig11aClaims {
  private static let pipelines = PipelineWorkload.timedWhenLogged

  private static func overhead(_ table: MeasurementTable, _ pipeline: String, _ policy: String) throws -> Double {
    try table.value("overhead", where: ["pipeline": pipeline, "policy": policy])
  }

  /// Under `most` for each pipeline: time over the time of the same without storing anything, right before.
  private static func below(_ most: Double, _ table: MeasurementTable, _ policy: String) throws -> ClaimVerdict {
    let numbers = try pipelines.map {
      ClaimVerdict.Number(name: "\($0), \(policy) / none", value: try overhead(table, $0, policy))
    }
    return ClaimVerdict(holds: numbers.allSatisfy { $0.value < most }, evidence: numbers)
  }

  static let all = [
    Claim(
      "fig11a.ordering", "Logging takes longer the more is stored: none, adaptive, DEDUP, STORE_ALL (a twentieth is allowed for noise)",
      source: "section 8.6, figure 11a", scales: [.small, .paper],
      judge: { table in
        .all(
          try pipelines.map { pipeline in
            let numbers = try ["none", "adaptive", "DEDUP", "STORE_ALL gzip"].map {
              ClaimVerdict.Number(name: "\(pipeline), \($0) / none", value: try overhead(table, pipeline, $0))
            }
            let broken = zip(numbers, numbers.dropFirst()).first { $1.value < 0.95 * $0.value }
            return ClaimVerdict(
              holds: broken == nil, evidence: numbers, remark: broken.map { "\($0.name) is larger than \($1.name)." })
          })
      }),
    Claim(
      "fig11a.adaptive-adds-little", "Adaptive materialization adds little to running a pipeline (less than a tenth)",
      source: "section 8.6, figure 11a", scales: [.ci, .small, .paper], judge: { try below(1.1, $0, "adaptive") }),
    Claim(
      "fig11a.dedup-adds-little", "DEDUP adds less than a quarter to running a pipeline (1.1 to 2.2 times adaptive in the paper)",
      source: "section 8.6, figure 11a", scales: [.ci, .small, .paper], judge: { try below(1.25, $0, "DEDUP") }),
    Claim(
      "fig11a.dedup-cheaper-than-all", "DEDUP is faster than storing everything with gzip (1.8 to 3.4 times in the paper)",
      source: "section 8.6, figure 11a", scales: [.small, .paper],
      judge: { table in
        let numbers = try pipelines.map { pipeline in
          ClaimVerdict.Number(
            name: "\(pipeline), STORE_ALL gzip / DEDUP",
            value: try overhead(table, pipeline, "STORE_ALL gzip") / overhead(table, pipeline, "DEDUP"))
        }
        return ClaimVerdict(holds: numbers.allSatisfy { $0.value > 1 }, evidence: numbers)
      }),
  ]

  static let keyFigures = [
    KeyFigure("DEDUP / none, P1, P5, P9") { table in
      try pipelines.map { Quantity.ratio(try overhead(table, $0, "DEDUP")) }.joined(separator: ", ")
    },
    KeyFigure("STORE_ALL gzip / none") { table in
      try pipelines.map { Quantity.ratio(try overhead(table, $0, "STORE_ALL gzip")) }.joined(separator: ", ")
    },
  ]

  /// Seconds of the paper's figure; it has no run without logging.
  private static let paper: [String: [String: Double]] = [
    "P1_a": ["adaptive": 50, "DEDUP": 62, "STORE_ALL gzip": 124], "P5_a": ["adaptive": 75, "DEDUP": 85, "STORE_ALL gzip": 153],
    "P9_a": ["adaptive": 35, "DEDUP": 77, "STORE_ALL gzip": 264],
  ]

  static func chart(_ table: MeasurementTable) throws -> Chart {
    let policies = Fig11aLoggingOverhead.policies.map(\.name)
    let panels = try pipelines.map { pipeline in
      let timings = try policies.map { try table.repetitions("logSeconds", where: ["pipeline": pipeline, "policy": $0]).map(\.double) }
      return Panel(
        title: pipeline, x: Axis("policy"), y: Axis("time (s)", .logarithmic, format: .seconds),
        .bars(
          categories: policies,
          [
            BarSeries(
              "logging", values: timings.map { Timings.median(of: $0) }, spreads: timings.map { $0.min()!...$0.max()! }),
            BarSeries("logging, paper", role: .paper(beside: "logging"), values: policies.map { paper[pipeline]?[$0] }),
          ]))
    }
    return Chart(
      title: "Logging a pipeline under each policy", panels: panels,
      notes: [
        "From reading the files and training until everything is durable, into a fresh store; medians with the smallest and largest "
          + "repetition. 'none' stores the fitted transformers only, STORE_ALL is in our encodings, raw is uncompressed.",
        "Hatched: the paper's figure 11a (no run without logging), over the Kaggle tables of 2,985,217 homes, every write synchronous, "
          + "on another machine.",
      ], columns: 1)
  }
}
