extension IntermediateStore {
  /// What a model said of itself when it was logged (`ExecutableModel.specification`).
  ///
  /// - Throws: `StoreError` (`notFound`; `corrupt` when the model's receipt is damaged).
  public func specification(of identity: ModelIdentity) throws -> String {
    try opened.details(of: try opened.model(identity)).specification
  }
}
