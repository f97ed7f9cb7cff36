import ConvolutionalNetworks
import ExperimentKit
import Foundation
import TabularPipelines

/// Where an experiment finds its data and keeps what is worth keeping between runs.
struct Settings: Sendable {
  /// Real data, if the user has any: `MISTIQUE_DATA`, `--data`, or `Data/` when it is there.
  let dataDirectory: URL?
  /// Checkpoints and generated tables, made once, and what an unfinished run of figure 6b has counted.
  let cacheDirectory: URL
  /// The user's own model, for the experiment that takes one.
  var own: OwnModel?
  /// Pre-trained weights of VGG16, if the folder with real data has any: `vgg16.safetensors`, by torchvision's names or Keras's.
  var vgg16Weights: URL? {
    let file = dataDirectory?.appendingPathComponent("vgg16.safetensors")
    return file.flatMap { FileManager.default.fileExists(atPath: $0.path) ? $0 : nil }
  }

  /// - Parameter option: what the user gave as `--data`.
  /// - Throws: `SettingsError` when a folder was asked for that is not there.
  init(option: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    let named = Self.namedDirectory(option: option, environment: environment)
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

extension Settings {
  /// The folder that the user named, and that a task elsewhere must be told of; nil for the standard one.
  static func namedDirectory(option: String?, environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
    option ?? environment["MISTIQUE_DATA"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The folder that holds the user's real Zillow tables, if there is one.
  var realTables: URL? {
    dataDirectory.flatMap { folder in
      [folder.appendingPathComponent("zillow"), folder].first { place in
        ZillowFiles.names.allSatisfy { FileManager.default.fileExists(atPath: place.appendingPathComponent($0).path) }
      }
    }
  }

  /// The part of the real tables that a scale runs on; nil without real tables.
  func zillowSample(_ scale: ExperimentKit.Scale) throws -> ZillowSample? {
    try realTables.map {
      try ZillowSample(of: $0, properties: PipelineWorkload.Size(scale).properties, cacheDirectory: cacheDirectory)
    }
  }

  /// Which baselines a run is held to: the usual ones are of real images and generated tables, as CI has them.
  func dataVariant(at scale: ExperimentKit.Scale) -> String? {
    let hasImages = dataDirectory.map(CIFAR10.isPresent(in:)) ?? false
    // A file that cannot be read counts as used: the experiments that need it say what is wrong.
    let usesWeights = vgg16Weights != nil && (try? pretrainedVGG16(at: scale))?.isUsed ?? true
    let parts = [
      hasImages ? nil : "generated-images", realTables == nil ? nil : "real-tables", usesWeights ? "vgg16-weights" : nil,
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "-")
  }
}

enum SettingsError: Error, CustomStringConvertible {
  case noDataDirectory(String, isOption: Bool)

  var description: String {
    switch self {
    case .noDataDirectory(let path, let isOption):
      "\(isOption ? "--data" : "MISTIQUE_DATA") names '\(path)', which is not a folder. Give the folder that holds "
        + "cifar-10-batches-bin/, run 'make data' to fetch it, or leave it out to use generated data."
    }
  }
}
