import ArrayFiles
import Foundation

/// Why a `.npy` file of images or labels is none.
public typealias NPYError = ArrayFiles.NPYError

/// Images where a user has them: a folder with CIFAR-10's batches, or a NumPy array with another one of labels.
///
/// Arrays of images are uint8, N x 3 x 32 x 32 or N x 3072 (red, green, blue, each row by row). Arrays of labels are integers from 0 to 9, N or N x 1, one for
/// each image, or at least for each of those that are read; without one, every label is 0.
public struct ImageFiles: Sendable, Equatable {
  /// A folder, or a `.npy` file.
  public let images: URL
  /// A `.npy` file with the classes; CIFAR-10's batches have their own.
  public let labels: URL?

  /// Images in `images`; nothing is read yet.
  public init(images: URL, labels: URL? = nil) {
    self.images = images
    self.labels = labels
  }

  /// Whether the images are CIFAR-10's, whose classes have names.
  public var isCIFAR10: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: images.path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// The first `count` images.
  ///
  /// `isWanted` tells sets apart where there are several, which happens in a folder that has CIFAR-10's test batch too: the first set that
  /// is wanted is returned, or the training images when none is.
  /// - Throws: ``CIFAR10Error``, ``NPYError``, ``ImageSetError``; ``ImageFilesError`` when labels are given beside a folder.
  public func load(first count: Int, where isWanted: (ImageSet) -> Bool = { _ in true }) throws -> ImageSet {
    guard isCIFAR10 else { return try array(count) }
    if let labels { throw ImageFilesError(labels: labels, folder: images) }
    let training = try CIFAR10.load(directory: images, limit: max(1, count))
    if isWanted(training) { return training }
    if let test = try CIFAR10.loadTest(directory: images, atMost: max(1, count)), test.count == count, isWanted(test) { return test }
    return training
  }

  private func array(_ count: Int) throws -> ImageSet {
    let file = try NPYFile(images)
    guard
      file.shape.dropFirst() == [ImageSet.channels, ImageSet.side, ImageSet.side] || file.shape.dropFirst() == [ImageSet.pixelsPerImage]
    else {
      let isChannelsLast = file.shape.dropFirst() == [ImageSet.side, ImageSet.side, ImageSet.channels]
      throw NPYError(
        images.path, "it is an array of \(NPYFile.text(file.shape)), and images are N x 3 x 32 x 32 or N x 3072",
        remedy: isChannelsLast ? "Save images.transpose(0, 3, 1, 2)" : "Bring the images to that shape")
    }
    guard ["|u1", "<u1", ">u1", "=u1"].contains(file.type) else {
      throw NPYError(images.path, "its elements are '\(file.type)', and pixels are uint8", remedy: "Save the pixels, 0 to 255, as uint8")
    }
    guard file.shape[0] >= count else {
      throw NPYError(
        images.path, "it has \(file.shape[0]) images, and \(count) are needed",
        remedy: "Ask for as many, or give the array that the model was logged on")
    }
    return try ImageSet(
      pixels: try file.bytes(rows: count), labels: try classes(count, of: file.shape[0]),
      source: .real(files: [images] + (labels.map { [$0] } ?? [])))
  }

  /// Those of the first `count` of the images.
  private func classes(_ count: Int, of imageCount: Int) throws -> [UInt8] {
    guard let labels else { return Array(repeating: 0, count: count) }
    let all = try Self.labels(in: labels)
    guard all.count >= count else {
      throw NPYError(labels.path, "it has \(all.count) labels, and \(count) are needed", remedy: "Give one label for each image")
    }
    guard all.count <= imageCount else {
      throw NPYError(
        labels.path, "it has \(all.count) labels, and \(images.path) has \(imageCount) images, so that they may be those of others",
        remedy: "Give one label for each image, in their order")
    }
    return try all[..<count].enumerated().map { place, label in
      guard (0..<Int64(ImageSet.classes)).contains(label) else {
        throw NPYError(labels.path, "label \(place) is \(label)", remedy: "Labels of images are 0 to \(ImageSet.classes - 1)")
      }
      return UInt8(label)
    }
  }

  /// All numbers of an array of labels.
  ///
  /// - Throws: ``NPYError``; also when the array has more than one number per row.
  public static func labels(in file: URL) throws(NPYError) -> [Int64] {
    let array = try NPYFile(file)
    guard array.shape.count == 1 || array.shape.count == 2 && array.shape[1] == 1 else {
      throw NPYError(
        file.path, "it is an array of \(NPYFile.text(array.shape)), and labels are N or N x 1",
        remedy: "Save one class for each image, such as labels.argmax(axis=1)")
    }
    return try array.integers()
  }
}

/// Labels were given beside a folder of CIFAR-10, which has its own.
public struct ImageFilesError: Error, Equatable, CustomStringConvertible {
  let labels: URL
  let folder: URL

  /// What is wrong and what to do.
  public var description: String {
    "\(labels.path): labels go with images in a .npy file, and \(folder.path) is a folder of CIFAR-10, which has its own. Leave them out."
  }
}
