import ArrayFiles
import Foundation
import Mistique

/// What networks run on, with its identity computed once for all models: images, or an array of examples of any shape.
public struct NetworkInput: Sendable {
  /// The examples; `row_id` is the place among them.
  package let rows: any NetworkRows
  /// A hash of the examples, which a stored model keeps: it is re-run on these only. Of images their pixels and labels.
  package let identity: String
  /// What the examples hold; labels are no layer's input.
  let content: Lineage

  /// Hashes the images.
  /// - Complexity: reads 3,073 bytes per image.
  public init(_ images: ImageSet) {
    rows = images
    identity = images.identity
    content = images.pixels.withUnsafeBytes { Lineage(ofContent: $0) }
  }

  /// Examples of your own, one after the other, each in the order of its shape. They are taken as they are, or as the network normalises them.
  /// - Precondition: `values` are a whole number of examples.
  public init(values: [Float], shape: ActivationShape) { self.init(InputArray(values, shape: shape)) }

  /// Hashes the values.
  package init(_ array: InputArray) {
    rows = array
    content = array.values.withUnsafeBytes { Lineage(ofContent: $0) }
    var hash = ContentHash()
    Data("array \(array.count) x \(array.shape)".utf8).withUnsafeBytes { hash.combine($0) }
    array.values.withUnsafeBytes { hash.combine($0) }
    identity = hash.hexadecimal
  }

  /// How many examples there are.
  public var count: Int { rows.count }

  /// The images.
  /// - Precondition: it was made of images.
  public var images: ImageSet {
    guard let images = rows as? ImageSet else { preconditionFailure("the input is an array and no images") }
    return images
  }

  /// The images, unless it was made of an array.
  public var imagesIfAny: ImageSet? { rows as? ImageSet }

  /// The input of a network from a user's files: images of CIFAR-10 where the network takes such, else an array of its shape.
  ///
  /// A folder has CIFAR-10's images, and so has a `.npy` file of uint8 for a network of (3, 32, 32). Any other `.npy` file has one row per example.
  ///
  /// - Parameters:
  ///   - files: a folder with CIFAR-10's batches, or a `.npy` file.
  ///   - network: whose input it is.
  ///   - count: how many examples; all when nil.
  ///   - isWanted: tells sets of images apart, as in ``ImageFiles/load(first:where:)``.
  /// - Throws: ``NPYError``, ``CIFAR10Error``, ``ImageSetError``, ``ImageFilesError``, ``NetworkError`` for a folder and a network of another input.
  public init(
    _ files: ImageFiles, for network: NetworkDescription, first count: Int? = nil, where isWanted: (ImageSet) -> Bool = { _ in true }
  ) throws {
    let isPicture = network.input == ActivationShape(channels: ImageSet.channels, height: ImageSet.side, width: ImageSet.side)
    if files.isCIFAR10 {
      if let labels = files.labels { throw ImageFilesError(labels: labels, folder: files.images) }
      let images = try count.map { try files.load(first: $0, where: isWanted) } ?? CIFAR10.load(directory: files.images)
      try images.requireFit(network)
      self.init(images)
      return
    }
    guard isPicture, let array = try NumericArray.all(in: files.images).first, array.element.name == "uint8" else {
      if let labels = files.labels { _ = try ImageFiles.labels(in: labels) }
      self.init(try InputArray(contentsOf: files.images, for: network, first: count))
      return
    }
    guard array.rows > 0 else {
      throw NPYError(files.images.path, "it has no images, and there is nothing to run", remedy: "Save an array with at least one image")
    }
    self.init(try files.load(first: count ?? array.rows, where: isWanted))
  }
}
