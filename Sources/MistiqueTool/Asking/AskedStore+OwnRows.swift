import Foundation
import Mistique

/// Intermediates of captured models whose rows are numbered by themselves, such as the tokens of sequences. Such a number is no `row_id` of an example: rows that
/// are asked for by id, and rows of other intermediates, have nothing to do with it.
extension AskedStore {
  /// - Parameter areNamed: whether the user names rows.
  /// - Throws: `QuestionError` for one of `keys` with rows of its own, where rows are named or there are other intermediates beside it.
  func requireSharedRows(_ keys: [IntermediateKey], areNamed: Bool) throws {
    let keys = Self.intermediates(keys)
    var own: [IntermediateKey] = []
    for key in keys where try ownRows(of: key.model).contains(where: { $0.utf8.elementsEqual(key.intermediate.utf8) }) { own.append(key) }
    guard let first = own.first else { return }
    if !areNamed, keys.count == 1 {
      Output.note("The rows of \(first) are numbered by themselves, as tokens are: they are no row_ids of examples.")
      return
    }
    throw QuestionError(
      "\(first)", "its rows are numbered by themselves, as tokens are: no row_id of an example is one of them",
      remedy: "Ask for all of its rows, and for nothing else; from Python, rows([...]).ragged() gives the tokens of an example")
  }

  private func ownRows(of model: ModelIdentity) throws -> [String] {
    struct Captured: Decodable {
      struct Layer: Decodable {
        let name: String
        let hasOwnRows: Bool
      }
      let layers: [Layer]
    }
    // Other models describe themselves otherwise. The question itself reports one that is not there.
    guard let specification = try? store.specification(of: model), specification.utf8.first == UInt8(ascii: "{"),
      let captured = try? JSONDecoder().decode(Captured.self, from: Data(specification.utf8))
    else { return [] }
    return captured.layers.filter(\.hasOwnRows).map(\.name)
  }
}
