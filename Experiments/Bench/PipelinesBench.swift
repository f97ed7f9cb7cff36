import ExperimentKit
import Foundation
import Mistique
import MistiqueStorage

/// The intermediates of the Zillow pipelines: what a store of them takes and how fast it takes them, with and without similarity placement.
struct PipelinesBench {
  let workload: PipelineWorkload
  let scratch: URL
  let report: BenchReport

  /// Returns raw to stored bytes of what was stored, without directories.
  func run() throws -> Double {
    report.say("Logging \(workload.pipelines.count) Zillow pipelines")
    var ratio = 1.0
    let policies: [(name: String, policy: StoragePolicy)] = [
      ("store_all_gzip", StoragePolicy(.storeAll, codec: .gzip())), ("store_all", .storeAll),
      ("dedup_zstd", StoragePolicy(.dedup, codec: .zstd(), similarity: .nowhere)),
      ("dedup_arrival", StoragePolicy(.dedup, similarity: .nowhere)),
      ("dedup", .dedup),
    ]
    for (name, policy) in policies {
      let folder = scratch.appendingPathComponent("pipelines")
      try? FileManager.default.removeItem(at: folder)  // of the policy before
      let store = try Mistique(at: folder)
      var (logical, seconds, executing) = (0, 0.0, 0.0)
      for pipeline in workload.pipelines {
        let done = try store.logIntermediates(of: workload.model(pipeline), as: PipelineWorkload.identity(pipeline), policy: policy)
        logical += done.logicalBytes
        seconds += done.seconds
        executing += done.executeSeconds
      }
      let storage = try store.storage()
      report.record("pipelines", "\(name).bytes", Double(storage.storedBytes), unit: "B")
      report.record(
        "pipelines", "\(name).catalog_fraction", Double(storage.directoryBytes + storage.catalogBytes) / Double(storage.storedBytes),
        unit: "1")
      report.record("pipelines", "\(name).log_gb_per_s", Double(logical) / seconds / 1e9, unit: "GB/s")
      ratio = Double(storage.rawBytes) / Double(storage.partitionBytes - storage.directoryBytes)
      try store.close()
    }
    return ratio
  }
}
