import Foundation
import Groundwork
import Mistique
import Synchronization

/// A concrete pipeline over the files of a data directory, as a model that a store logs and re-runs.
///
/// The pipeline's stages are the model's stages and its frames are the intermediates. Once the model has run, its fitted states are the stored
/// transformers, and a restored pipeline trains nothing.
///
///     let pipeline = try Pipeline(PipelineSpecification(contentsOf: file), variant: "deep")
///     try store.logIntermediates(of: PipelineModel(pipeline, dataDirectory: data), as: ModelIdentity(project: pipeline.project, name: pipeline.name))
///     store.register(kind: PipelineModel.kind) { try PipelineModel(restoring: $0, dataDirectory: data) }
public final class PipelineModel: ExecutableModel {
  /// What a store registers pipelines under, to restore them.
  public static let kind = "tabular-pipeline"

  /// The pipeline that the model runs.
  public let pipeline: Pipeline
  /// The pipeline's stages, in order, each with the places of the stages whose outputs it takes.
  public let stages: [Stage]
  private let run: PipelineRun
  private let states: Mutex<[String: KnownState]>
  private let noted = Mutex<[StageNote]>([])
  /// States that were given by a store and not used by a run yet.
  private let adopted = Mutex<Set<String>>([])

  /// A model that has not run: each stage is fitted the first time it runs. Reads no file.
  public convenience init(_ pipeline: Pipeline, dataDirectory: URL) { self.init(pipeline, dataDirectory: dataDirectory, states: [:]) }

  /// - Parameter states: of an earlier run; a stage without one is fitted the first time it runs.
  init(_ pipeline: Pipeline, dataDirectory: URL, states: [String: KnownState]) {
    self.pipeline = pipeline
    run = PipelineRun(pipeline, dataDirectory: dataDirectory)
    self.states = Mutex(states)
    var producers: [String: Int] = [:]
    stages = pipeline.stages.enumerated().map { place, stage in
      // Inputs that no stage emits are files.
      let inputs = Set(stage.inputs.compactMap { producers[$0] }).sorted()
      for name in stage.outputs + [stage.name] { producers[name] = place }
      return Stage(name: stage.name, inputs: inputs, outputs: stage.outputs, reads: pipeline.framesToApply(stage))
    }
  }

  /// The model as a store keeps it: its pipeline and its fitted states. The data files are not in the store.
  ///
  /// Throws ``SpecificationError`` when the stored text is no pipeline. A damaged state is an error of the run that needs it.
  public convenience init(restoring stored: StoredModel, dataDirectory: URL) throws {
    let pipeline = try Pipeline(canonicalText: stored.specification, file: "pipeline \(stored.identity)")
    let states = Dictionary(
      stored.transformers.map { ($0.name, KnownState(bytes: $0.bytes, lineage: $0.lineage)) }, uniquingKeysWith: { first, _ in first })
    self.init(pipeline, dataDirectory: dataDirectory, states: states)
  }

  /// What the stages noted while they were fitted: columns that they left as they are although the user may have meant them, models that did not converge. In the order of
  /// the stages, each note once; none before the first run.
  public var notes: [StageNote] { noted.withLock { $0 } }

  /// The pipeline's canonical text, from which it is restored.
  public var specification: String { pipeline.canonicalText }

  /// The fitted states of the stages that learn something, by the stages' names; of those that have run or were restored.
  public func transformers() -> [StoredTransformer] {
    let states = states.withLock { $0 }
    return pipeline.stages.compactMap { stage in
      states[stage.name].flatMap { $0.bytes.isEmpty ? nil : StoredTransformer(name: stage.name, bytes: $0.bytes, lineage: $0.lineage) }
    }
  }

  /// What makes every frame and every fitted state, from the files as they are now. A stage that depends on a file that cannot be read has none.
  ///
  /// A state that the model has already, restored or from an earlier run, counts as it is, whatever files it was fitted on. Complexity: O(bytes of the
  /// files), once while they do not change.
  public func lineages() -> ModelLineages {
    PipelineLineages(pipeline: pipeline, known: states.withLock { $0 }) { input in
      (try? FileDigest(ofFile: self.run.dataDirectory.appendingPathComponent(input.path).path)).map { Lineage(of: $0) }
    }.lineages()
  }

  /// The stages whose fitted state the model does not have yet.
  public var untrained: Set<String> {
    let known = states.withLock { Set($0.keys) }
    return Set(pipeline.stages.map(\.name)).subtracting(known)
  }

