import MistiqueStorage

/// Which intermediates of a model are stored, and how. Asked once per intermediate, never per chunk.
public struct StoragePolicy: Sendable, Hashable, Codable, CustomStringConvertible {
  public enum Materialization: String, Sendable, Codable {
    /// Nothing but the trained transformers is stored: every question is answered by re-running.
    case none
    /// Everything is stored, equal chunks again and again: the paper's STORE_ALL.
    case storeAll = "STORE_ALL"
    /// Everything is stored, equal chunks once: the paper's DEDUP.
    case dedup = "DEDUP"
    /// What questions have shown to be worth its bytes is stored, as under DEDUP; the rest is re-run (paper section 4.3). Nothing is worth them
    /// before it was asked for, so logging stores the trained transformers only.
    case adaptive
  }

  /// Where chunks that are similar, not equal, are looked for and placed side by side (paper section 3). Under DEDUP only.
  public enum Similarity: String, Sendable, Codable {
    case nowhere
    /// In the named columns of pipelines: the paper's choice, and the default.
    case columns
    /// In networks' intermediates too, where it was found to gain nothing.
    case everywhere
  }

  public let materialization: Materialization
  public let codec: Codec
  /// How values are pooled and quantized.
  public let quantization: QuantizationScheme
  public let similarity: Similarity
  /// An intermediate is stored when its gamma is larger: seconds that storing saves, per GB that it takes. For adaptive policies, else `nil`.
  public let gamma: Double?

  public init(
    _ materialization: Materialization, codec: Codec = .automatic, quantization: QuantizationScheme = .none,
    similarity: Similarity = .columns, gamma: Double? = nil
  ) {
    precondition((gamma != nil) == (materialization == .adaptive), "adaptive policies, and only they, have a gamma")
    precondition(gamma.map { $0 >= 0 && $0.isFinite } ?? true, "a gamma is a finite number of seconds per GB, 0 or more")
    self.materialization = materialization
    self.codec = codec
    self.quantization = quantization
    self.similarity = similarity
    self.gamma = gamma
  }

  public static let none = StoragePolicy(.none)
  public static let storeAll = StoragePolicy(.storeAll)
  public static let dedup = StoragePolicy(.dedup)

  /// Stores an intermediate once gamma = (t_rerun - t_read) x n_query / S is larger than `gamma`, in seconds per GB. 0 stores whatever is asked for
  /// and slower to re-run than to read. The paper's experiments used 0.5 s/KB, which is 500,000 s/GB.
  public static func adaptive(gamma: Double) -> StoragePolicy { StoragePolicy(.adaptive, gamma: gamma) }

  /// The same policy with values pooled and quantized by `scheme`.
  public func quantized(_ scheme: QuantizationScheme) -> StoragePolicy {
    StoragePolicy(materialization, codec: codec, quantization: scheme, similarity: similarity, gamma: gamma)
  }

  public var description: String {
    guard materialization != .none else { return "none" }
    let scheme = quantization == .none ? "" : " + \(quantization)"
    let threshold = gamma.map { ", gamma > \($0) s/GB" } ?? ""
    return "\(materialization.rawValue)\(scheme) (\(codec.name)\(threshold))"
  }

  /// Whether everything is stored while the model is logged.
  var storesWhenLogged: Bool { materialization == .storeAll || materialization == .dedup }

  func writerOptions(for schema: IntermediateSchema) -> StoreWriter.Options {
    let isSimilar: Bool
    if case .columns = schema { isSimilar = similarity != .nowhere } else { isSimilar = similarity == .everywhere }
    let deduplicates = materialization == .dedup || materialization == .adaptive
    return .init(
      deduplicates: deduplicates, codec: codec, scheme: quantization, similarity: deduplicates && isSimilar ? SimilarityOptions() : nil)
  }
}
