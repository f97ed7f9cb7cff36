import Foundation

/// Downloads, checks and unpacks the official CIFAR-10 archive.
///
///     try CIFAR10Download().run(into: URL(fileURLWithPath: "Data"))       // Data/cifar-10-batches-bin/data_batch_1.bin ...
///
/// It can be interrupted at any time and run again: a partial archive (`<archive>.partial`) is resumed, files appear in their place only whole
/// and checked, and nothing is downloaded if they are all there. It uses curl, md5sum and tar, which must be on the PATH.
/// Progress is one line per stage through `report`; the transfer itself is silent or, with `showsMeter`, drawn by curl on standard error.
public struct CIFAR10Download: Sendable {
  /// The archive, where it is, and what it must be.
  package struct Archive: Sendable {
    package var url: URL
    /// 32 hexadecimal digits.
    package var md5: String
    /// The folder in the archive and the files in it that must be there.
    package var folder: String
    package var files: [String]

    package init(url: URL, md5: String, folder: String, files: [String]) {
      self.url = url
      self.md5 = md5
      self.folder = folder
      self.files = files
    }

    /// The binary version from its author's page, 162 MB: five training batches and a test batch.
    package static let official = Archive(
      url: URL(string: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz")!, md5: "c32a1d4ab5d03f1284b67883e8d87530",
      folder: CIFAR10.folderName, files: (1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"])
  }

  /// How a run ended.
  public enum Outcome: Sendable, Equatable {
    /// All files were there: nothing was downloaded.
    case alreadyThere
    /// The files were downloaded, checked and unpacked.
    case downloaded
  }

  package var archive: Archive
  /// Transfers tried before giving up; each goes on where the one before ended.
  package var attempts = 5
  /// Seconds to wait before the second transfer; twice as many before each next one.
  package var firstPauseSeconds = 1.0
  /// Whether curl draws its progress on standard error.
  public var showsMeter = false

  /// A download of the official archive.
  public init() { self.init(.official) }

  package init(_ archive: Archive) { self.archive = archive }

  /// Makes sure that `directory` has the archive's folder with all its files.
  ///
  /// - Throws: ``DownloadError``; the partial archive is kept for the next run, unless its checksum is wrong: then it is moved to
  ///   `<archive>.bad`, and the next run starts over.
  /// - Complexity: the archive and its content are on disk at the same time: some 350 MB for the official one.
  @discardableResult
  public func run(into directory: URL, report: (String) -> Void = { _ in }) throws -> Outcome {
    let folder = directory.appendingPathComponent(archive.folder)
    if isComplete(folder) {
      report("\(folder.path) is complete; nothing to download")
      return .alreadyThere
    }
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw DownloadError(.unwritable(directory: directory, cause: error))
    }
    let partial = directory.appendingPathComponent(archive.url.lastPathComponent + ".partial")
    if FileManager.default.fileExists(atPath: partial.path), try md5(of: partial) == archive.md5 {
      report("\(partial.path) is already whole")
    } else {
      try fetch(into: partial, report: report)
      try verify(partial)
    }
    report("checksum \(archive.md5) is right; unpacking")
    try unpack(partial, into: directory)
    try? FileManager.default.removeItem(at: partial)
    report("\(folder.path) is complete")
    return .downloaded
  }

  func isComplete(_ folder: URL) -> Bool {
    archive.files.allSatisfy { FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path) }
  }

  private func md5(of file: URL) throws -> String {
    let output = try Tool.run("md5sum", [file.path]).requireSuccess().output
    // "<digits>  <name>", with a backslash in front if the name had to be escaped.
    return String(output.drop { $0 == "\\" }.prefix { $0 != " " })
  }

  private func verify(_ partial: URL) throws {
    let got = try md5(of: partial)
    guard got != archive.md5 else { return }
    let bad = partial.deletingPathExtension().appendingPathExtension("bad")
    try? FileManager.default.removeItem(at: bad)
    try? FileManager.default.moveItem(at: partial, to: bad)
    throw DownloadError(.wrongChecksum(url: archive.url, expected: archive.md5, got: got, setAside: bad))
  }

  /// Unpacks beside the folder and renames: the whole folder, or file by file if an incomplete one is there.
  private func unpack(_ file: URL, into directory: URL) throws {
    let files = FileManager.default
    let staging = directory.appendingPathComponent(".\(archive.folder).\(UUID().uuidString).partial")
    defer { try? files.removeItem(at: staging) }
    do {
      try files.createDirectory(at: staging, withIntermediateDirectories: true)
    } catch {
      throw DownloadError(.unwritable(directory: directory, cause: error))
    }
    // Not the owner recorded in the archive, should this run as root.
    try Tool.run("tar", ["--extract", "--gzip", "--no-same-owner", "--file", file.path, "--directory", staging.path]).requireSuccess()
    let unpacked = staging.appendingPathComponent(archive.folder)
    for name in archive.files where !files.fileExists(atPath: unpacked.appendingPathComponent(name).path) {
      throw DownloadError(.missingFile(url: archive.url, file: "\(archive.folder)/\(name)"))
    }
    let folder = directory.appendingPathComponent(archive.folder)
    do {
      guard files.fileExists(atPath: folder.path) else { return try files.moveItem(at: unpacked, to: folder) }
      for name in try files.contentsOfDirectory(atPath: unpacked.path) {
        let target = folder.appendingPathComponent(name)
        // rename(2) replaces a file in one step; Foundation's move refuses to.
        guard rename(unpacked.appendingPathComponent(name).path, target.path) == 0 else {
          throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
      }
    } catch {
      throw DownloadError(.unwritable(directory: folder, cause: error))
    }
  }
}
