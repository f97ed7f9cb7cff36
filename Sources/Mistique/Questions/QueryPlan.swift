/// How an answer was or will be fetched, and why: every way that was weighed, and the one taken.
public struct QueryPlan: Sendable, Equatable {
  /// The two kinds of ways to an answer.
  public enum Choice: String, Sendable {
    /// From the partitions.
    case read
    /// By running stages of the model again.
    case rerun
  }

  /// What the caller wants: normally the cheapest plan; the others are for measuring.
  public enum Preference: Sendable, Equatable {
    /// The cheapest one by the cost model.
    case automatic
    /// Read, or fail when the intermediate is not stored.
    case read
    /// Re-run from the model's input, as the paper does, or fail when nothing can restore the model.
    case rerun
    /// Re-run from these stored intermediates, or fail when they are not stored exactly or do not suffice.
    case rerunFrom([String])
  }

  /// One way to an answer.
  public struct Alternative: Sendable, Equatable {
    /// Whether stages run.
    public let choice: Choice
    /// The stored intermediates that are read to run the stages after them; empty for a read, and for a re-run from the model's input.
    public let startsFrom: [String]
    /// What it is predicted to take, from the question to the answer; `nil` where a stage on the way was never measured.
    public internal(set) var predictedSeconds: Double?
    /// Frames that it reads; exact, known before reading.
    public let frames: Int
    /// Decoded bytes of these frames.
    public let frameBytes: Int
    /// Stages that it runs.
    public let stages: Int
    /// Whether it gives, bit for bit, what the model emits: false where what it reads is quantized. Pooling is part of what a policy asks for.
    public let isExact: Bool
    /// The largest error of its values where it is known beforehand: 0 where they are exact; of BOUND_QT and of the base of a ladder their bound, in the
    /// unit of the values; `nil` where nobody knows.
    public var errorBound: Double? { isExact ? 0 : readErrorBound }
    private let readErrorBound: Double?

    init(
      choice: Choice, startsFrom: [String], predictedSeconds: Double?, frames: Int, frameBytes: Int, stages: Int, isExact: Bool,
      errorBound: Double? = nil
    ) {
      self.choice = choice
      self.startsFrom = startsFrom
      self.predictedSeconds = predictedSeconds
      self.frames = frames
      self.frameBytes = frameBytes
      self.stages = stages
      self.isExact = isExact
      readErrorBound = errorBound
    }
  }

  /// The way that is taken.
  public internal(set) var taken: Alternative
  /// Every way that was weighed, the taken one among them, the cheapest first.
  public let alternatives: [Alternative]
  /// Under an adaptive policy, of an intermediate that is not stored: what storing it is worth, in seconds per GB. `nil` where a stage on
  /// the way was never measured, and everywhere else.
  public internal(set) var gamma: Double?

  /// Whether the answer is read or re-run.
  public var choice: Choice { taken.choice }
  /// What the way that is taken was predicted to take.
  public var predictedSeconds: Double? { taken.predictedSeconds }
  /// Of reading; `nil` when the intermediate is not stored.
  public var predictedReadSeconds: Double? { alternatives.first { $0.choice == .read }?.predictedSeconds }
  /// Of a re-run from the model's input; `nil` when it was not weighed, as nothing can restore the model, or a stage was never measured.
  public var predictedRerunSeconds: Double? {
    alternatives.first { $0.choice == .rerun && $0.startsFrom.isEmpty }?.predictedSeconds
  }
  /// Frames that the way that is taken reads.
  public var frames: Int { taken.frames }
  /// Decoded bytes of these frames.
  public var frameBytes: Int { taken.frameBytes }
}
