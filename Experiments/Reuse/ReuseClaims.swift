import ExperimentKit

/// Statements about reuse, all beyond the paper, over the rows. Times are ratios within one run.
enum ReuseClaims {
  private static func value(_ table: MeasurementTable, _ metric: String, _ workload: String) throws -> Double {
    try table.value(metric, where: ["workload": workload, "way": ReuseExperiment.reusing])
  }

  private static let source = Claim.beyondThePaper + ": HELIX reports 19 times, Collab 10 times by reuse across runs"

  /// `metric` of a workload is at most `limit`.
  private static func atMost(
    _ id: String, _ statement: String, _ metric: String, of workload: String, _ limit: Double, scales: Set<Scale> = [.small],
    because cause: @escaping @Sendable (MeasurementTable) throws -> String? = { _ in nil }
  ) -> Claim {
    Claim(id, statement, source: source, scales: scales) { table in
      let measured = try value(table, metric, workload)
      return try ClaimVerdict(holds: measured <= limit, numbers: ["measured": measured, "at most": limit]).because(cause(table))
    }
  }

  /// What logging with reuse takes beyond the distinct stages: not looking up, as a pipeline shows of which nothing is new.
  private static func storing(_ table: MeasurementTable) throws -> String? {
    func seconds(_ way: String) throws -> Double {
      Timings.median(of: try table.repetitions("seconds", where: ["workload": ReuseExperiment.pipelines, "way": way]).map(\.double))
    }
    let place: MeasurementTable.Parameters = ["workload": ReuseExperiment.pipelines, "way": ReuseExperiment.reusing]
    guard let relog = try table.valueIfAny("relog", where: place), relog < 0.05 else { return nil }
    let new = try value(table, "intermediates", ReuseExperiment.pipelines) - value(table, "reused", ReuseExperiment.pipelines)
    let rest = try seconds(ReuseExperiment.reusing) - seconds(ReuseExperiment.distinct)
    return
      "Looking up is not why: a pipeline of which nothing is new takes \(Quantity.percent(relog)) of its first logging. "
      + "The \(Quantity.seconds(rest)) beyond the distinct stages, which have all frames in memory, store \(Quantity.plain(new)) new intermediates and read what their stages need."
  }

  private static func edit(_ id: String, _ statement: String, _ change: ReuseEdit.Change) -> Claim {
    Claim(id, statement, source: source, scales: [.small]) { table in
      let place: MeasurementTable.Parameters = ["workload": ReuseExperiment.edited, "way": change.rawValue]
      let (ratio, share) = (try table.value("ratio", where: place), try table.value("share", where: place))
      return ClaimVerdict(
        holds: ratio <= share + 0.05, numbers: ["logging again / logging": ratio, "share of the stages that follow": share])
    }
  }

  private static let cnn = ImageWorkload.Network.cnn.rawValue
  private static let vgg16 = ImageWorkload.Network.vgg16.rawValue

  static let all: [Claim] = [
    atMost(
      "reuse.pipelines-near-distinct", "Logging fifty pipelines takes at most 1.15 times what their distinct stages take to run",
      "versusDistinct", of: ReuseExperiment.pipelines, 1.15, because: storing),
    atMost(
      "reuse.pipelines-faster-than-running",
      "Logging fifty pipelines takes at most 0.9 times what running all of them without storing takes",
      "versusRunning", of: ReuseExperiment.pipelines, 0.9),
    atMost(
      "reuse.vgg16-faster-than-running", "Logging ten checkpoints of VGG16 takes at most a fifth of ten forward passes", "versusRunning",
      of: vgg16, 0.2),
    atMost(
      "reuse.cnn-costs-nothing", "Where there is nothing to reuse, looking for it adds at most a fiftieth to logging", "versusComputing",
      of: cnn, 1.02),
    atMost(
      "reuse.relog", "Logging a model again under another name takes at most a hundredth of logging it first", "relog", of: vgg16, 0.01),
    edit(
      "reuse.edit-last-stage", "With its last stage changed, a pipeline is logged again in its share of the time, and a twentieth more",
      .lastStage),
    edit(
      "reuse.edit-join",
      "With its join changed, which changes no value, a pipeline is logged again in its share of the time, and a twentieth more", .join),
    Claim(
      "reuse.same-bytes", "Reuse stores the bytes that logging without it stores", source: source,
      judge: { table in
        let differences = try [ReuseExperiment.pipelines, cnn, vgg16].map {
          ClaimVerdict.Number(name: "\($0), bytes more", value: try value(table, "partitionBytesDifference", $0))
        }
        return ClaimVerdict(holds: differences.allSatisfy { $0.value == 0 }, evidence: differences)
      }),
  ]

  static let keyFigures = [
    KeyFigure("pipelines, reuse / running") { Quantity.ratio(try value($0, "versusRunning", ReuseExperiment.pipelines)) },
    KeyFigure("VGG16, reuse / running") { Quantity.ratio(try value($0, "versusRunning", vgg16)) },
    KeyFigure("CNN, reuse / no reuse") { Quantity.ratio(try value($0, "versusComputing", cnn)) },
  ]
}
