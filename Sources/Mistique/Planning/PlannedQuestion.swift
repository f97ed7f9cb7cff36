import MistiqueStorage

/// A question with the way in which it is answered.
struct PlannedQuestion {
  let question: Question
  fileprivate(set) var plan: QueryPlan
  /// What is read when the plan is to read.
  let read: ReadPlan?
  /// Of an answer that is read from an intermediate of which only some columns are stored: the whole schema, and the asked columns in it.
  let partial: (schema: IntermediateSchema, asked: [Range<Int>])?
  /// Of the bytes that are read, those that the page cache lacked when the plan was made.
  let coldBytes: Int
  /// What is read to start a re-run from; none for a re-run from the model's input.
  let starts: [StoredStart]

  init(_ question: Question, _ plan: QueryPlan, read: PlannedRead? = nil, starts: [StoredStart] = []) {
    self.question = question
    self.plan = plan
    self.read = read?.plan
    partial = read?.partial
    coldBytes = read?.coldBytes ?? 0
    self.starts = starts
  }
}

extension PlannedQuestion {
  /// The same question with what its plan says of gamma, and with what its run was predicted to take together with others.
  mutating func note(gamma: Double?) { plan.gamma = gamma }

  mutating func note(predictedSeconds: Double?) { plan.taken.predictedSeconds = predictedSeconds }
}

/// What reading an answer takes.
struct PlannedRead {
  let plan: ReadPlan
  let partial: (schema: IntermediateSchema, asked: [Range<Int>])?
  let coldBytes: Int
}
