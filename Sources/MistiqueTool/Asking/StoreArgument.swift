import ArgumentParser
import Foundation
import Mistique

/// The store that a command works on.
struct StoreArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The folder of the store.", valueName: "store"), transform: GivenPath.checked)
  var folder: String

  var url: URL { URL(fileURLWithPath: folder, isDirectory: true) }

  func validate() throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory.boolValue else {
      throw ValidationError("'\(folder)' is not a folder. Give the folder that holds catalog.sqlite and partitions/.")
    }
    guard FileManager.default.fileExists(atPath: url.appendingPathComponent("partitions").path) else {
      throw ValidationError("'\(folder)' is not a store: it has no folder partitions/.")
    }
  }

  func open(_ options: StoreOptions = StoreOptions()) throws -> IntermediateStore {
    try IntermediateStore(at: url, options: options)
  }
}

extension ModelIdentity {
  /// `project.model` as written on the command line. Throws `StoreError` with code `malformedKey`.
  init(argument text: String) throws {
    guard let key = try? IntermediateKey("\(text).x.*") else {
      throw StoreError(
        .malformedKey, "this does not name a model", at: text,
        remedy:
          "Write project.model, with backticks (in single quotes for the shell) around a part that contains a dot; mistique models lists them."
      )
    }
    self = key.model
  }
}

extension IntermediateStore {
  /// - Parameter consequence: what did not happen because one is not there.
  /// - Throws: `StoreError` (`notFound`) that names the first of `intermediates` that the model does not have.
  func requireAll(_ intermediates: [String], of identity: ModelIdentity, _ consequence: String) throws {
    let known = try self.intermediates(of: identity).map(\.name)
    guard let unknown = intermediates.first(where: { !known.contains($0) }) else { return }
    throw StoreError(
      .notFound, "there is no intermediate \"\(unknown)\", so \(consequence)", at: "\(identity)",
      remedy: "There are: \(known.joined(separator: ", ")).")
  }
}
