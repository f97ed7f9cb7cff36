/// Something outside the store that a model reads when it runs, such as a data file, known by its content.
///
/// A store keeps the inputs of every model it logs. A re-run on other inputs would give other values under the same names: it is refused before
/// anything runs.
public struct ModelInput: Sendable, Codable, Equatable {
  /// What the model calls it, the same on every machine: a path within its data folder.
  public let name: String
  /// Size of the content.
  public let bytes: Int
  /// A digest of the content, with the name of its kind in front: `xxh3-128:` and 32 hexadecimal digits for the files of pipelines.
  public let digest: String

  /// An input of `bytes` bytes.
  public init(name: String, bytes: Int, digest: String) {
    self.name = name
    self.bytes = bytes
    self.digest = digest
  }
}

extension ModelInput: CustomStringConvertible {
  /// Name, size and digest.
  public var description: String { "\(name) (\(bytes) bytes, \(digest))" }
}
