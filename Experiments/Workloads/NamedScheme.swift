import Mistique

/// A quantization scheme under the paper's name for it.
struct NamedScheme: Sendable {
  let name: String
  let scheme: QuantizationScheme

  static let full = NamedScheme(name: "full", scheme: .none)
  static let lp = NamedScheme(name: "LP", scheme: .lp16)
  static let eightBit = NamedScheme(name: "8BIT", scheme: .kbit(8))
  static let threeBit = NamedScheme(name: "KBIT(3)", scheme: .kbit(3))
  static let threshold = NamedScheme(name: "THRESHOLD", scheme: .threshold())
  static let pool2 = NamedScheme(name: "pool(2)", scheme: .pool(2))
  static let pool4 = NamedScheme(name: "pool(4)", scheme: .pool(4))
  static let poolWhole = NamedScheme(name: "pool(S)", scheme: .poolWholeMap)
}
