import Foundation

/// Why files are not CIFAR-10 batches or cannot be read.
public struct CIFAR10Error: Error, CustomStringConvertible {
  enum Problem {
    case noBatches(directory: URL)
    case sameNumber(Int, first: URL, second: URL)
    case unreadable(file: URL, cause: any Error)
    case wrongSize(file: URL, bytes: Int)
    case wrongLabel(file: URL, record: Int, label: UInt8)
    case tooFewImages(requested: Int, available: Int, files: [URL])
  }

  let problem: Problem

  init(_ problem: Problem) { self.problem = problem }

  /// What happened, where, what was expected and what to do, in one line.
  public var description: String {
    switch problem {
    case .noBatches(let directory):
      return """
        no CIFAR-10 training batches in \(directory.path): expected data_batch_1.bin (binary version) there or in \
        \(CIFAR10.folderName)/ below it. Download cifar-10, name the directory that has it, or use generated images.
        """
    case .sameNumber(let number, let first, let second):
      return "\(first.path) and \(second.lastPathComponent) are both training batch \(number). Take one out, or give it another number."
    case .unreadable(let file, let cause):
      return "\(file.path) cannot be read: \(cause). Check that the file exists and that you may read it."
    case .wrongSize(let file, let bytes):
      let got = bytes == 0 ? "it is empty" : "it has \(bytes) bytes, \(bytes % CIFAR10.recordBytes) too many for whole records"
      return """
        \(file.path) is not a CIFAR-10 batch: expected a positive multiple of \(CIFAR10.recordBytes) bytes \
        (30,730,000 in the official files), but \(got). \(Self.remedy(bytes))
        """
    case .wrongLabel(let file, let record, let label):
      return """
        \(file.path) is not a CIFAR-10 batch: expected a label from 0 to 9 at the start of record \(record) \
        (byte \(record * CIFAR10.recordBytes)), got \(label). The file is damaged or is CIFAR-100: delete it and download cifar-10 again. \
        Records of your own have a label from 0 to 9 and \(ImageSet.pixelsPerImage) bytes of pixels each.
        """
    case .tooFewImages(let requested, let available, let files):
      let names = files.map(\.lastPathComponent).joined(separator: ", ")
      return """
        \(requested) images were asked for, but there are \(available) in \(names) \
        (\(files.first?.deletingLastPathComponent().path ?? "")). Ask for at most \(available), or add the missing batches.
        """
    }
  }
  /// Tells a file that was cut off from records of another size, by what divides the length.
  private static func remedy(_ bytes: Int) -> String {
    let own = """
      Records of your own can be read when each is \(CIFAR10.recordBytes) bytes: a label from 0 to 9, then 32 x 32 pixels of red, of green and of \
      blue. Bring images of another size to this one
      """
    // Colour and grey images of usual sides behind one label, and CIFAR-100's, which have two.
    let others =
      [(3_074, "CIFAR-100's records, of two labels and 3,072 pixels,")]
      + [8, 16, 24, 28, 48, 64, 96, 128, 224].flatMap { side in
        [3, 1].map { (1 + $0 * side * side, "records of a label and \(side) x \(side) pixels in \($0 == 3 ? "three colours" : "grey")") }
      }
    guard let other = others.first(where: { bytes > 0 && bytes.isMultiple(of: $0.0) }) else {
      return "If it was downloaded, it was probably cut off: delete the file and download cifar-10 again. \(own)."
    }
    return "Its length is a multiple of \(other.0), as of \(other.1), which no network here takes. \(own)."
  }
}
