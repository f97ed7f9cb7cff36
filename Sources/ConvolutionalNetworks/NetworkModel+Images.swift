import Foundation
import Mistique

extension NetworkModel {
  /// Which images a network was logged on, as its specification says.
  public struct LoggedImages: Sendable, Hashable {
    /// How many.
    public let count: Int
    /// A hash of their pixels and labels.
    package let identity: String
    /// Whose input they are.
    let network: NetworkDescription

    /// Reads the specification of a stored network.
    ///
    /// - Throws: ``NetworkModelError`` when it is not one.
    public init(specification: String, of model: ModelIdentity) throws {
      struct Images: Decodable {
        let images: Int
        let imagesIdentity: String
        let network: NetworkDescription
      }
      do {
        let images = try JSONDecoder().decode(Images.self, from: Data(specification.utf8))
        (count, identity, network) = (images.images, images.imagesIdentity, images.network)
      } catch {
        throw NetworkModelError(.damagedSpecification(model: "\(model)", reason: "\(error)"))
      }
      guard count >= 0 else { throw NetworkModelError(.damagedSpecification(model: "\(model)", reason: "\(count) images")) }
    }

    /// Finds the images in a user's files.
    ///
    /// Images of an array that were logged without labels, all 0 then, are found with labels beside them too: those are the user's to group by, and no part of what
    /// was logged.
    ///
    /// - Throws: ``OtherImagesError`` when they are others than those that were logged, and what
    ///   ``NetworkInput/init(_:for:first:where:)`` throws.
    /// - Complexity: reads and hashes all of them.
    public func load(from files: ImageFiles, for model: ModelIdentity) throws -> NetworkInput {
      let input = try NetworkInput(files, for: network, first: count) { $0.identity == identity }
      guard input.identity == identity else {
        if input.imagesIfAny != nil, files.labels != nil {
          let unlabelled = try NetworkInput(ImageFiles(images: files.images), for: network, first: count)
          if unlabelled.identity == identity { return unlabelled }
        }
        throw OtherImagesError(model: model, logged: count, files: files, hasLabels: input.imagesIfAny != nil)
      }
      return input
    }
  }
}

/// A user's files hold other images than those that a network was logged on.
public struct OtherImagesError: Error, Equatable, CustomStringConvertible {
  let model: ModelIdentity
  let logged: Int
  let files: ImageFiles
  /// Whether labels are a part of what was logged.
  let hasLabels: Bool

  /// What is wrong, where, and what to do.
  public var description: String {
    let count = logged == 1 ? "image" : "\(logged) images"
    guard hasLabels else {
      let rows = logged == 1 ? "row" : "\(logged) rows"
      return "\(model): it was logged on other values than the first \(rows) of \(files.images.path). Give those, in their order."
    }
    let labels =
      files.isCIFAR10 || files.labels != nil
      ? "Give those, in their order and with their labels."
      : "No labels are given, so that all were taken as 0: give the images' labels too."
    return "\(model): it was logged on other images than the first \(count) in \(files.images.path). \(labels)"
  }
}
