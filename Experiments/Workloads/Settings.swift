import ExperimentKit
import Foundation

/// Where an experiment finds its data and keeps what is worth keeping between runs.
struct Settings: Sendable {
  /// Real data, if the user has any: `MISTIQUE_DATA`, `--data`, or `Data/` when it is there.
  let dataDirectory: URL?
  /// Checkpoints and generated tables, made once.
  let cacheDirectory: URL

  /// - Parameter option: what the user gave as `--data`.
  /// - Throws: `SettingsError` when a folder was asked for that is not there.
  init(option: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    let named = option ?? environment["MISTIQUE_DATA"].flatMap { $0.isEmpty ? nil : $0 }
    let standard = URL(fileURLWithPath: "Data", isDirectory: true)
    cacheDirectory = standard.appendingPathComponent("cache", isDirectory: true)
    if let named {
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: named, isDirectory: &isDirectory), isDirectory.boolValue else {
        throw SettingsError.noDataDirectory(named, isOption: option != nil)
      }
      dataDirectory = URL(fileURLWithPath: named, isDirectory: true)
    } else {
      dataDirectory = FileManager.default.fileExists(atPath: standard.path) ? standard : nil
    }
  }
}

enum SettingsError: Error, CustomStringConvertible {
  case noDataDirectory(String, isOption: Bool)
  case notEnoughImages(have: Int, need: Int, scale: Scale)

  var description: String {
    switch self {
    case .noDataDirectory(let path, let isOption):
      "\(isOption ? "--data" : "MISTIQUE_DATA") names '\(path)', which is not a folder. Give the folder that holds "
        + "cifar-10-batches-bin/, run 'make data' to fetch it, or leave it out to use generated data."
    case .notEnoughImages(let have, let need, let scale):
      "Scale \(scale) needs \(need) CIFAR-10 images and the data folder holds \(have). Run 'make data' for all 50,000, or take a smaller scale."
    }
  }
}
