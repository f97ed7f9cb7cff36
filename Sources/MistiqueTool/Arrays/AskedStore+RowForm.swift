import ArrayFiles
import Mistique

extension AskedStore {
  /// What the rows of an intermediate were before they were stored, as the specification of its model says; `nil` where it does not.
  ///
  /// Models of imported arrays and captured models say it. A layer whose rows are tokens has the form of a token, where the store knows whose they are.
  ///
  /// - Parameters:
  ///   - result: what was fetched. Another process may have put another model under the name since, whose form is nothing to it.
  ///   - areSequences: whether its rows are tokens of known examples.
  func rowForm(of key: IntermediateKey, in result: IntermediateResult, areSequences: Bool) -> RowForm? {
    guard let (specification, receipt) = try? store.marked(key.model), receipt == result.receipt else { return nil }
    if let form = ArrayModel.rowForm(of: key.intermediate, in: specification) { return form }
    guard let layer = CapturedLayers(specification: specification)?.layer(key.intermediate), !layer.hasOwnRows || areSequences,
      let shape = layer.shape, let type = layer.type
    else { return nil }
    return RowForm(shape: shape, type: type)
  }
}
