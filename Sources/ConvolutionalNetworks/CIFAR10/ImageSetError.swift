/// Why bytes are not a set of images.
public struct ImageSetError: Error, Equatable, CustomStringConvertible {
  enum Problem: Equatable {
    case pixelCount(pixels: Int, labels: Int, source: ImageSet.Source)
    case label(UInt8, image: Int, source: ImageSet.Source)
  }

  let problem: Problem

  init(_ problem: Problem) { self.problem = problem }

  /// What happened, where, what was expected and what to do, in one line.
  public var description: String {
    switch problem {
    case .pixelCount(let pixels, let labels, let source):
      return """
        \(pixels) bytes of pixels\(Self.origin(source)) are not \(labels) images, which is how many labels there are: an image has \
        \(ImageSet.pixelsPerImage) bytes, 3 channels of 32 x 32. Bring images of another size to this one first.
        """
    case .label(let label, let image, let source):
      return """
        image \(image)\(Self.origin(source)) has the label \(label); labels are 0 to \(ImageSet.classes - 1). Number the classes from 0, and \
        leave out images of further classes.
        """
    }
  }

  private static func origin(_ source: ImageSet.Source) -> String {
    switch source {
    case .real(let files) where !files.isEmpty: " of " + files.map(\.lastPathComponent).joined(separator: ", ")
    case .real: ""
    case .generated(let seed): " generated from seed \(seed)"
    }
  }
}
