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

  public let materialization: Materialization
  public let codec: Codec

  public init(_ materialization: Materialization, codec: Codec = .automatic) {
    self.materialization = materialization
    self.codec = codec
  }

  public static let none = StoragePolicy(.none)
  public static let storeAll = StoragePolicy(.storeAll)
  public static let dedup = StoragePolicy(.dedup)

  public var description: String {
    materialization == .none ? "none" : "\(materialization.rawValue) (\(codec.name))"
  }

  var stores: Bool { materialization != .none }
  var writerOptions: StoreWriter.Options { .init(deduplicates: materialization == .dedup, codec: codec) }
}
