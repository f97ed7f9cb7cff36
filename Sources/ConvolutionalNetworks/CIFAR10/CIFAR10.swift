import Foundation

/// Reader of the CIFAR-10 data set in its binary version.
///
///     data_batch_N.bin   = record, record, ...              (10,000 in the official files)
///     record, 3,073 bytes = | label 0...9 | red 1,024 | green 1,024 | blue 1,024 |   planes of 32 rows x 32 columns
///
/// Source of the format: https://www.cs.toronto.edu/~kriz/cifar.html. It reads the training batches and the test batch; it does not download
/// them (``CIFAR10Download`` does) and does not normalise them (networks do).
public enum CIFAR10 {
  /// Bytes of one record: the label and the pixels.
  package static let recordBytes = 1 + ImageSet.pixelsPerImage

  /// The name of each label, in the order of the file `batches.meta.txt`.
  public static let labelNames = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]

  /// The folder that the official archive unpacks to.
  static let folderName = "cifar-10-batches-bin"
  static let testBatchName = "test_batch.bin"

  /// Reads the first `limit` training images of the batches under `directory`, or all of them.
  ///
  /// Looks in `directory/cifar-10-batches-bin`, then in `directory` itself. Batches are read in the order of their numbers; a number may
  /// be missing. A batch is checked before its images are used; batches beyond the limit are not opened.
  ///
  /// - Throws: ``CIFAR10Error`` if there are no batches, two of one number, one is malformed or unreadable, or there are fewer than `limit` images.
  /// - Complexity: reads 3,073 bytes per image.
  public static func load(directory: URL, limit: Int? = nil) throws -> ImageSet {
    precondition((limit ?? 1) > 0, "a limit of \(limit ?? 0) images")
    let files = try batchFiles(in: directory)
    var pixels: [UInt8] = []
    var labels: [UInt8] = []
    var used: [URL] = []
    for file in files where labels.count < limit ?? Int.max {
      let records = try recordCount(of: file)
      let wanted = min(records, (limit ?? Int.max) - labels.count)
      pixels.reserveCapacity((labels.count + wanted) * ImageSet.pixelsPerImage)
      try append(records: wanted, of: file, to: &pixels, &labels)
      used.append(file)
    }
    if let limit, labels.count < limit {
      throw CIFAR10Error(.tooFewImages(requested: limit, available: labels.count, files: files))
    }
    return ImageSet(checkedPixels: pixels, labels: labels, source: .real(files: used))
  }

  /// The first images of the test batch, `test_batch.bin` beside the training batches, at most `limit` of them; nil when there is no such file.
  ///
  /// - Throws: ``CIFAR10Error`` when it is malformed or unreadable.
  /// - Complexity: reads 3,073 bytes per image.
  public static func loadTest(directory: URL, atMost limit: Int? = nil) throws -> ImageSet? {
    precondition((limit ?? 1) > 0, "a limit of \(limit ?? 0) images")
    let places = [directory.appendingPathComponent(folderName), directory].map { $0.appendingPathComponent(testBatchName) }
    guard let file = places.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else { return nil }
    var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
    try append(records: min(try recordCount(of: file), limit ?? .max), of: file, to: &pixels, &labels)
    return ImageSet(checkedPixels: pixels, labels: labels, source: .real(files: [file]))
  }

  /// Whether `directory` holds at least one training batch.
  public static func isPresent(in directory: URL) -> Bool { !numberedFiles(in: directory).isEmpty }

  /// The batch files under a directory, by number.
  static func batchFiles(in directory: URL) throws -> [URL] {
    let numbered = numberedFiles(in: directory)
    guard !numbered.isEmpty else { throw CIFAR10Error(.noBatches(directory: directory)) }
    // Images that are read twice would count twice, and move the rows of all that follow.
    if let (first, second) = zip(numbered, numbered.dropFirst()).first(where: { $0.number == $1.number }) {
      throw CIFAR10Error(.sameNumber(first.number, first: first.file, second: second.file))
    }
    return numbered.map(\.file)
  }

  private static func numberedFiles(in directory: URL) -> [(number: Int, file: URL)] {
    for folder in [directory.appendingPathComponent(folderName), directory] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      let numbered = names.sorted().compactMap { name in
        batchNumber(of: name).map { (number: $0, file: folder.appendingPathComponent(name)) }
      }
      if !numbered.isEmpty { return numbered.sorted { $0.number < $1.number } }
    }
    return []
  }

  private static func batchNumber(of name: String) -> Int? {
    guard name.hasPrefix("data_batch_"), name.hasSuffix(".bin") else { return nil }
    return Int(name.dropFirst("data_batch_".count).dropLast(".bin".count))
  }

  private static func recordCount(of file: URL) throws -> Int {
    do {
      // Links are followed: shared data sets are often linked into place.
      let attributes = try FileManager.default.attributesOfItem(atPath: file.resolvingSymlinksInPath().path)
      let bytes = (attributes[.size] as? NSNumber)?.intValue ?? 0
      guard bytes > 0, bytes % recordBytes == 0 else { throw CIFAR10Error(.wrongSize(file: file, bytes: bytes)) }
      return bytes / recordBytes
    } catch let error as CIFAR10Error {
      throw error
    } catch {
      throw CIFAR10Error(.unreadable(file: file, cause: error))
    }
  }

  private static func append(records: Int, of file: URL, to pixels: inout [UInt8], _ labels: inout [UInt8]) throws {
    let content: Data
    do {
      let handle = try FileHandle(forReadingFrom: file)
      defer { try? handle.close() }
      content = try handle.read(upToCount: records * recordBytes) ?? Data()
    } catch {
      throw CIFAR10Error(.unreadable(file: file, cause: error))
    }
    // The size was checked before; it may have shrunk since.
    guard content.count == records * recordBytes else { throw CIFAR10Error(.wrongSize(file: file, bytes: content.count)) }
    try content.withUnsafeBytes { bytes in
      for record in 0..<records {
        let start = record * recordBytes
        let label = bytes[start]
        guard label < ImageSet.classes else { throw CIFAR10Error(.wrongLabel(file: file, record: record, label: label)) }
        labels.append(label)
        pixels.append(contentsOf: bytes[(start + 1)..<(start + recordBytes)])
      }
    }
  }
}
