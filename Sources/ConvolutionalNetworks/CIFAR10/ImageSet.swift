import Foundation

/// Labelled 32 x 32 colour images, in the order in which they were read: image *i* here is row *i* of every intermediate.
///
/// Shapes: `pixels` holds `count` x 3 x 32 x 32 bytes (image, channel R/G/B, row, column), as the files have them; `labels` one class per
/// image, 0...9. A value: cheap to pass on, shared until changed.
public struct ImageSet: Sendable {
  /// Where the images come from. A result made from `.generated` images must say so.
  public enum Source: Sendable, Equatable {
    /// Read from these files, in this order.
    case real(files: [URL])
    /// Made by ``GeneratedImages`` from this seed.
    case generated(seed: UInt64)

    /// The files that were read; none of generated images.
    package var files: [URL] {
      switch self {
      case .real(let files): files
      case .generated: []
      }
    }
  }

  /// Labels are 0..<10.
  public static let classes = 10
  package static let channels = 3
  package static let side = 32
  /// Pixels of one image in all channels: 3,072.
  public static let pixelsPerImage = channels * side * side

  /// `count` x 3 x 32 x 32 bytes: image by image, then red, green and blue, then row by row.
  public let pixels: [UInt8]
  /// The class of each image, 0 to 9.
  public let labels: [UInt8]
  /// Where the images are from.
  public let source: Source

  /// The number of images.
  public var count: Int { labels.count }

  /// Images of your own.
  ///
  /// - Throws: ``ImageSetError`` when a label is above 9, or when the number of pixels does not fit the number of labels.
  /// - Complexity: O(images).
  public init(pixels: [UInt8], labels: [UInt8], source: Source) throws(ImageSetError) {
    let (needed, overflow) = labels.count.multipliedReportingOverflow(by: Self.pixelsPerImage)
    guard !overflow, pixels.count == needed else {
      throw ImageSetError(.pixelCount(pixels: pixels.count, labels: labels.count, source: source))
    }
    if let image = labels.firstIndex(where: { $0 >= Self.classes }) {
      throw ImageSetError(.label(labels[image], image: image, source: source))
    }
    self.init(checkedPixels: pixels, labels: labels, source: source)
  }

  /// Of bytes that are known to be right.
  init(checkedPixels pixels: [UInt8], labels: [UInt8], source: Source) {
    self.pixels = pixels
    self.labels = labels
    self.source = source
  }

  /// The images of a range, as a set of their own (a copy): `images[0..<8_000]` to train, `images[8_000..<10_000]` held out.
  public subscript(range: Range<Int>) -> ImageSet {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "images \(range) of \(count)")
    let size = Self.pixelsPerImage
    return ImageSet(
      checkedPixels: Array(pixels[range.lowerBound * size..<range.upperBound * size]), labels: Array(labels[range]), source: source)
  }

  /// A hash of all pixels and labels: the identity of the data in a cache key, whatever directory they were read from.
  package var identity: String {
    var hash = ContentHash()
    pixels.withUnsafeBytes { hash.combine($0) }
    labels.withUnsafeBytes { hash.combine($0) }
    return hash.hexadecimal
  }
}