  /// Takes fitted states, so that their stages are not fitted again; a state that the model has already stays.
  public func adopt(_ transformers: [StoredTransformer]) {
    let names = Set(pipeline.stages.map(\.name))
    states.withLock { states in
      for given in transformers where names.contains(given.name) && states[given.name] == nil {
        states[given.name] = KnownState(bytes: given.bytes, lineage: given.lineage)
        adopted.withLock { _ = $0.insert(given.name) }
      }
    }
  }

  /// The files that a re-run for `intermediates` reads, each with its size and a digest of its bytes. Files that serve only to fit a stage whose
  /// state is known are left out.
  ///
  /// Throws `StoreError` (`inputOutput`) for a file that cannot be read. Complexity: O(bytes of the files), once while they do not change.
  public func inputs(of intermediates: Set<String>) throws -> [ModelInput] { try inputs(of: intermediates, available: []) }

  /// As ``inputs(of:)``, without the files that a run with these intermediates available does not read.
  public func inputs(of intermediates: Set<String>, available: Set<String>) throws -> [ModelInput] {
    let fitted = states.withLock { Set($0.keys) }
    return try run.filesRead(intermediates, available: available, fitted: fitted).map { input in
      let digest = try FileDigest(ofFile: run.dataDirectory.appendingPathComponent(input.path).path)
      return ModelInput(name: input.path, bytes: digest.byteCount, digest: digest.text)
    }
  }

  /// Runs the stages that the requested intermediates need, and emits these. Stages work on whole tables, so `request.rows` is ignored and every
  /// row is emitted, under its `row_id`.
  ///
  /// Available frames are read when a stage needs them, and the stages that only they need do not run. The emitted bits are those of a run from the
  /// files. A frame that does not fit its stage is that stage's error.
  ///
  /// Returns for each stage that ran what a re-run of it takes: restoring its state and the models that it reads, and applying it. Fitting and reading
  /// available frames are left out. Throws ``PipelineRunError`` for a stage that fails, `CancellationError`, what `emit` and the available
  /// intermediates throw, and `StoreError` (`otherInputs`) when a file was written, or moved away and back, meanwhile: the model has learned nothing then.
  public func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    let known = states.withLock { $0 }
    // A model that has learned what there is to learn need not look at files that it does not read.
    let learns = pipeline.stages.contains { known[$0.name] == nil && !(pipeline.transformer(of: $0) is any StatelessTransformer) }
    let before = learns ? lineages().transformers : [:]
    let files = run.filesRead(request.intermediates, available: request.available.names, fitted: Set(known.keys)).map(\.path)
    let identities = files.map(identity)
    let note = { (note: StageNote) in self.noted.withLock { if !$0.contains(note) { $0.append(note) } } }
    let given = adopted.withLock { names in
      defer { names = [] }
      return names
    }
    // A run that fails has learned nothing: the next one may be over other files than those that these states were fitted on.
    var hasRun = false
    defer { if !hasRun { states.withLock { states in for name in given { states[name] = nil } } } }
    let record = try run.execute(
      .init(wanted: request.intermediates, available: request.available, states: known.mapValues(\.bytes)), onNote: note
    ) { produced in
      if request.isCancelled() { throw CancellationError() }
      if request.intermediates.contains(produced.name) { try emit(produced.name, .frame(produced.frame, passedOn: produced.passedOn)) }
    }
    let after = learns ? lineages().transformers : [:]
    // By what changes with any change: contents that were others in between are the same before and after.
    if let place = files.indices.first(where: { identity(files[$0]) != identities[$0] }) {
      throw StoreError(
        .otherInputs, "\(files[place]) changed while the model ran", at: pipeline.name,
        remedy: "Run it again when nothing writes to its inputs. Nothing was stored.")
    }
    hasRun = true
    states.withLock { states in
      for (name, bytes) in record.states {
        if let old = known[name] {
          states[name] = KnownState(bytes: bytes, lineage: old.lineage)
        } else {
          // What was learned from files that changed meanwhile is known by its bytes alone.
          states[name] = KnownState(bytes: bytes, lineage: before[name] == after[name] ? before[name] : nil)
        }
      }
    }
    return record.seconds.sorted { $0.key < $1.key }.map { StageMeasurement(stage: $0.key, seconds: $0.value) }
  }

  /// Of the file, and of the links that lead to it: one that leads elsewhere for a while is another link afterwards.
  private func identity(_ path: String) -> [FileIdentity?] {
    let file = run.dataDirectory.appendingPathComponent(path).path
    return [FileIdentity(path: file)] + FileIdentity.links(to: file)
  }
}
