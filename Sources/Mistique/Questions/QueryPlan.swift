/// How an answer was or will be fetched, and why.
public struct QueryPlan: Sendable, Equatable {
  /// The two ways to an answer.
  public enum Choice: String, Sendable {
    /// From the partitions.
    case read
    /// By running the model again.
    case rerun
  }

  /// What the caller wants: normally the cheaper plan; the others are for measuring.
  public enum Preference: Sendable {
    /// The cheaper one by the cost model.
    case automatic
    /// Read, or fail when the intermediate is not stored.
    case read
    /// Re-run, or fail when nothing can restore the model.
    case rerun
  }

  /// The way that is taken.
  public let choice: Choice
  /// `nil` when the intermediate is not stored.
  public let predictedReadSeconds: Double?
  /// `nil` when nothing is registered that could re-run the model.
  public let predictedRerunSeconds: Double?
  /// Frames the answer needs and their bytes; exact, known before reading. Zero when the intermediate is not stored.
  public let frames: Int
  /// Decoded bytes of these frames.
  public let frameBytes: Int
  /// Under an adaptive policy, of an intermediate that is not stored: what storing it is worth, in seconds per GB. `nil` where a stage on
  /// the way was never measured, and everywhere else.
  public internal(set) var gamma: Double?
}
