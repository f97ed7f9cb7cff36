import Mistique

/// Intermediates of captured models whose rows are numbered by themselves, such as the tokens of sequences. Such a number is no `row_id` of an example: rows that
/// are asked for by id, and rows of other intermediates, have nothing to do with it.
extension AskedStore {
  /// - Parameter areNamed: whether the user names rows.
  /// - Throws: `QuestionError` for one of `keys` with rows of its own, where rows are named or there are other intermediates beside it.
  func requireSharedRows(_ keys: [IntermediateKey], areNamed: Bool) throws {
    let keys = Self.intermediates(keys)
    var own: [IntermediateKey] = []
    for key in keys where capturedLayer(key)?.hasOwnRows == true { own.append(key) }
    guard let first = own.first else { return }
    if !areNamed, keys.count == 1 {
      Output.note("The rows of \(first) are numbered by themselves, as tokens are: they are no row_ids of examples.")
      return
    }
    throw QuestionError(
      "\(first)", "its rows are numbered by themselves, as tokens are: no row_id of an example is one of them",
      remedy: "Ask for all of its rows, and for nothing else; from Python, rows([...]).ragged() gives the tokens of an example")
  }
}
