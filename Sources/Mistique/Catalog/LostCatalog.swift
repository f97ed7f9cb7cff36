import Foundation
import MistiqueStorage

/// A store that has lost its catalogue must not be taken for a new one: the next writer would remove every partition as a leftover.
enum LostCatalog {
  /// - Throws: `StoreError` (`catalogue`) where partitions are there and no file of a catalogue.
  static func refuseMissing(_ directory: URL) throws {
    // The partitions first: another process may be making this store, and makes the catalogue before any of them.
    guard hasPartitions(directory), !FileManager.default.fileExists(atPath: directory.appendingPathComponent(MetadataDB.fileName).path)
    else { return }
    throw error("missing", directory)
  }

  /// For a file without tables, as an interrupted copy leaves: no catalogue is ever put in its place before it is whole.
  ///
  /// - Throws: `StoreError` (`catalogue`) where partitions are there.
  static func refuseEmpty(_ directory: URL) throws { if hasPartitions(directory) { throw error("empty", directory) } }

  private static func hasPartitions(_ directory: URL) -> Bool {
    let partitions = directory.appendingPathComponent("partitions")
    guard let folders = try? FileManager.default.contentsOfDirectory(atPath: partitions.path) else { return false }
    return folders.contains { !((try? FileManager.default.contentsOfDirectory(atPath: "\(partitions.path)/\($0)")) ?? []).isEmpty }
  }

  private static func error(_ how: String, _ directory: URL) -> StoreError {
    StoreError(
      .catalogue, "the catalogue is \(how), and partitions are there", at: directory.path,
      remedy: "Rebuild it from them: IntermediateStore.repair(at:), or `mistique repair` on the command line.")
  }
}
