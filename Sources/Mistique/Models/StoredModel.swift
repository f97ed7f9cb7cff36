import MistiqueStorage

/// A model as a store keeps it: what is needed to run it again, in another process, without training.
public struct StoredModel: Sendable {
  /// What it is called in the store.
  public let identity: ModelIdentity
  /// The kind that a restorer was registered for.
  public let kind: String
  /// What `ExecutableModel.specification` gave when it was logged.
  public let specification: String
  /// Its trained parts, in the order in which the model gave them.
  public let transformers: [StoredTransformer]

  /// The bytes of the transformer called `name`; `nil` when there is none.
  public func transformer(_ name: String) -> [UInt8]? { transformers.first { $0.name == name }?.bytes }
}

/// The first two parts of every key.
public struct ModelIdentity: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The first part of its keys.
  public let project: String
  /// The second part of its keys, unique in its project.
  public let name: String

  /// The model `name` of `project`; any text without a zero character will do.
  public init(project: String, name: String) {
    self.project = project
    self.name = name
  }

  /// Byte for byte, as the catalogue compares names: Swift takes a letter with an accent and the letter followed by one for equal.
  public static func == (a: ModelIdentity, b: ModelIdentity) -> Bool {
    ColumnName(a.project) == ColumnName(b.project) && ColumnName(a.name) == ColumnName(b.name)
  }

  /// Of the bytes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(ColumnName(project))
    hasher.combine(ColumnName(name))
  }

  /// `project.name` as keys begin, with backticks where they are needed.
  public var description: String { "\(KeyText.quoted(project)).\(KeyText.quoted(name))" }
}

/// Makes a model of one kind from what a store keeps of it.
public typealias ModelRestorer = @Sendable (StoredModel) throws -> any ExecutableModel
