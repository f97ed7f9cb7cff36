import ExperimentKit
import Foundation
import Mistique

/// Models to be logged one after the other into one store.
struct ReuseSubject {
  struct Model {
    let identity: ModelIdentity
    /// A model that has not run: each logging trains and computes on its own.
    let make: () throws -> any ExecutableModel
  }

  let name: String
  let models: [Model]
  /// Running all of them once, storing nothing.
  let running: () throws -> Double
  /// Running what is distinct among them, storing nothing; `nil` where that is not measured.
  let distinct: (() throws -> Double)?

  /// Its first model alone.
  var first: ReuseSubject { ReuseSubject(name: name, models: [models[0]], running: running, distinct: nil) }
}

/// All models of a subject logged into a fresh store, which is removed again.
struct ReuseLogging {
  let seconds: Double
  let stagesRun: Int
  let intermediates: Int
  let reused: Int
  /// Bytes of all partition files, receipts included.
  let partitionBytes: Int
  /// The first model logged again under another name, over logging it first.
  let relogSeconds: Double
  let firstSeconds: Double

  init(_ subject: ReuseSubject, policy: StoragePolicy, in folder: URL, checkCancelled: () throws -> Void) throws {
    try? FileManager.default.removeItem(at: folder)  // left by an interrupted attempt
    let store = try IntermediateStore(at: folder)
    var reports: [LoggingReport] = []
    for model in subject.models {
      try checkCancelled()
      reports.append(try store.logIntermediates(of: try model.make(), as: model.identity, policy: policy) { Interruption.request != nil })
    }
    seconds = reports.reduce(0) { $0 + $1.seconds }
    stagesRun = reports.reduce(0) { $0 + $1.stagesRun.count }
    intermediates = reports.reduce(0) { $0 + $1.intermediates }
    reused = reports.reduce(0) { $0 + $1.reused.count }
    partitionBytes = try store.storage().partitionBytes
    let first = subject.models[0]
    let again = ModelIdentity(project: first.identity.project, name: first.identity.name + "-again")
    relogSeconds = try store.logIntermediates(of: try first.make(), as: again, policy: policy) { Interruption.request != nil }.seconds
    firstSeconds = reports[0].seconds
    try store.close()
    try FileManager.default.removeItem(at: folder)
  }
}

/// A subject run without storing, logged with reuse and logged without, in turn: what disturbs one disturbs the others.
struct ReuseRound {
  let runningSeconds: Double
  let distinctSeconds: Double?
  let reusing: ReuseLogging
  let computing: ReuseLogging

  /// - Parameter number: of the round; every second one runs everything the other way round, so that no way always finds the machine as another left it.
  init(_ subject: ReuseSubject, number: Int, in folder: URL, checkCancelled: () throws -> Void) throws {
    func running() throws -> (all: Double, distinct: Double?) {
      let all = try subject.running()
      try checkCancelled()
      return (all, try subject.distinct?())
    }
    let before = number % 2 == 0 ? try running() : nil
    func logging(_ policy: StoragePolicy) throws -> ReuseLogging {
      try ReuseLogging(subject, policy: policy, in: folder, checkCancelled: checkCancelled)
    }
    let first = try logging(number % 2 == 0 ? .dedup : .dedup.withoutReuse)
    let second = try logging(number % 2 == 0 ? .dedup.withoutReuse : .dedup)
    (reusing, computing) = number % 2 == 0 ? (first, second) : (second, first)
    (runningSeconds, distinctSeconds) = try before ?? running()
  }

  var versusRunning: Double { reusing.seconds / runningSeconds }
  var versusComputing: Double { reusing.seconds / computing.seconds }
  var versusDistinct: Double? { distinctSeconds.map { reusing.seconds / $0 } }
  var relog: Double { reusing.relogSeconds / reusing.firstSeconds }
  var seconds: Double { runningSeconds + (distinctSeconds ?? 0) + reusing.seconds + computing.seconds }
}

extension ReuseSubject {
  /// The Zillow pipelines, all of the catalogue.
  static func pipelines(_ tables: PipelineWorkload) -> ReuseSubject {
    ReuseSubject(
      name: "Zillow",
      models: tables.pipelines.map { pipeline in
        Model(identity: PipelineWorkload.identity(pipeline)) { tables.model(pipeline) }
      },
      running: { try tables.pipelines.reduce(0) { try $0 + DistinctStages.all(of: tables.model($1)) } },
      distinct: {
        var stages = DistinctStages()
        return try tables.pipelines.reduce(0) { try $0 + stages.run(tables.model($1)).seconds }
      })
  }

  /// Ten checkpoints of a network.
  static func checkpoints(_ workload: ImageWorkload) throws -> ReuseSubject {
    let models = try (0..<ImageWorkload.checkpoints).map { try workload.model(checkpoint: $0) }
    return ReuseSubject(
      name: workload.network.rawValue,
      // Made anew for each logging: a model that was logged before remembers what its weights hash to.
      models: models.indices.map { index in
        Model(identity: workload.identity(checkpoint: index)) { try workload.model(checkpoint: index) }
      },
      running: { try models.reduce(0) { try $0 + LoggingOverhead.plainSeconds(of: $1) } }, distinct: nil)
  }
}
