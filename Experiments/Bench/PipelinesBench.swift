import CZstd
import ExperimentKit
import Foundation
import Mistique
import TabularPipelines

/// The Zillow pipelines: what logging them takes, and what a store of them takes beside storing everything and beside the files they come
/// from.
struct PipelinesBench {
  let workload: PipelineWorkload
  let scratch: URL
  let repetitions: Int
  let report: BenchReport

  private static let timed = PipelineWorkload.timedWhenLogged

  func run() throws {
    try logging()
    try storage()
  }

  /// Raw to stored bytes of pipelines' columns under DEDUP, without directories.
  func columnsRatio() throws -> Double {
    let folder = scratch.appendingPathComponent("columns")
    let store = try IntermediateStore(at: folder)
    for name in Self.timed {
      let pipeline = try workload.pipeline(name)
      try store.logIntermediates(of: workload.model(pipeline), as: PipelineWorkload.identity(pipeline), policy: .dedup.asInPaper)
    }
    let storage = try store.storage()
    report.record(
      "pipelines", "dedup.catalog_fraction", Double(storage.directoryBytes + storage.catalogBytes) / Double(storage.storedBytes), unit: "1")
    try store.close()
    try FileManager.default.removeItem(at: folder)
    return Double(storage.rawBytes) / Double(storage.partitionBytes - storage.directoryBytes)
  }

  /// DEDUP over no logging, training included in both, in turn, a fresh store each.
  private func logging() throws {
    report.say("Logging \(Self.timed.joined(separator: ", "))")
    let folder = scratch.appendingPathComponent("logging")
    var all: [Double] = []
    for name in Self.timed {
      let pipeline = try workload.pipeline(name)
      func log(_ policy: StoragePolicy) throws -> LoggingReport {
        try TimedLogging(workload.model(pipeline), as: PipelineWorkload.identity(pipeline), policy: policy, in: folder).report
      }
      var (ratios, rates): ([Double], [Double]) = ([], [])
      for repetition in 0...max(3, repetitions) {
        let (plain, dedup) = (try log(.none), try log(.dedup))
        guard repetition > 0 else { continue }  // the first touches memory that the process never used
        ratios.append(dedup.seconds / plain.seconds)
        rates.append(Double(dedup.logicalBytes) / dedup.seconds / 1e9)
      }
      report.record("pipelines", "log_\(name)_dedup_gb_per_s", Timings.median(of: rates), unit: "GB/s")
      report.record("pipelines", "log_\(name)_dedup_vs_none", Timings.median(of: ratios), unit: "1")
      all += ratios
    }
    report.record("pipelines", "log_zillow_dedup_vs_none", Timings.median(of: all), unit: "1")
  }

  /// Bytes of all pipelines in the catalogue's order, counted and not kept: intermediates, directories and catalogue, without the
  /// transformers.
  private func storage() throws {
    let pipelines = workload.pipelines
    report.say("Storing \(pipelines.count) Zillow pipelines under STORE_ALL (gzip) and DEDUP")
    // A model that has run keeps what it fitted, so that it is trained once for both policies.
    let models = pipelines.map(workload.model)
    let all = try bytes(of: models, policy: StoragePolicy(.storeAll, codec: .gzip()), name: "STORE_ALL gzip")
    let dedup = try bytes(of: models, policy: .dedup, name: "DEDUP")
    let (stored, tenth) = (Double(dedup.last!), Double(dedup[min(10, dedup.count) - 1]))
    report.record("pipelines", "zillow_store_all_bytes", Double(all.last!), unit: "B")
    report.record("pipelines", "zillow_dedup_bytes", stored, unit: "B")
    report.record("pipelines", "zillow_store_all_vs_dedup", Double(all.last!) / stored, unit: "1")
    report.record("pipelines", "zillow_growth_10_to_50", stored / tenth, unit: "1")
    try besideInput(stored)
  }

  private func bytes(of models: [PipelineModel], policy: StoragePolicy, name: String) throws -> [Int] {
    let folder = scratch.appendingPathComponent("counted")
    var options = StoreOptions()
    options.keepsPartitions = false
    let store = try IntermediateStore(at: folder, options: options)
    let progress = ProgressReporter(label: name, total: models.count, unit: "pipelines")
    var (transformers, stored): (Int, [Int]) = (0, [])
    for model in models {
      let identity = PipelineWorkload.identity(model.pipeline)
      transformers += try store.logIntermediates(of: model, as: identity, policy: policy.asInPaper) { Interruption.request != nil }
        .transformerBytes
      stored.append(try store.storage().storedBytes - transformers)
      progress.advance()
    }
    progress.finish()
    try store.close()
    try FileManager.default.removeItem(at: folder)
    return stored
  }

  /// What the store takes beside its input, compressed: the paper's 168 MB are the zipped files. Each file is a stream of its own.
  private func besideInput(_ stored: Double) throws {
    var (gzip, zstd) = (0, 0)
    for file in [ZillowData.propertiesFile, ZillowData.trainFile, ZillowData.submissionFile] {
      let bytes = try Data(contentsOf: workload.data.directory.appendingPathComponent(file), options: .alwaysMapped)
      gzip += try bytes.withUnsafeBytes { try ReferenceGzip.compress($0).count }
      zstd += try bytes.withUnsafeBytes(Self.zstdSize)
    }
    report.record("pipelines", "zillow_input_gzip_bytes", Double(gzip), unit: "B")
    report.record("pipelines", "zillow_input_zstd19_bytes", Double(zstd), unit: "B")
    report.record("pipelines", "zillow_dedup_vs_input", stored / Double(gzip), unit: "1")
    report.record("pipelines", "zillow_dedup_vs_input_zstd19", stored / Double(zstd), unit: "1")
  }

  /// Bytes of `input` under zstd -19.
  private static func zstdSize(_ input: UnsafeRawBufferPointer) throws -> Int {
    var output = [UInt8](repeating: 0, count: ZSTD_compressBound(input.count))
    let size = output.withUnsafeMutableBytes { ZSTD_compress($0.baseAddress, $0.count, input.baseAddress, input.count, 19) }
    guard ZSTD_isError(size) == 0 else { throw BenchFailure(what: "zstd: \(String(cString: ZSTD_getErrorName(size)))") }
    return size
  }
}
