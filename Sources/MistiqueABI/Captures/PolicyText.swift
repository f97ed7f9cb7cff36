import Foundation
import Mistique

/// Storage policies as texts: `dedup`, `store-all + lp16`, `adaptive(0.5s/KB) + pool(2) + kbit(8)`.
enum PolicyText {
  /// - Throws: `InterfaceError` (`MISTIQUE_INVALID`) for what is no policy, and `StoreError` (`invalid`) for an amount that makes no sense.
  static func policy(_ text: String) throws -> StoragePolicy {
    var materialization: StoragePolicy.Materialization?
    var rest: [String] = []
    for word in text.split(separator: "+", omittingEmptySubsequences: false) {
      let word = word.trimmingCharacters(in: .whitespaces)
      if let found = try self.materialization(word) {
        guard materialization == nil else { throw unknown(text) }
        materialization = found
      } else {
        rest.append(word)
      }
    }
    let plain = StoragePolicy(materialization ?? .dedup)
    guard let policy = rest.isEmpty ? plain : plain.quantized(argument: rest.joined(separator: "+")) else { throw unknown(text) }
    try policy.quantization.validate()
    return policy
  }

  private static func materialization(_ word: String) throws -> StoragePolicy.Materialization? {
    switch QuantizationScheme.call(word) {
    case ("dedup", nil)?: return .dedup
    case ("store-all", nil)?, ("store_all", nil)?: return .storeAll
    case ("none", nil)?: return StoragePolicy.Materialization.none
    case ("adaptive", let gamma?)?: return .adaptive(try GammaThreshold(gamma))
    case ("budget", let bytes?)?: return .budget(try StorageBudget(bytes))
    default: return nil
    }
  }

  private static func unknown(_ text: String) -> InterfaceError {
    .invalid(
      "\"\(text)\" is no storage policy", at: "policy",
      remedy:
        "Use dedup, store-all, none, adaptive(0.5s/KB) or budget(5GB), and after a + \(StoragePolicy.schemeHelp): \"dedup + pool(2)\"."
    )
  }
}
