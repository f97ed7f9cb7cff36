import ExperimentKit

/// What claims and figures read from the rows of figure 10.
struct Fig10Rows {
  private let table: MeasurementTable

  init(_ table: MeasurementTable) { self.table = table }

  /// The policies in the order of the catalogue that the rows have.
  func policies(where isWanted: (AdaptivePolicy) -> Bool = { _ in true }) throws -> [AdaptivePolicy] {
    let there = Set(try table.values(of: "policy"))
    return AdaptivePolicy.all.filter { there.contains($0.name) && isWanted($0) }
  }

  /// A metric after each question, in the order of the questions.
  func series(_ metric: String, _ policy: AdaptivePolicy) throws -> [(question: Int, query: String, value: Double)] {
    let found = try table.filter(metric, where: ["policy": policy.name, "intermediate": "all"])
    return try found.values(of: "question").compactMap(Int.init).filter { $0 > 0 }.sorted().map { question in
      let place: MeasurementTable.Parameters = ["question": question]
      return (question, try found.values(of: "query", where: place)[0], try found.value(metric, where: place))
    }
  }

  /// The times of one kind of question, in the order in which it was asked.
  func seconds(of query: String, _ policy: AdaptivePolicy) throws -> [(question: Int, value: Double)] {
    try series("querySeconds", policy).filter { $0.query == query }.map { ($0.question, $0.value) }
  }

  /// The kinds of questions that were asked.
  func queries() throws -> [String] {
    guard let first = try policies().first else { return [] }
    var seen: Set<String> = []
    return try series("querySeconds", first).map(\.query).filter { seen.insert($0).inserted }
  }

  /// Bytes of stored intermediates after the last question, or after logging where none is asked. Throws when nothing was asked that should have been.
  func lastBytes(_ policy: AdaptivePolicy) throws -> Double {
    guard policy.isAsked else {
      let place: MeasurementTable.Parameters = ["policy": policy.name, "question": 0, "intermediate": "all"]
      return try table.value("intermediateBytes", where: place)
    }
    guard let last = try series("intermediateBytes", policy).last else {
      throw MeasurementError.absent("intermediateBytes", at: "policy=\(policy.name), any question", present: [])
    }
    return last.value
  }

  /// All questions together.
  func questionSeconds(_ policy: AdaptivePolicy) throws -> Double { try series("querySeconds", policy).reduce(0) { $0 + $1.value } }

  /// Logging and all questions.
  func totalSeconds(_ policy: AdaptivePolicy) throws -> Double {
    try table.value("logSeconds", where: ["policy": policy.name]) + questionSeconds(policy)
  }

  /// The policy with every question asked cold, where the rows have it: runs of before do not.
  func cold(_ policy: AdaptivePolicy) throws -> AdaptivePolicy? {
    try policies { $0.name == policy.cold.name }.first
  }

  /// The paper's STORE_ALL and DEDUP, or ours where the rows are of before they were measured.
  func papers() throws -> (storeAll: AdaptivePolicy, dedup: AdaptivePolicy) {
    let there = try policies().map(\.name)
    return there.contains(AdaptivePolicy.gzip.name) && there.contains(AdaptivePolicy.algorithm4.name)
      ? (.gzip, .algorithm4) : (.storeAll, .dedup)
  }

  /// Intermediates that questions made worth storing.
  func materialized(_ policy: AdaptivePolicy) throws -> Int {
    try table.filter("materializedBytes", where: ["policy": policy.name]).rows.count
  }

  /// The largest share of its budget that a store took, after logging and after every question.
  func fullestShare(_ policy: AdaptivePolicy) throws -> Double {
    let budget = try table.value("budgetBytes", where: ["policy": policy.name])
    let taken = try table.filter("partitionBytes", where: ["policy": policy.name]).rows.map(\.value.double)
    return (taken.max() ?? .infinity) / budget
  }
}
