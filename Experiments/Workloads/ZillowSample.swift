import ExperimentKit
import Foundation
import Groundwork
import TabularPipelines

/// The part of somebody's real Zillow tables that a scale runs on: the first so many properties, their sales, and their rows of the submission.
///
/// It is made of the files' own bytes in the folder of caches, and made again when a file has changed, or one of the sample is gone or has another size.
/// Where the tables have no more properties than the scale, they are used as they are.
struct ZillowSample: Sendable {
  /// Records of properties and of sales.
  struct Size: Codable, Equatable, Sendable {
    var properties: Int
    var sales: Int
  }

  /// What `sample.json` says of a sample.
  private struct Record: Codable {
    let taken: Size
    /// Of each of the three files, by its name.
    let bytes: [String: Int]
  }

  /// The folder with the three files that are read.
  let directory: URL
  /// The real files, which the sample is of.
  let files: [URL]
  let taken: Size
  let total: Size

  var isWhole: Bool { taken == total }

  /// `2,000 of 2,985,217 properties and 61 of 90,275 sales`, for provenance, figures and the run's first lines.
  var description: String {
    let (properties, sales) = (Quantity.grouped(total.properties), Quantity.grouped(total.sales))
    return isWhole
      ? "all \(properties) properties and \(sales) sales"
      : "the first \(Quantity.grouped(taken.properties)) of \(properties) properties and their \(Quantity.grouped(taken.sales)) of \(sales) sales"
  }

  /// - Parameters:
  ///   - real: the folder that holds the real files.
  ///   - properties: how many to take.
  /// - Throws: `TableError`, or what writing to the folder of caches throws.
  init(of real: URL, properties: Int, cacheDirectory: URL) throws {
    files = ZillowFiles.names.map { real.appendingPathComponent($0) }
    total = try ZillowFiles.count(files, cacheDirectory: cacheDirectory)
    guard total.properties > properties else {
      (directory, taken) = (real, total)
      return
    }
    let folder = cacheDirectory.appendingPathComponent("zillow-real-\(try ZillowFiles.identity(files))-\(properties)", isDirectory: true)
    directory = folder
    let record = folder.appendingPathComponent("sample.json")
    // Written last, and yet files may have gone or been cut since. A record without their sizes is of an earlier version: it does not tell.
    if let known = try? JSONDecoder().decode(Record.self, from: Data(contentsOf: record)), known.bytes == (try? Self.bytes(in: folder)) {
      taken = known.taken
      return
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    taken = try Self.write(properties: properties, of: files, into: folder)
    try JSONEncoder().encode(Record(taken: taken, bytes: Self.bytes(in: folder))).write(to: record, options: .atomic)
  }

  /// How large the three files of a sample are, by their names. Throws: `TableError` when one is not there.
  private static func bytes(in folder: URL) throws -> [String: Int] {
    var bytes: [String: Int] = [:]
    for name in ZillowFiles.names { bytes[name] = try Int(ZillowFiles.status(of: folder.appendingPathComponent(name)).st_size) }
    return bytes
  }

  private static func write(properties: Int, of files: [URL], into folder: URL) throws -> Size {
    var parcels: Set<String> = []
    let taken = try copy(files[0], column: "parcelid", into: folder) { parcel in
      guard parcels.count < properties || parcels.contains(parcel) else { return .stop }
      parcels.insert(parcel)
      return .take
    }
    let sales = try copy(files[1], column: "parcelid", into: folder) { parcels.contains($0) ? .take : .leave }
    _ = try copy(files[2], column: "ParcelId", into: folder) { parcels.contains($0) ? .take : .leave }
    guard sales > 0 else {
      throw TableError(
        file: files[1], problem: "none of its sales is of one of the first \(taken) properties of \(files[0].lastPathComponent)",
        remedy: "Check that the two files belong together, or choose a larger scale.")
    }
    return Size(properties: taken, sales: sales)
  }

  private enum Decision { case take, leave, stop }

  /// Copies the header and the records whose parcel is taken. Returns how many these are.
  private static func copy(_ file: URL, column: String, into folder: URL, _ decide: (String) -> Decision) throws -> Int {
    let records = try TableRecords(file)
    let column = try records.column(column)
    let output = try OutputFile(folder.appendingPathComponent(file.lastPathComponent))
    var taken = 0
    try records.forEach { place, record in
      if place > 0 {
        let fields = TableRecords.fields(record)
        guard column < fields.count else {
          throw TableError(file: file, problem: "record \(place) has \(fields.count) fields", remedy: "Download it again: it is damaged.")
        }
        switch decide(fields[column]) {
        case .take: taken += 1
        case .leave: return true
        case .stop: return false
        }
      }
      try output.write(record)
      return true
    }
    try output.commit()
    return taken
  }
}

/// The three real files as a whole: what they are, and how many records they have.
enum ZillowFiles {
  static let names = [ZillowData.propertiesFile, ZillowData.trainFile, ZillowData.submissionFile]

  /// Of paths, sizes, times and inodes: the same as long as nobody has changed a file.
  static func identity(_ files: [URL]) throws -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for file in files {
      let status = try status(of: file)
      let text = "\(file.path)|\(status.st_size)|\(status.st_mtim.tv_sec)|\(status.st_mtim.tv_nsec)|\(status.st_ino)|\(status.st_dev)"
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    return String(hash, radix: 16)
  }

  /// Throws: `TableError` when there is no such file.
  static func status(of file: URL) throws -> stat {
    var status = stat()
    guard stat(file.path, &status) == 0 else {
      throw TableError(file: file, problem: "it cannot be read: \(String(cString: strerror(errno)))", remedy: "Check the file.")
    }
    return status
  }

  /// Counts properties and sales, once for the files as they are.
  static func count(_ files: [URL], cacheDirectory: URL) throws -> ZillowSample.Size {
    let record = cacheDirectory.appendingPathComponent("zillow-real-\(try identity(files))-count.json")
    if let known = try? JSONDecoder().decode(ZillowSample.Size.self, from: Data(contentsOf: record)) { return known }
    let size = ZillowSample.Size(properties: try TableRecords(files[0]).count(), sales: try TableRecords(files[1]).count())
    try? FileManager.default.createDirectory(at: cacheDirectory, withIntermediateDirectories: true)
    try? JSONEncoder().encode(size).write(to: record, options: .atomic)  // else it is counted again
    return size
  }
}
