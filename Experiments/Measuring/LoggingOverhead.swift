import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// A network run without logging and then with it, so that what disturbs one disturbs the other: one repetition of the bench.
struct LoggingOverhead {
  /// The forward pass through the last layer, which stores nothing.
  let plainSeconds: Double
  /// Logging everything until it is durable.
  let report: LoggingReport
  /// What the store took on disk, which is removed again.
  let diskBytes: Int

  var ratio: Double { report.seconds / plainSeconds }

  init(_ model: NetworkModel, named name: String, policy: StoragePolicy, in folder: URL) throws {
    plainSeconds = try Self.plainSeconds(of: model)
    let run = try TimedLogging(model, as: ModelIdentity(project: "cifar10", name: name), policy: policy, in: folder)
    (report, diskBytes) = (run.report, run.diskBytes)
  }

  /// What running the network through its last layer takes, for all its images, storing nothing.
  static func plainSeconds(of model: NetworkModel) throws -> Double {
    let rows = Array(0..<model.input.images.count)
    return try Stopwatch.time {
      try model.network.forward(model.input.images, rows: rows, wanted: [model.network.layers.count - 1]) { _, _, _ in }
    }.seconds
  }
}
