import MistiqueStorage

/// Whether an intermediate is worth its bytes, by what was asked so far.
public struct Advice: Sendable, Equatable {
  /// What to do about an intermediate.
  public enum Action: String, Sendable, CaseIterable {
    /// It is not stored and would save more than it takes.
    case store
    /// It is stored, and saves less than it takes.
    case discard = "drop"
    /// It is stored in rungs, and saves less than it takes: giving back its residual comes before dropping it.
    case demote
    /// It is stored, and worth it.
    case keep
    /// It is not stored, and not worth it.
    case leave
  }

  /// The model.
  public let model: ModelIdentity
  /// The name of the intermediate.
  public let intermediate: String
  /// What to do.
  public let action: Action
  /// How often it was asked for.
  public let queries: Int
  /// Bytes on disk that it takes or would take, as the store compresses so far.
  public let bytes: Int
  /// Seconds of re-running all of it from where that is cheapest, as predicted.
  public let rerunSeconds: Double
  /// Seconds of reading all of it, as predicted.
  public let readSeconds: Double
  /// Seconds saved by all its queries, per GB.
  public let gamma: Double
}
