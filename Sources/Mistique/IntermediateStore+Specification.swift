extension IntermediateStore {
  /// What a model said of itself when it was logged (`ExecutableModel.specification`).
  ///
  /// - Throws: `StoreError` (`notFound`; `corrupt` when the model's receipt is damaged).
  public func specification(of identity: ModelIdentity) throws -> String { try marked(identity).specification }

  /// The same, with what tells the model from another one that is logged under its name later.
  package func marked(_ identity: ModelIdentity) throws -> (specification: String, receipt: ReceiptMark?) {
    let model = try opened.model(identity)
    return (try opened.details(of: model).specification, model.receiptMark)
  }
}
