import Foundation
import MistiqueStorage

/// What is looked for in a folder before a store is opened there.
enum StoreFolder {
  /// - Throws: `StoreError` when the folder holds partitions without a catalogue, or a store that was only measured.
  static func check(_ directory: URL, keepsPartitions: Bool) throws {
    try LostCatalog.refuseMissing(directory)
    try claimForMeasuring(directory, keepsPartitions: keepsPartitions)
  }

  /// A store that was only measured has a catalogue that names partitions which were never written: a mark keeps it from being taken for a damaged one.
  private static func claimForMeasuring(_ directory: URL, keepsPartitions: Bool) throws {
    let mark = directory.appendingPathComponent("measured-only")
    if FileManager.default.fileExists(atPath: mark.path) {
      throw StoreError(
        .measuredOnly, "the store was only measured: its partitions were counted and never written", at: directory.path,
        remedy: "Remove the folder, and log the models again into a store that keeps its partitions.")
    }
    guard !keepsPartitions else { return }
    if FileManager.default.fileExists(atPath: directory.appendingPathComponent(MetadataDB.fileName).path) {
      throw StoreError(
        .measuredOnly, "a store with models in it cannot be used for measuring only", at: directory.path, remedy: "Use a folder of its own."
      )
    }
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try Data().write(to: mark)
  }
}
