import Mistique

/// A policy of figure 10 under its name in rows and figures.
struct AdaptivePolicy: Sendable {
  /// What decides what is stored.
  enum Kind: Equatable, Sendable {
    /// Everything, while models are logged, under a policy of the store.
    case always(StoragePolicy)
    /// What queries have shown to be worth it, from this many seconds per GB on.
    case gamma(Double)
    /// The same, within a share of the bytes that DEDUP takes.
    case budget(Double)
  }

  let name: String
  let kind: Kind
  /// Whether each question is asked by a store that was just opened, nothing of which is in the page cache.
  private(set) var isCold = false
  /// Whether questions are asked at all. Of the paper's own forms of STORE_ALL and DEDUP only the bytes are measured.
  private(set) var isAsked = true

  static let storeAll = AdaptivePolicy(name: "STORE_ALL", kind: .always(.storeAll))
  static let dedup = AdaptivePolicy(name: "DEDUP", kind: .always(.dedup))
  /// The paper's STORE_ALL, in gzip, and its DEDUP: Algorithm 4, without derived columns.
  static let gzip = AdaptivePolicy(
    name: "STORE_ALL gzip", kind: .always(StoragePolicy(.storeAll, codec: .gzip())), isAsked: false)
  static let algorithm4 = AdaptivePolicy(name: "DEDUP Algorithm 4", kind: .always(.algorithm4), isAsked: false)
  /// From everything that is asked for and slower to re-run than to read, to the paper's 0.5 s/KB.
  static let gammas: [AdaptivePolicy] = [0, 100, 1_000, 10_000, 500_000].map(adaptive)

  /// `gamma 100`, in seconds per GB.
  static func adaptive(_ secondsPerGB: Double) -> AdaptivePolicy {
    AdaptivePolicy(name: "gamma \(Int(secondsPerGB))", kind: .gamma(secondsPerGB))
  }

  /// Shares of the bytes of DEDUP's intermediates.
  static let budgets: [AdaptivePolicy] = [0.05, 0.2, 0.5].map { AdaptivePolicy(name: "budget \(Int($0 * 100)) %", kind: .budget($0)) }

  /// Whether everything is stored while models are logged.
  var isEager: Bool { if case .always = kind { true } else { false } }

  /// The same with every question asked cold.
  var cold: AdaptivePolicy { AdaptivePolicy(name: "\(name), cold", kind: kind, isCold: true) }

  /// What is asked cold as well as warm.
  static let asCold = [dedup] + gammas

  /// DEDUP first: what it answers is what all others must answer, and its bytes are what budgets are shares of.
  static let all: [AdaptivePolicy] = [.dedup, .storeAll, .gzip, .algorithm4] + gammas + budgets + asCold.map(\.cold)

  /// - Parameter dedup: what DEDUP's store takes, which budgets are a share of.
  /// - Throws: `StoreError` for a gamma that is negative or not finite.
  func policy(dedup: DedupBytes) throws -> StoragePolicy {
    switch kind {
    case .always(let policy): policy
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
