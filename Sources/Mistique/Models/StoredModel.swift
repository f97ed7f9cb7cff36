/// A model as a store keeps it: what is needed to run it again, in another process, without training.
public struct StoredModel: Sendable {
  public let identity: ModelIdentity
  public let kind: String
  public let specification: String
  public let transformers: [StoredTransformer]

  public func transformer(_ name: String) -> [UInt8]? { transformers.first { $0.name == name }?.bytes }
}

/// The first two parts of every key.
public struct ModelIdentity: Sendable, Hashable, Codable, CustomStringConvertible {
  public let project: String
  public let name: String

  public init(project: String, name: String) {
    self.project = project
    self.name = name
  }

  public var description: String { "\(KeyText.quoted(project)).\(KeyText.quoted(name))" }
}

/// Makes a model of one kind from what a store keeps of it.
public typealias ModelRestorer = @Sendable (StoredModel) throws -> any ExecutableModel
