/// Which intermediates of a model are stored, and how. Asked once per intermediate, never per chunk.
public struct StoragePolicy: Sendable, Hashable, Codable, CustomStringConvertible {
  public enum Materialization: String, Sendable, Codable {
    /// Nothing but the trained transformers is stored: every question is answered by re-running.
    case none
    /// Everything is stored, equal chunks again and again: the paper's STORE_ALL.
    case storeAll = "STORE_ALL"
    /// Everything is stored, equal chunks once: the paper's DEDUP.
    case dedup = "DEDUP"
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

  public init(
    _ materialization: Materialization, codec: Codec = .automatic, quantization: QuantizationScheme = .none,
    similarity: Similarity = .columns
  ) {
    self.materialization = materialization
    self.codec = codec
    self.quantization = quantization
    self.similarity = similarity
  }

  public static let none = StoragePolicy(.none)
  public static let storeAll = StoragePolicy(.storeAll)
  public static let dedup = StoragePolicy(.dedup)

  /// The same policy with values pooled and quantized by `scheme`.
  public func quantized(_ scheme: QuantizationScheme) -> StoragePolicy {
    StoragePolicy(materialization, codec: codec, quantization: scheme, similarity: similarity)
  }

  public var description: String {
    guard materialization != .none else { return "none" }
    let scheme = quantization == .none ? "" : " + \(quantization)"
    return "\(materialization.rawValue)\(scheme) (\(codec.name))"
  }

  var stores: Bool { materialization != .none }

  func writerOptions(for schema: IntermediateSchema) -> StoreWriter.Options {
    let isSimilar: Bool
    if case .columns = schema { isSimilar = similarity != .nowhere } else { isSimilar = similarity == .everywhere }
    return .init(
      deduplicates: materialization == .dedup, codec: codec, scheme: quantization,
      similarity: materialization == .dedup && isSimilar ? SimilarityOptions() : nil)
  }
}
