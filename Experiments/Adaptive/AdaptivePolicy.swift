import Mistique

/// A policy of figure 10 under its name in rows and figures.
struct AdaptivePolicy: Sendable {
  /// What decides what is stored.
  enum Kind: Equatable, Sendable {
    /// Everything, while models are logged.
    case always
    /// What queries have shown to be worth it, from this many seconds per GB on.
    case gamma(Double)
    /// The same, within a share of the bytes that DEDUP takes.
    case budget(Double)
  }

  let name: String
  let kind: Kind

  static let storeAll = AdaptivePolicy(name: "STORE_ALL", kind: .always)
  static let dedup = AdaptivePolicy(name: "DEDUP", kind: .always)
  /// From everything that is asked for and slower to re-run than to read, to the paper's 0.5 s/KB.
  static let gammas: [AdaptivePolicy] = [0, 100, 1_000, 10_000, 500_000].map(adaptive)

  /// `gamma 100`, in seconds per GB.
  static func adaptive(_ secondsPerGB: Double) -> AdaptivePolicy {
    AdaptivePolicy(name: "gamma \(Int(secondsPerGB))", kind: .gamma(secondsPerGB))
  }

  /// Shares of the bytes of DEDUP's intermediates.
  static let budgets: [AdaptivePolicy] = [0.05, 0.2, 0.5].map { AdaptivePolicy(name: "budget \(Int($0 * 100)) %", kind: .budget($0)) }

  /// DEDUP first: what it answers is what all others must answer, and its bytes are what budgets are shares of.
  static let all: [AdaptivePolicy] = [.dedup, .storeAll] + gammas + budgets

  /// - Parameter dedup: what DEDUP's store takes, which budgets are a share of.
  /// - Throws: `StoreError` for a gamma that is negative or not finite.
  func policy(dedup: DedupBytes) throws -> StoragePolicy {
    switch kind {
    case .always: name == Self.storeAll.name ? .storeAll : .dedup
    case .gamma(let secondsPerGB): try .adaptive(gamma: secondsPerGB)
    case .budget(let share): try .budget(bytes: dedup.budget(share))
    }
  }
}

/// The partition files of DEDUP's store, in bytes.
struct DedupBytes: Codable, Equatable, Sendable {
  /// Trained transformers, which every policy stores and a budget covers.
  var transformers = 0
  var intermediates = 0

  /// Bytes of all partition files in which a share of DEDUP's intermediates has room.
  func budget(_ share: Double) -> Int { transformers + Int(share * Double(intermediates)) }
}
