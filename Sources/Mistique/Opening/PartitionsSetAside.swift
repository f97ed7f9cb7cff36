import Foundation
import MistiqueStorage

/// Where partition files are put that no model of the catalogue needs and that may be needed all the same: what `repair` cannot read or has lost the model of, what a
/// writer finds beside damage and the catalogue does not list, and what is damaged when its last model is deleted. The next writer would take them for left over.
///
/// They may be readable again another day: under other permissions, under their own name, on a sound disk, by a newer version.
struct PartitionsSetAside {
  let folder: URL

  /// Where `partitions` is a symbolic link, the folder lies beside the one that it leads to, on the file system of the files.
  ///
  /// - Parameter directory: of the store.
  init(in directory: URL) {
    var partitions = directory.appendingPathComponent("partitions")
    let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: partitions.path)) != nil
    if isLink { partitions = partitions.resolvingSymlinksInPath() }
    let name = partitions.lastPathComponent + ".set-aside"
    folder = partitions.deletingLastPathComponent().appendingPathComponent(name, isDirectory: true)
  }

  /// Moves files there, each to a folder of the name that it is in; one that has the name of another gets a number. From another file system, as where a folder in
  /// `partitions` is a link, a file is copied first.
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
      try DurableFile.relocate(file.path, to: place)
    }
    return (folder, files.count)
  }
}
