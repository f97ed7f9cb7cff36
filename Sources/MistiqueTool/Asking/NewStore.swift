import ArgumentParser
import Foundation

/// A folder that a command may make a store of.
enum NewStore {
  /// - Throws: `ValidationError` for a folder with other things in it than a store's.
  static func check(_ folder: String, option: String) throws {
    let content = try? FileManager.default.contentsOfDirectory(atPath: folder)
    if let content, !content.isEmpty, !content.contains("partitions"), !content.contains("catalog.sqlite") {
      throw ValidationError(
        "\(option): '\(folder)' is a folder with other things in it, not a store. Give a store, or a folder that is not there yet.")
    }
  }
}
