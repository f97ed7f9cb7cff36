import Foundation
import MistiqueStorage

/// Where `repair` puts partition files that no model of the new catalogue needs, when it has lost something: files that cannot be read now, and what lost models
/// still have. The next writer would take them for left over.
///
/// They may be readable again another day: under other permissions, on a sound disk, by a newer version.
struct PartitionsSetAside {
  private let folder: URL

  /// Where `partitions` is a symbolic link, the folder lies beside the one that it leads to: a file cannot be moved to another file system.
  ///
  /// - Parameter directory: of the store.
  init(in directory: URL) {
    var partitions = directory.appendingPathComponent("partitions")
    let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: partitions.path)) != nil
    if isLink { partitions = partitions.resolvingSymlinksInPath() }
    let name = partitions.lastPathComponent + ".set-aside"
    folder = partitions.deletingLastPathComponent().appendingPathComponent(name, isDirectory: true)
  }

  /// Moves files there, each to a folder of the name that it is in; one that has the name of another gets a number.
  ///
  /// - Returns: the folder and how many files were moved, if any.
  func take(_ files: [String]) throws -> (folder: URL, files: Int)? {
    guard !files.isEmpty else { return nil }
    for file in files.map(URL.init(fileURLWithPath:)) {
      let inner = folder.appendingPathComponent(file.deletingLastPathComponent().lastPathComponent, isDirectory: true)
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
      var place = inner.appendingPathComponent(file.lastPathComponent).path
      var number = 1
      while FileManager.default.fileExists(atPath: place) {
        number += 1
        place = inner.appendingPathComponent("\(file.lastPathComponent).\(number)").path
      }
      try DurableFile.move(file.path, to: place)
    }
    return (folder, files.count)
  }
}
