/// How an answer was or will be fetched, and why.
public struct QueryPlan: Sendable, Equatable {
  public enum Choice: String, Sendable {
    case read
    case rerun
  }

  /// What the caller wants: normally the cheaper plan; the others are for measuring.
  public enum Preference: Sendable {
    case automatic
    case read
    case rerun
  }

  public let choice: Choice
  /// `nil` when the intermediate is not stored.
  public let predictedReadSeconds: Double?
  /// `nil` when nothing is registered that could re-run the model.
  public let predictedRerunSeconds: Double?
  /// Frames the answer needs and their bytes; exact, known before reading. Zero when the intermediate is not stored.
  public let frames: Int
  public let frameBytes: Int
  /// Under an adaptive policy, of an intermediate that is not stored: what storing it is worth, in seconds per GB. `nil` where a stage on
  /// the way was never measured, and everywhere else.
  public internal(set) var gamma: Double?
}
