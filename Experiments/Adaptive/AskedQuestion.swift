import ExperimentKit
import Mistique

/// A question that was asked: what was fetched, what was computed from it, and how long both took together.
struct AskedQuestion {
  let results: [IntermediateResult]
  let answer: [Double]
  /// From the question to the answer, storing what the policy found worth it included.
  let seconds: Double

  init(_ query: DiagnosticQuery, _ store: IntermediateStore, _ plan: QueryPlan.Preference) throws {
    var fetched: [IntermediateResult] = []
    let fetcher = QueryFetcher(store, plan) { fetched.append($0) }
    let watch = Stopwatch()
    answer = try query.answer(fetcher)
    seconds = watch.seconds - fetcher.observingSeconds
    results = fetched
  }

  /// - Throws: `AnswersDiffer` when a value or the answer has other bits.
  func compare(with expected: AskedQuestion, _ query: DiagnosticQuery, _ policy: AdaptivePolicy) throws {
    for (result, other) in zip(results, expected.results) where !result.isIdentical(to: other) {
      throw AnswersDiffer(what: "\(result.model).\(result.intermediate)", query: query.name, policy: policy.name)
    }
    guard results.count == expected.results.count, answer.map(\.bitPattern) == expected.answer.map(\.bitPattern) else {
      throw AnswersDiffer(what: "the answer", query: query.name, policy: policy.name)
    }
  }
}

/// Two policies answer a question differently: the measurement would be worth nothing.
struct AnswersDiffer: Error, CustomStringConvertible {
  let what: String
  let query: String
  let policy: String

  var description: String {
    "\(query) under \(policy): \(what) is not what DEDUP's store gives, bit for bit. The store or the model is at fault; nothing of this run is kept."
  }
}
