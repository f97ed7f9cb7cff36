import ExperimentKit
import Foundation
import Mistique
import TabularPipelines

/// Re-running a stored pipeline beside the same stages in Python, in turn: more than 1 means that ours is faster.
///
/// Ours is a question with plan `.rerun` for both predictions and the target: the store's transformers are loaded, the files read,
/// completed, joined, reduced and predicted. What only training needs, the split, is left out on both sides. Python runs them in memory
/// with pandas, and predicts with XGBoost or scikit-learn with the model that was trained here.
struct PipelineRerunBench {
  let workload: PipelineWorkload
  let pandas: PandasPeer
  let scratch: URL
  let repetitions: Int
  let report: BenchReport

  func run() throws {
    if pandas.versions["xgboost"] != nil {
      try measure("P2", metric: "pipeline_rerun_vs_python")
    } else {
      report.say("  XGBoost is not installed in that Python: pipeline_rerun_vs_python is not measured")
    }
    if pandas.versions["sklearn"] != nil {
      try measure("P9", metric: "pipeline_p9_rerun_vs_python")
    } else {
      report.say("  scikit-learn is not installed in that Python: pipeline_p9_rerun_vs_python is not measured")
    }
  }

  private func measure(_ template: String, metric: String) throws {
    let pipeline = try workload.pipeline("\(template)_a")
    let identity = PipelineWorkload.identity(pipeline)
    let folder = scratch.appendingPathComponent("rerun")
    try? FileManager.default.removeItem(at: folder)  // of the pipeline before
    let store = try IntermediateStore(at: folder)
    workload.register(in: store)
    let model = workload.model(pipeline)
    try store.logIntermediates(of: model, as: identity, policy: .none.asInPaper)
    report.say(
      "Re-running \(pipeline.name) beside Python, "
        + pandas.versions.sorted { $0.key < $1.key }.map { "\($0) \($1)" }.joined(separator: ", ")
    )
    try pandas.prepare(template, try fitted(template, model, store, identity))
    let keys = [("predict_train", "prediction"), ("predict_test", "prediction"), ("select_target", "logerror")].map {
      IntermediateKey(model: identity, intermediate: $0, column: $1)
    }
    try compare(try store.getIntermediates(keys, plan: .rerun), template)
    var (own, other): ([Double], [Double]) = ([], [])
    for _ in 0..<max(5, repetitions) {
      own.append(try Stopwatch.time { try store.getIntermediates(keys, plan: .rerun) }.seconds)
      other.append(try pandas.rerun(template))
    }
    let name = metric.replacingOccurrences(of: "_vs_python", with: "_seconds")
    report.record("pipelines", name, Timings.median(of: own), unit: "s")
    report.record("pipelines", metric, Timings.median(of: zip(other, own).map { $0 / $1 }), unit: "1")
    try store.close()
    try FileManager.default.removeItem(at: folder)
  }

  /// The trained model for Python: the state of P2's booster as it is stored; P9's coefficients, which its training stage emits.
  private func fitted(
    _ template: String, _ model: PipelineModel, _ store: IntermediateStore, _ identity: ModelIdentity
  ) throws -> [String: Any] {
    guard template == "P9" else {
      let state = scratch.appendingPathComponent("booster.state")
      guard let booster = model.transformers().first(where: { $0.name == "train_model" }) else {
        throw BenchFailure(what: "\(identity) has no stored booster")
      }
      try Data(booster.bytes).write(to: state)
      return ["state": state.path, "threads": 2]
    }
    let key = IntermediateKey(model: identity, intermediate: "train_model")
    let result = try store.getIntermediates([key], plan: .rerun)[0]
    guard case .text(let names)? = result.frame?["feature"]?.values else {
      throw UnexpectedIntermediate(intermediate: key.intermediate, need: "a frame with the names of features")
    }
    let coefficients = try result.requiredNumbers("coefficient")
    let means = try result.requiredNumbers("mean")
    let file = scratch.appendingPathComponent("coefficients.json")
    let described: [String: Any] = [
      "names": (0..<names.count - 1).map { names[$0] }, "coefficients": Array(coefficients.dropLast()),
      "means": means.dropLast().map { $0.isNaN ? NSNull() as Any : $0 as Any }, "intercept": coefficients.last!,
    ]
    try JSONSerialization.data(withJSONObject: described).write(to: file)
    return ["model": file.path]
  }

  private func compare(_ results: [IntermediateResult], _ template: String) throws {
    let files = ["train", "test"].map { scratch.appendingPathComponent("predictions-\($0).bin") }
    _ = try pandas.rerun(template, writing: files)
    for (result, file) in zip(results, files) {
      let ours = try result.requiredNumbers("prediction")
      let theirs = try Data(contentsOf: file).withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
      try Self.compare(ours, theirs, of: template)
    }
  }

  /// Predictions have four decimals, and two sums of the same numbers in another order may round to neighbours: that may be seen in one of
  /// a hundred homes, anything else is another computation, and so is a prediction that is no number.
  static func compare(_ ours: [Double], _ theirs: [Double], of template: String) throws {
    guard ours.count == theirs.count, !ours.isEmpty else {
      throw BenchFailure(what: "\(template): \(theirs.count) predictions in Python, \(ours.count) in ours")
    }
    let differences = zip(ours, theirs).map { ValueDifference.of($0, $1) }
    let (largest, many) = (differences.max() ?? 0, differences.count { $0 > 1e-6 })
    guard largest < 1.5e-4, many * 100 <= ours.count else {
      throw BenchFailure(
        what:
          "\(template): \(many) of \(ours.count) predictions differ, by up to \(largest): "
          + "the times of two different computations are not compared"
      )
    }
  }
}
