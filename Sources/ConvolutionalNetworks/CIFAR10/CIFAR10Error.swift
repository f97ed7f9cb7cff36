import Foundation

/// What can be wrong with CIFAR-10 files; the description says what, where, what was expected and what to do.
public enum CIFAR10Error: Error, CustomStringConvertible {
  case noBatches(directory: URL)
  case unreadable(file: URL, cause: any Error)
  case wrongSize(file: URL, bytes: Int)
  case wrongLabel(file: URL, record: Int, label: UInt8)
  case tooFewImages(requested: Int, available: Int, files: [URL])

  public var description: String {
    switch self {
    case .noBatches(let directory):
      return """
        no CIFAR-10 training batches in \(directory.path): expected data_batch_1.bin (binary version) there or in \
        \(CIFAR10.folderName)/ below it. Download cifar-10, name the directory that has it, or use generated images.
        """
    case .unreadable(let file, let cause):
      return "\(file.path) cannot be read: \(cause). Check that the file exists and that you may read it."
    case .wrongSize(let file, let bytes):
      let got = bytes == 0 ? "it is empty" : "it has \(bytes) bytes, \(bytes % CIFAR10.recordBytes) too many for whole records"
      return """
        \(file.path) is not a CIFAR-10 batch: expected a positive multiple of \(CIFAR10.recordBytes) bytes \
        (30,730,000 in the official files), but \(got). A download was probably cut off: delete the file and download cifar-10 again.
        """
    case .wrongLabel(let file, let record, let label):
      return """
        \(file.path) is not a CIFAR-10 batch: expected a label from 0 to 9 at the start of record \(record) \
        (byte \(record * CIFAR10.recordBytes)), got \(label). The file is damaged or is CIFAR-100: delete it and download cifar-10 again.
        """
    case .tooFewImages(let requested, let available, let files):
      let names = files.map(\.lastPathComponent).joined(separator: ", ")
      return """
        \(requested) images were asked for, but there are \(available) in \(names) \
        (\(files.first?.deletingLastPathComponent().path ?? "")). Ask for at most \(available), or add the missing batches.
        """
    }
  }
}
