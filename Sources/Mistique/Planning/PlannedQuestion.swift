import MistiqueStorage

/// A question with the way in which it is answered.
struct PlannedQuestion {
  let question: Question
  var plan: QueryPlan
  /// What is read when the plan is to read.
  let read: ReadPlan?
  /// Of the bytes that are read, those that the page cache lacked when the plan was made.
  let coldBytes: Int
  /// What is read to start a re-run from; none for a re-run from the model's input.
  let starts: [StoredStart]
}
