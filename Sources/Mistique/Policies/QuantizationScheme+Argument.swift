import Foundation
import MistiqueStorage

extension QuantizationScheme {
  /// What `init(argument:)` reads.
  public static let argumentHelp =
    "pooling, precision, or both joined by +, as in 'pool(2) + lp16'. Pooling: pool(2), pool(2,maximum), pool(all). "
    + "Precision: full, lp16, lp32, kbit(8), threshold(0.995), bound(0.2rms), bound(0.2rms, channel), bound(keeping 0.95), "
    + "bound(keeping cca 0.002), ladder(0.2rms), ladder(keeping 0.95), ladder(keeping cca 0.002)"

  /// The scheme that a text gives, such as `pool(2) + kbit(8)`, `lp16` or `ladder(0.2rms)`; `nil` for any other text. Parameters are not checked.
  public init?(argument text: String) {
    self.init()
    for word in text.split(separator: "+", omittingEmptySubsequences: false) {
      guard let (name, argument) = Self.call(word.trimmingCharacters(in: .whitespaces)) else { return nil }
      if let found = Self.pooling(name, argument) {
        guard pooling == nil else { return nil }
        pooling = found
      } else if let found = Self.values(name, argument) {
        guard values == .full else { return nil }
        values = found
      } else {
        return nil
      }
    }
  }

  private static func pooling(_ name: String, _ argument: String?) -> Pooling? {
    guard name == "pool" else { return nil }
    let parts = (argument ?? "2").split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
    guard parts.count <= 2, let kind = Pooling.Kind(rawValue: parts.count == 2 ? parts[1] : "average") else { return nil }
    if parts[0] == "all" { return Pooling(kind, window: .wholeMap) }
    return Int(parts[0]).map { Pooling(kind, window: .size($0)) }
  }

  private static func values(_ name: String, _ argument: String?) -> Values? {
    switch (name, argument) {
    case ("full", nil): return .full
    case ("lp16", nil): return .lowerPrecision(.float16)
    case ("lp32", nil): return .lowerPrecision(.float32)
    case ("8bit", nil): return .kbit()
    case ("kbit", let bits): return Int(bits ?? "8").map { .kbit($0) }
    case ("threshold", let quantile): return Double(quantile ?? "0.995").map { .threshold($0) }
    case ("ladder", let error?): return bound(error).map { .ladder($0) }
    case ("bound", let argument?):
      let parts = argument.lowercased().split(separator: ",", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard parts.count <= 2, let error = bound(parts[0]),
        let granularity = parts.count == 2 ? Granularity(rawValue: parts[1]) : .intermediate
      else { return nil }
      return .bound(error, per: granularity)
    default: return nil
    }
  }

  /// A bound, `keeping 0.95`: the widest that keeps this share of nearest neighbours, or `keeping cca 0.002`: the widest under which the mean CCA coefficient falls by
  /// at most so much.
  private static func bound(_ text: String) -> ErrorBound? {
    let words = text.lowercased().split(separator: " ")
    guard words.first == "keeping" else { return ErrorBound(argument: text) }
    switch (words.count, words.dropFirst().first) {
    case (3, "cca"): return Double(words[2]).map { .keeping(cca: $0) }
    case (2, let share?): return Double(share).map { .keeping(neighbours: $0) }
    default: return nil
    }
  }

  /// The name and the argument of `name` or `name(argument)`.
  package static func call(_ word: String) -> (name: String, argument: String?)? {
    guard let open = word.firstIndex(of: "(") else { return (word.lowercased(), nil) }
    guard word.last == ")" else { return nil }
    let argument = word[word.index(after: open)...].dropLast()
    return (word[..<open].trimmingCharacters(in: .whitespaces).lowercased(), argument.trimmingCharacters(in: .whitespaces))
  }
}
