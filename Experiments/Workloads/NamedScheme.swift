import Mistique

/// A quantization scheme under the paper's name for it.
struct NamedScheme: Sendable {
  let name: String
  let scheme: QuantizationScheme
  /// How frames are compressed: as suits them best, unless it is the paper's codec that matters.
  var codec = Codec.automatic

  /// As a title says it: `under pool(2)`, `in full precision`.
  var words: String {
    let precision = scheme == .none ? "in full precision" : "under \(withoutCodec)"
    return codec == .automatic ? precision : "\(precision) with gzip"
  }

  /// The name of the scheme alone.
  private var withoutCodec: String { name.replacing(" gzip", with: "") }

  /// The paper's DEDUP under this scheme.
  var policy: StoragePolicy { StoragePolicy(.dedup, codec: codec, quantization: scheme).asInPaper }

  static let full = NamedScheme(name: "full", scheme: .none)
  /// Full precision in gzip, the codec of the paper's own numbers.
  static let fullGzip = NamedScheme(name: "full gzip", scheme: .none, codec: .gzip())
  static let lp = NamedScheme(name: "LP", scheme: .lp16)
  static let eightBit = NamedScheme(name: "8BIT", scheme: .kbit(8))
  static let threeBit = NamedScheme(name: "KBIT(3)", scheme: .kbit(3))
  static let threshold = NamedScheme(name: "THRESHOLD", scheme: .threshold())
  /// No value off by more than so many of the layer's root mean squares.
  static func bound(_ share: Double) -> NamedScheme {
    NamedScheme(name: "BOUND(\(share) rms)", scheme: .bound(.relative(share)))
  }
  /// On the networks measured, neighbours as 8BIT keeps them.
  static let bound = bound(0.2)
  /// Every bit, and a base with the error of `bound`.
  static let ladder = NamedScheme(name: "ladder(0.2 rms)", scheme: .ladder(baseBound))
  static let baseBound = QuantizationScheme.ErrorBound.relative(0.2)
  static let pool2 = NamedScheme(name: "pool(2)", scheme: .pool(2))
  /// The paper's default scheme in the paper's codec.
  static let pool2Gzip = NamedScheme(name: "pool(2) gzip", scheme: .pool(2), codec: .gzip())
  static let pool4 = NamedScheme(name: "pool(4)", scheme: .pool(4))
  static let poolWhole = NamedScheme(name: "pool(S)", scheme: .poolWholeMap)
}
