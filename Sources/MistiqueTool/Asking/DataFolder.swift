import ArgumentParser
import Foundation

/// A folder with the files that a pipeline names as its inputs.
enum DataFolder {
  /// - Throws: `ValidationError` unless `path` is a folder.
  static func url(_ path: String) throws -> URL {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
      throw ValidationError(
        "--data: '\(path)' is not a folder. Give the folder that the paths under inputs: in the pipeline are relative to.")
    }
    return URL(fileURLWithPath: path, isDirectory: true)
  }
}
