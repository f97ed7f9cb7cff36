import ConvolutionalNetworks
import Mistique
import Synchronization

/// The images that networks were logged on, read from the files of `--images` once for all models that were logged on the same.
final class LoggedInput: Sendable {
  let files: ImageFiles
  private let known = Mutex<[NetworkModel.LoggedImages: NetworkInput]>([:])

  init(_ files: ImageFiles) { self.files = files }

  func restore(_ stored: StoredModel) throws -> any ExecutableModel {
    try NetworkModel(restoring: stored, input: try input(specification: stored.specification, of: stored.identity))
  }

  /// - Throws: `NetworkModelError` when the files hold other images than those that were logged.
  func input(specification: String, of model: ModelIdentity) throws -> NetworkInput {
    let logged = try NetworkModel.LoggedImages(specification: specification, of: model)
    if let input = known.withLock({ $0[logged] }) { return input }
    let input = try logged.load(from: files, for: model)
    known.withLock { $0[logged] = input }
    return input
  }
}
