import MistiqueStorage

/// An intermediate that a model did not compute when it was logged, because another model had it.
public struct ReusedIntermediate: Sendable, Equatable {
  /// Its name in the model that was logged.
  public let name: String
  /// The model whose values it refers to.
  public let model: ModelIdentity
  /// The name in that model.
  public let intermediate: String
}

/// A stored intermediate or trained part that would have been reused, and that cannot be read any more.
public struct DamagedSource: Sendable, Equatable {
  /// What it would have been in the model that was logged.
  public let name: String
  /// Where it is stored: the key of an intermediate, or the trained part.
  public let place: String
  /// What is wrong with it, and in which file.
  public let reason: String
}

extension DamagedSource {
  /// An intermediate that `error` keeps from being read.
  init(name: String, place: String, _ error: StoreError) { self.init(name: name, place: place, reason: "\(error.what) (\(error.place))") }

  /// A trained part that is stored as `part`.
  init(name: String, part: CataloguedTransformer, reason: String) {
    self.init(name: name, place: "trained part \(part.name)", reason: reason)
  }

  /// A trained part that `error` keeps from being read.
  init(name: String, part: CataloguedTransformer, _ error: StoreError) {
    self.init(name: name, part: part, reason: "\(error.what) (\(error.place))")
  }
}
