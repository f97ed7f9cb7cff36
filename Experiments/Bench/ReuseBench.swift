import ExperimentKit
import Foundation

/// What reuse saves when models are logged: the ratios of the experiment `reuse`, medians of runs in turn.
struct ReuseBench {
  let tables: PipelineWorkload
  let networks: [ImageWorkload]
  let scratch: URL
  let repetitions: Int
  let report: BenchReport

  func run() throws {
    try pipelines()
    for workload in networks { try checkpoints(workload) }
    for (change, metric) in [(ReuseEdit.Change.lastStage, "edit_last_stage"), (.join, "edit_join")] { try edit(change, metric) }
  }

  private func rounds(_ subject: ReuseSubject) throws -> [ReuseRound] {
    report.say("Logging \(subject.name), \(subject.models.count) models, with and without reuse")
    return try (0..<repetitions).map { number in
      try ReuseRound(subject, number: number, in: scratch.appendingPathComponent("reuse")) {}
    }
  }

  private func record(_ metric: String, _ values: [Double]) {
    if !values.isEmpty { report.record("reuse", metric, Timings.median(of: values), unit: "1") }
  }

  private func pipelines() throws {
    let rounds = try rounds(.pipelines(tables))
    record("reuse_pipelines_vs_unique", rounds.compactMap(\.versusDistinct))
    record("reuse_pipelines_vs_running", rounds.map(\.versusRunning))
  }

  private func checkpoints(_ workload: ImageWorkload) throws {
    let rounds = try rounds(.checkpoints(workload))
    switch workload.network {
    case .vgg16:
      record("reuse_vgg16_vs_running", rounds.map(\.versusRunning))
      record("relog_same_model", rounds.map(\.relog))
    case .cnn: record("reuse_cnn_vs_without", rounds.map(\.versusComputing))
    }
  }

  /// Logging again with a stage changed, and beside it the share of the stages that follow.
  private func edit(_ change: ReuseEdit.Change, _ metric: String) throws {
    let pipeline = try tables.pipeline(ReuseExperiment.edited)
    let edits = try (0..<repetitions).map { _ in
      try ReuseEdit(change, of: pipeline, tables, in: scratch.appendingPathComponent("edit"))
    }
    record(metric, edits.map(\.ratio))
    record("\(metric)_share", edits.map(\.share))
  }
}
