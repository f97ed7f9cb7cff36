/// How frames are compressed. Each frame names its encoding, so that one store may hold several.
public enum Codec: Sendable, Hashable, Codable {
  /// Whatever suits the frame's elements best, chosen by looking at it: see `EncodingChoice`.
  case automatic
  /// The bytes as they are.
  case none
  /// DEFLATE in a gzip wrapper, the paper's codec. Levels 1 to 9; 6 is gzip's own default.
  case gzip(level: Int = 6)
  /// Zstandard. Levels 1 to 19.
  case zstd(level: Int = 1)

  /// Without the level.
  package var name: String {
    switch self {
    case .automatic: "automatic"
    case .none: "none"
    case .gzip: "gzip"
    case .zstd: "zstd"
    }
  }
}
