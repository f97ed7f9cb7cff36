import ExperimentKit

/// The paper's statements about what logging a pipeline takes, over the rows.
///
/// The paper writes synchronously, so they are judged of what is synced write by write; adaptive materialization writes nothing meanwhile. All times are
/// ratios to the same pipeline that stores nothing, run right before. The paper says nothing of such a run, so what logging adds to it has no verdict.
enum Fig11aClaims {
  private static let pipelines = PipelineWorkload.timedWhenLogged
  private static let policies = ["adaptive", "DEDUP", Fig11aLoggingOverhead.gzip]

  /// Seconds of the paper's figure 11a; it has no run without logging.
  static let paper: [String: [String: Double]] = [
    "P1_a": ["adaptive": 50, "DEDUP": 62, "STORE_ALL gzip": 124], "P5_a": ["adaptive": 75, "DEDUP": 85, "STORE_ALL gzip": 153],
    "P9_a": ["adaptive": 35, "DEDUP": 77, "STORE_ALL gzip": 264],
  ]

  static let all = [
    Claim(
      "fig11a.ordering",
      "Logging takes longer the more is stored: adaptive, DEDUP, STORE_ALL (a twentieth is allowed for noise) take 50, 62, 124 s on P1, 75, 85, 153 s on P5, "
        + "35, 77, 264 s on P9", source: "section 8.6, figure 11a", scales: [.small, .paper],
      judge: { table in
        .all(
          try pipelines.map { pipeline in
            let numbers = try policies.map {
              ClaimVerdict.Number(name: "\(pipeline), \($0) / none", value: try overhead(table, pipeline, $0))
            }
            let broken = zip(numbers, numbers.dropFirst()).first { $1.value < 0.95 * $0.value }
            let isMore = try storesMore(table, pipeline)
            let remark =
              broken.map { "\($0.name) is larger than \($1.name)." }
              ?? (isMore ? nil : "On \(pipeline) these policies do not store more, one after the other.")
            return ClaimVerdict(holds: broken == nil && isMore, evidence: numbers, remark: remark)
          })
      }),
    Claim(
      "fig11a.dedup-cheaper-than-all",
      "DEDUP logs at least 1.8 times as fast as STORE_ALL, the least of the paper's 2.0, 1.8 and 3.4: 62 s instead of 124, 85 instead of 153, 77 instead of 264",
      source: "section 8.6, figure 11a", scales: [.small, .paper],
      judge: { table in
        let numbers = try pipelines.map {
          ClaimVerdict.Number(name: "\($0), STORE_ALL gzip / DEDUP", value: try ratio(table, $0, Fig11aLoggingOverhead.gzip, "DEDUP"))
        }
        let least = pipelines.map { inPaper($0, Fig11aLoggingOverhead.gzip, "DEDUP") }.min()!
        let holds = try numbers.allSatisfy { $0.value >= least } && pipelines.allSatisfy { try storesMore(table, $0) }
        return ClaimVerdict(holds: holds, evidence: numbers + [.init(name: "least in the paper", value: least)])
      }),
    Claim(
      "fig11a.adaptive-saves-on-p9",
      "On P9 logging under DEDUP takes 2.2 times as long as under adaptive materialization, or longer: 77 s and 35 s",
      source: "section 8.6, figure 11a", scales: [.small, .paper],
      judge: { table in
        let (measured, paper) = (try ratio(table, "P9_a", "DEDUP", "adaptive"), inPaper("P9_a", "DEDUP", "adaptive"))
        return ClaimVerdict(
          holds: try measured >= paper && storesMore(table, "P9_a"), numbers: ["P9_a, DEDUP / adaptive": measured, "in the paper": paper])
      }),
  ]

  // MARK: Rows

  private static func place(_ pipeline: String, _ policy: String, _ writing: LoggingWrites? = nil) -> MeasurementTable.Parameters {
    let writing = writing ?? Fig11aLoggingOverhead.policies.first { $0.name == policy }?.writings.last ?? .oneCommit
    return ["pipeline": pipeline, "policy": policy, "writing": writing.rawValue]
  }

  /// Time over the time of the same without storing anything, right before; synced write by write unless said otherwise.
  private static func overhead(_ table: MeasurementTable, _ pipeline: String, _ policy: String, _ writing: LoggingWrites? = nil) throws
    -> Double
  {
    try table.value("overhead", where: place(pipeline, policy, writing))
  }

  private static func ratio(_ table: MeasurementTable, _ pipeline: String, _ policy: String, _ other: String) throws -> Double {
    try overhead(table, pipeline, policy) / overhead(table, pipeline, other)
  }

  private static func inPaper(_ pipeline: String, _ policy: String, _ other: String) -> Double {
    paper[pipeline]![policy]! / paper[pipeline]![other]!
  }

  /// Whether adaptive, DEDUP and STORE_ALL store more bytes one after the other: times of policies that store nothing say nothing of storing.
  private static func storesMore(_ table: MeasurementTable, _ pipeline: String) throws -> Bool {
    let bytes = try policies.map { try table.value("storedBytes", where: place(pipeline, $0)) }
    return zip(bytes, bytes.dropFirst()).allSatisfy(<)
  }

  // MARK: Without a verdict

  static let keyFigures = [
    KeyFigure("DEDUP / adaptive, every write synced, P1, P5, P9 (paper 1.24x, 1.13x, 2.2x)") { table in
      try list { try ratio(table, $0, "DEDUP", "adaptive") }
    },
    KeyFigure("STORE_ALL gzip / DEDUP, every write synced (paper 2x, 1.8x, 3.43x)") { table in
      try list { try ratio(table, $0, Fig11aLoggingOverhead.gzip, "DEDUP") }
    },
    KeyFigure("adaptive / none") { table in try list { try overhead(table, $0, "adaptive") } },
    KeyFigure("DEDUP+derived / none, one transaction") { table in try list { try overhead(table, $0, "DEDUP+derived", .oneCommit) } },
    KeyFigure("STORE_ALL in our encodings / none, one transaction") { table in try list { try overhead(table, $0, "STORE_ALL", .oneCommit) }
    },
  ]

  private static func list(_ value: (String) throws -> Double) rethrows -> String {
    try pipelines.map { Quantity.ratio(try value($0)) }.joined(separator: ", ")
  }
}
