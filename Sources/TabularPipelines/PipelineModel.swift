import Foundation
import Mistique
import Synchronization

/// A concrete pipeline over the files of a data directory, as the PipelineExecutor runs it: its stages are the model's stages, its frames the
/// intermediates. Once it has run, its fitted states are the stored transformers, and a restored pipeline trains nothing.
public final class PipelineModel: ExecutableModel {
  public static let kind = "tabular-pipeline"

  public let pipeline: Pipeline
  public let stages: [Stage]
  private let run: PipelineRun
  private let states: Mutex<FittedStates>
  private let noted = Mutex<[StageNote]>([])

  /// - Parameter states: of an earlier run; a stage without one is fitted the first time it runs.
  public init(_ pipeline: Pipeline, dataDirectory: URL, states: FittedStates = [:]) {
    self.pipeline = pipeline
    run = PipelineRun(pipeline, dataDirectory: dataDirectory)
    self.states = Mutex(states)
    var producers: [String: Int] = [:]
    stages = pipeline.stages.enumerated().map { place, stage in
      // Inputs that no stage puts out are files.
      let inputs = Set(stage.inputs.compactMap { producers[$0] }).sorted()
      for name in stage.outputs + [stage.name] { producers[name] = place }
      return Stage(name: stage.name, inputs: inputs, outputs: stage.outputs)
    }
  }

  /// The pipeline as a store keeps it; the data files are not in the store.
  /// - Throws: `SpecificationError` when its text was damaged.
  public convenience init(restoring stored: StoredModel, dataDirectory: URL) throws {
    let pipeline = try Pipeline(canonicalText: stored.specification, file: "pipeline \(stored.identity)")
    let states = Dictionary(stored.transformers.map { ($0.name, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    self.init(pipeline, dataDirectory: dataDirectory, states: states)
  }

  /// What the stages that were fitted left as it is although it may have been meant, in their order; each once.
  public var notes: [StageNote] { noted.withLock { $0 } }

  public var specification: String { pipeline.canonicalText }

  public func transformers() -> [StoredTransformer] {
    let states = states.withLock { $0 }
    return pipeline.stages.compactMap { stage in
      states[stage.name].flatMap { $0.isEmpty ? nil : StoredTransformer(name: stage.name, bytes: $0) }
    }
  }

  /// The files that are read for `intermediates`, once the states of the stages are known: by the names the pipeline gives them.
  ///
  /// Throws `StoreError` (`inputOutput`) for a file that cannot be read.
  public func inputs(of intermediates: Set<String>) throws -> [ModelInput] {
    try run.filesRead(.init(wanted: intermediates, states: states.withLock { $0 })).map { input in
      let digest = try FileDigest(ofFile: run.dataDirectory.appendingPathComponent(input.path).path)
      return ModelInput(name: input.path, bytes: digest.byteCount, digest: digest.text)
    }
  }

  /// Runs the stages that the asked intermediates need. Stages work on whole tables, so `request.rows` is not looked at: what is put out
  /// has every row, under its `row_id`.
  ///
  /// Measured is what a re-run will take: fitting is left out.
  public func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    let places = Dictionary(uniqueKeysWithValues: pipeline.stages.enumerated().map { ($1.name, $0) })
    var seconds: [Int: Double] = [:]
    let known = states.withLock { $0 }
    let note = { (note: StageNote) in self.noted.withLock { if !$0.contains(note) { $0.append(note) } } }
    let fitted = try run.execute(.init(wanted: request.intermediates, states: known), onNote: note) { produced in
      if request.isCancelled() { throw CancellationError() }
      seconds[places[produced.stage]!] = produced.applySeconds
      if request.intermediates.contains(produced.name) { try emit(produced.name, .frame(produced.frame, passedOn: produced.passedOn)) }
    }
    states.withLock { $0.merge(fitted) { _, new in new } }
    return seconds.sorted { $0.key < $1.key }.map { StageMeasurement(stage: $0.key, seconds: $0.value) }
  }
}
