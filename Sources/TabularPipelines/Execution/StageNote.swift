/// A note on a stage of a pipeline.
public struct StageNote: Sendable, Hashable {
  /// The name of the stage in its pipeline.
  public let stage: String
  /// The columns that it is about, and what there is to say of them.
  public let note: ColumnNote

  init(stage: String, note: ColumnNote) {
    self.stage = stage
    self.note = note
  }
}

extension StageNote: CustomStringConvertible {
  /// One line that names at most eight columns and says what to do.
  public var description: String {
    let shown = note.columns.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
    let more = note.columns.count > 8 ? " and \(note.columns.count - 8) more" : ""
    let isOne = note.columns.count == 1
    let subject = "stage \(stage): column\(isOne ? "" : "s") \(shown)\(more)"
    switch note.reason {
    case .readsAsNumbers:
      return subject
        + (isOne
          ? " is text and was left as it is, though its values read" : " are text and were left as they are, though their values read")
        + " as numbers; make \(isOne ? "it" : "them") float64 first (Cast), or name the columns that are meant"
    case .keepsGaps(let type):
      return subject + (isOne ? " is \(type) and keeps its gaps" : " are \(type) and keep their gaps")
        + ", which neither the strategy nor the value can fill; fill \(isOne ? "it" : "them") in a stage of \(isOne ? "its" : "their") own, or name the"
        + " columns that are meant"
    case .unevenSplit(let test, let rows, let fraction):
      return
        "stage \(stage): \(test) of \(rows) rows are test rows, and test_fraction is \(fraction); rows that came through a split with the same seed keep"
        + " its sides: give this one another seed"
    case .notConverged(let sweeps):
      return
        "stage \(stage): the model of \(shown) had not converged after \(sweeps == 1 ? "1 sweep" : "\(sweeps) sweeps"); raise max_iter, or set"
        + " normalize: true"
    }
  }
}
