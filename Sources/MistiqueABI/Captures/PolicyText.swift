import Foundation
import Mistique

/// Storage policies as texts: `dedup`, `store-all + lp16`, `adaptive(0.5s/KB) + pool(2) + kbit(8)`.
enum PolicyText {
  /// - Throws: `InterfaceError` (`MISTIQUE_INVALID`) for what is no policy, and `StoreError` (`invalid`) for an amount that makes no sense.
  static func policy(_ text: String) throws -> StoragePolicy {
    var materialization: StoragePolicy.Materialization?
    var scheme = QuantizationScheme.none
    for word in text.split(separator: "+", omittingEmptySubsequences: false) {
      let (name, argument) = try call(word.trimmingCharacters(in: .whitespaces), in: text)
      if let found = try self.materialization(name, argument) {
        guard materialization == nil else { throw unknown(text) }
        materialization = found
      } else if let pooling = try pooling(name, argument, in: text) {
        guard scheme.pooling == nil else { throw unknown(text) }
        scheme.pooling = pooling
      } else if let values = try values(name, argument, in: text) {
        guard scheme.values == .full else { throw unknown(text) }
        scheme.values = values
      } else {
        throw unknown(text)
      }
    }
    try scheme.validate()
    return StoragePolicy(materialization ?? .dedup, quantization: scheme)
  }

  private static func materialization(_ name: String, _ argument: String?) throws -> StoragePolicy.Materialization? {
    switch (name, argument) {
    case ("dedup", nil): return .dedup
    case ("store-all", nil), ("store_all", nil): return .storeAll
    case ("none", nil): return StoragePolicy.Materialization.none
    case ("adaptive", let gamma?): return .adaptive(try GammaThreshold(gamma))
    case ("budget", let bytes?): return .budget(try StorageBudget(bytes))
    default: return nil
    }
  }

  private static func pooling(_ name: String, _ argument: String?, in text: String) throws -> QuantizationScheme.Pooling? {
    guard name == "pool" else { return nil }
    let parts = (argument ?? "2").split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
    let window: QuantizationScheme.Pooling.Window
    if parts[0] == "all" {
      window = .wholeMap
    } else {
      guard let size = Int(parts[0]) else { throw unknown(text) }
      window = .size(size)
    }
    guard parts.count <= 2, let kind = QuantizationScheme.Pooling.Kind(rawValue: parts.count == 2 ? parts[1] : "average") else {
      throw unknown(text)
    }
    return QuantizationScheme.Pooling(kind, window: window)
  }

  private static func values(_ name: String, _ argument: String?, in text: String) throws -> QuantizationScheme.Values? {
    switch (name, argument) {
    case ("full", nil): return .full
    case ("lp16", nil): return .lowerPrecision(.float16)
    case ("lp32", nil): return .lowerPrecision(.float32)
    case ("8bit", nil): return .kbit()
    case ("kbit", let bits):
      guard let bits = Int(bits ?? "8") else { throw unknown(text) }
      return .kbit(bits)
    case ("threshold", let quantile):
      guard let quantile = Double(quantile ?? "0.995") else { throw unknown(text) }
      return .threshold(quantile: quantile, granularity: .intermediate)
    case ("bound", let argument?): return try bound(argument, in: text)
    default: return nil
    }
  }

  /// `0.01`, or `0.35rms` of the root mean square; `0.35rms, channel` of that of each channel.
  private static func bound(_ argument: String, in text: String) throws -> QuantizationScheme.Values {
    let parts = argument.lowercased().split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    let isRelative = parts[0].hasSuffix("rms")
    let number = isRelative ? parts[0].dropLast(3).trimmingCharacters(in: .whitespaces) : parts[0]
    guard let error = Double(number), parts.count <= 2,
      let granularity = parts.count == 2 ? QuantizationScheme.Granularity(rawValue: parts[1]) : .intermediate
    else { throw unknown(text) }
    return .bound(isRelative ? .relative(error) : .absolute(error), per: granularity)
  }

  /// `name` or `name(argument)`.
  private static func call(_ word: String, in text: String) throws -> (name: String, argument: String?) {
    guard let open = word.firstIndex(of: "(") else { return (word.lowercased(), nil) }
    guard word.last == ")" else { throw unknown(text) }
    let argument = word[word.index(after: open)...].dropLast()
    return (word[..<open].trimmingCharacters(in: .whitespaces).lowercased(), argument.trimmingCharacters(in: .whitespaces))
  }

  private static func unknown(_ text: String) -> InterfaceError {
    .invalid(
      "\"\(text)\" is no storage policy", at: "policy",
      remedy:
        "Use dedup, store-all, none, adaptive(0.5s/KB) or budget(5GB), and after a + one of pool(2), pool(2,maximum), pool(all) and one of "
        + "lp16, kbit(8), threshold(0.995), bound(0.35rms): \"dedup + pool(2)\".")
  }
}
