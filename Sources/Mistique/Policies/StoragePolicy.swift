import MistiqueStorage

/// Which intermediates of a model are stored, and how. Asked once per intermediate, never per chunk.
public struct StoragePolicy: Sendable, Hashable, CustomStringConvertible {
  /// Which intermediates are stored, and when.
  public enum Materialization: Sendable, Hashable {
    /// Nothing but the trained transformers is stored: every query is answered by re-running.
    case none
    /// Everything is stored, duplicate chunks included: the paper's STORE_ALL.
    case storeAll
    /// Everything is stored, equal chunks once: the paper's DEDUP.
    case dedup
    /// What queries have shown to be worth its bytes is stored, as under DEDUP; the rest is re-run (paper section 5.2). Until an intermediate has
    /// been queried, storing it saves nothing, so logging stores the trained transformers only.
    case adaptive(GammaThreshold)
  }

  /// Where chunks that are similar, not equal, are looked for and placed side by side (paper section 3). Under DEDUP only.
  public enum Similarity: String, Sendable, Codable {
    /// Nowhere.
    case nowhere
    /// In the named columns of pipelines: the paper's choice, and the default.
    case columns
    /// In networks' intermediates too, where it was found to gain nothing.
    case everywhere
  }

  /// Which intermediates are stored, and when.
  public let materialization: Materialization
  /// How the bytes of frames are compressed.
  public let codec: Codec
  /// How values are pooled and quantized.
  public let quantization: QuantizationScheme
  /// Where similar chunks are placed side by side.
  public let similarity: Similarity

  /// A policy; the shorter ``none``, ``storeAll``, ``dedup`` and ``adaptive(gamma:)`` have the defaults.
  public init(
    _ materialization: Materialization, codec: Codec = .automatic, quantization: QuantizationScheme = .none,
    similarity: Similarity = .columns
  ) {
    self.materialization = materialization
    self.codec = codec
    self.quantization = quantization
    self.similarity = similarity
  }

  /// Stores the trained transformers only.
  public static let none = StoragePolicy(.none)
  /// The paper's STORE_ALL.
  public static let storeAll = StoragePolicy(.storeAll)
  /// The paper's DEDUP.
  public static let dedup = StoragePolicy(.dedup)

  /// Stores an intermediate once gamma = (t_rerun - t_read) x n_query / S is larger than `gamma`, in seconds per GB (paper section 5.2).
  ///
  /// - Throws: `StoreError` with code `invalid` for a gamma that is negative or not finite.
  public static func adaptive(gamma: Double) throws -> StoragePolicy {
    StoragePolicy(.adaptive(try GammaThreshold(secondsPerGB: gamma)))
  }

  /// The same policy with values pooled and quantized by `scheme`.
  public func quantized(_ scheme: QuantizationScheme) -> StoragePolicy {
    StoragePolicy(materialization, codec: codec, quantization: scheme, similarity: similarity)
  }

  /// The name, scheme, codec and threshold, as `mistique models` prints them.
  public var description: String {
    guard materialization != .none else { return "none" }
    let scheme = quantization == .none ? "" : " + \(quantization)"
    let threshold = gamma.map { ", gamma > \($0) s/GB" } ?? ""
    return "\(materialization.name)\(scheme) (\(codec.name)\(threshold))"
  }
}

extension StoragePolicy {
  /// The threshold of an adaptive policy in seconds per GB; `nil` for all others.
  var gamma: Double? { if case .adaptive(let threshold) = materialization { threshold.secondsPerGB } else { nil } }

  /// Whether everything is stored while the model is logged.
  var storesWhenLogged: Bool { materialization == .storeAll || materialization == .dedup }

  /// How an intermediate of `schema` is stored.
  func writerOptions(for schema: IntermediateSchema) -> StoreWriter.Options {
    let isSimilar = schema.isMaps ? similarity == .everywhere : similarity != .nowhere
    let deduplicates = materialization != .storeAll && materialization != .none
    return .init(
      deduplicates: deduplicates, codec: codec, scheme: quantization, similarity: deduplicates && isSimilar ? SimilarityOptions() : nil)
  }
}

/// As receipts keep it: the name of the materialization, and gamma beside it.
extension StoragePolicy: Codable {
  private enum CodingKeys: String, CodingKey {
    case materialization, codec, quantization, similarity, gamma
  }

  /// - Throws: `DecodingError` for a materialization that is unknown, and for a gamma that is missing, superfluous, negative or not finite.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .materialization)
    let gamma = try container.decodeIfPresent(Double.self, forKey: .gamma)
    guard let materialization = Materialization(name: name, gamma: gamma) else {
      throw DecodingError.dataCorruptedError(
        forKey: .materialization, in: container, debugDescription: "\(name) with a gamma of \(gamma.map { "\($0)" } ?? "none") is no policy"
      )
    }
    self.init(
      materialization, codec: try container.decode(Codec.self, forKey: .codec),
      quantization: try container.decode(QuantizationScheme.self, forKey: .quantization),
      similarity: try container.decode(Similarity.self, forKey: .similarity))
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(materialization.name, forKey: .materialization)
    try container.encode(codec, forKey: .codec)
    try container.encode(quantization, forKey: .quantization)
    try container.encode(similarity, forKey: .similarity)
    try container.encodeIfPresent(gamma, forKey: .gamma)
  }
}

extension StoragePolicy.Materialization {
  fileprivate var name: String {
    switch self {
    case .none: "none"
    case .storeAll: "STORE_ALL"
    case .dedup: "DEDUP"
    case .adaptive: "adaptive"
    }
  }

  fileprivate init?(name: String, gamma: Double?) {
    switch (name, gamma) {
    case ("none", nil): self = .none
    case ("STORE_ALL", nil): self = .storeAll
    case ("DEDUP", nil): self = .dedup
    case ("adaptive", let gamma?):
      guard let threshold = try? GammaThreshold(secondsPerGB: gamma) else { return nil }
      self = .adaptive(threshold)
    default: return nil
    }
  }
}
