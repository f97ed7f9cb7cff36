import MistiqueStorage

/// A question with the way in which it is answered.
struct PlannedQuestion {
  let question: Question
  fileprivate(set) var plan: QueryPlan
  /// What is read when the plan is to read.
  let read: PlannedRead?
  /// What is read to start a re-run from; none for a re-run from the model's input.
  let starts: [StoredStart]

  init(_ question: Question, _ plan: QueryPlan, read: PlannedRead? = nil, starts: [StoredStart] = []) {
    self.question = question
    self.plan = plan
    self.read = read
    self.starts = starts
  }
}

extension PlannedQuestion {
  mutating func note(gamma: Double?) { plan.gamma = gamma }

  /// What its run was predicted to take, together with other questions that it answers.
  mutating func note(predictedSeconds: Double?) { plan.taken.predictedSeconds = predictedSeconds }
}

/// What reading an answer takes.
struct PlannedRead {
  let plan: ReadPlan
  /// Of an intermediate of which only some columns are stored: the whole schema, and the asked columns in it.
  let partial: (schema: IntermediateSchema, asked: [Range<Int>])?
  /// Of the bytes that are read, those that the page cache lacked when the plan was made.
  let coldBytes: Int
  /// Whose it is, when it is another model's under the same lineage.
  var owner: IntermediateID?

  /// Of the whole intermediate, after pooling.
  var schema: IntermediateSchema { partial?.schema ?? plan.manifest.schema }
  /// The asked columns, places in the schema.
  var columns: [Range<Int>] { partial?.asked ?? plan.columns }
}
