import MistiqueStorage

/// The inputs that a model was logged with against those that it would be re-run on.
struct InputCheck {
  /// `nil` for a model that was logged before inputs were kept.
  let logged: [ModelInput]?

  /// - Throws: `StoreError` with code `otherInputs`, naming every input that is not what was logged, with both digests.
  /// - Returns: names of inputs of which the store cannot tell.
  func verify(_ given: [ModelInput], of model: ModelIdentity) throws -> [String] {
    guard let logged else { return given.map(\.name) }
    let differing = given.filter { input in !logged.contains(input) }
    guard !differing.isEmpty else { return [] }
    let words = differing.map { input in
      let before = logged.first { $0.name.utf8.elementsEqual(input.name.utf8) }
      return before.map { "\(input.name) had \($0.bytes) bytes (\($0.digest)) and has \(input.bytes) (\(input.digest))" }
        ?? "\(input.name) was not read then (\(input.digest))"
    }
    throw StoreError(
      .otherInputs, "the inputs are not those that were logged: " + words.joined(separator: "; "), at: "\(model)",
      remedy: "Give the files that were logged, or log these under another name. Nothing was run.")
  }

  /// - Throws: `StoreError` with code `otherInputs` when an input changed between the two.
  static func requireUnchanged(_ before: [ModelInput], _ after: [ModelInput], of model: ModelIdentity) throws {
    guard before != after else { return }
    let names = before.filter { !after.contains($0) }.map(\.name)
    throw StoreError(
      .otherInputs, "\(names.joined(separator: ", ")) changed while the model ran", at: "\(model)",
      remedy: "Run it again when nothing writes to its inputs. Nothing was stored.")
  }
}
