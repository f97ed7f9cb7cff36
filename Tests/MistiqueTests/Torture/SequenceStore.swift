import Foundation
import Mistique
import TestSupport

/// A store in a folder, and the folder copied at instants at which a process may end.
///
/// A process that is killed leaves its files as they are. So a copy of the folder, taken while no byte is being written to the catalogue, is what
/// a kill at that instant would leave; and because the catalogue changes in one transaction, the files of after with the catalogue of before (or
/// the other way round) are what a kill between the two leaves.
final class SequenceStore {
  private let folder: TemporaryDirectory
  private var generation = 0
  private(set) var url: URL
  private(set) var store: IntermediateStore

  static let options: StoreOptions = {
    var options = StoreOptions()
    options.rowsPerBlock = 4
    return options
  }()

  init(in folder: TemporaryDirectory, name: String) throws {
    self.folder = folder
    url = folder.url.appendingPathComponent(name)
    store = try IntermediateStore(at: url, options: Self.options)
  }

  deinit { try? FileManager.default.removeItem(at: url) }  // in memory, and gone with the tests' folder at the latest

  func reopen(closing: Bool) throws {
    if closing { try store.close() }
    store = try IntermediateStore(at: url, options: Self.options)
  }

  /// Forgets the store that is open, as a kill does, and goes on with what `snapshot` kept.
  func moveTo(_ snapshot: URL) throws {
    let old = url
    url = snapshot
    store = try IntermediateStore(at: url, options: Self.options)
    try FileManager.default.removeItem(at: old)
  }

  func snapshot() throws -> URL {
    generation += 1
    let copy = url.deletingPathExtension().appendingPathExtension("\(generation)")
    try Self.copyFolder(url.path, copy.path)
    return copy
  }

  /// The files of this store, with the catalogue of `other`, which is gone afterwards.
  func snapshot(withCatalogueOf other: URL) throws -> URL {
    let copy = try snapshot()
    try Self.replaceCatalogue(of: copy, by: other)
    try FileManager.default.removeItem(at: other)
    return copy
  }

  /// `other` with some of the partition files of this store that it lacks, its own catalogue, and `isThere` deciding which of them.
  func addPartitions(to other: URL, where isThere: (String) -> Bool) throws {
    for file in Self.partitions(of: url) where isThere(file) {
      let target = other.appendingPathComponent(file).path
      guard !FileManager.default.fileExists(atPath: target) else { continue }
      try FileManager.default.createDirectory(
        at: other.appendingPathComponent(file).deletingLastPathComponent(), withIntermediateDirectories: true)
      try Self.copyFile(url.appendingPathComponent(file).path, target)
    }
  }

  /// Removes the catalogue's journal of a clean end and puts `other`'s in its place.
  private static func replaceCatalogue(of store: URL, by other: URL) throws {
    for suffix in ["", "-wal", "-shm"] {
      let (to, from) = ("\(store.path)/catalog.sqlite\(suffix)", "\(other.path)/catalog.sqlite\(suffix)")
      unlink(to)  // what is not there need not go
      if FileManager.default.fileExists(atPath: from) { try copyFile(from, to) }
    }
  }

  static func partitions(of store: URL) -> [String] {
    let top = store.path + "/partitions"
    return ((try? FileManager.default.contentsOfDirectory(atPath: top)) ?? []).sorted().flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: "\(top)/\(folder)")) ?? []).sorted().map { "partitions/\(folder)/\($0)" }
    }
  }

  private static func copyFolder(_ from: String, _ to: String) throws {
    try FileManager.default.createDirectory(atPath: to, withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: from) {
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: "\(from)/\(name)", isDirectory: &isDirectory) else { continue }
      // The index of the catalogue's log is of processes that are there: a kill leaves none that counts.
      if name.hasSuffix("-shm") { continue }
      if isDirectory.boolValue {
        try copyFolder("\(from)/\(name)", "\(to)/\(name)")
      } else {
        try copyFile("\(from)/\(name)", "\(to)/\(name)")
      }
    }
  }

  /// A file that a writer's thread removes or renames in between was not there at that instant.
  private static func copyFile(_ from: String, _ to: String) throws {
    let source = open(from, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { return }
    defer { close(source) }
    let target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard target >= 0 else { throw CocoaError(.fileWriteUnknown) }
    defer { close(target) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(source, &buffer, buffer.count), count > 0 {
      guard write(target, buffer, count) == count else { throw CocoaError(.fileWriteUnknown) }
    }
  }
}
