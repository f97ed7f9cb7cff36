import Foundation
import Mistique

/// The states of fitted transformers by stage, as bytes that are kept with a model.
typealias FittedStates = [String: [UInt8]]

/// What a run reports of one intermediate the moment it exists.
struct ProducedIntermediate: Sendable {
  let stage: String
  let name: String
  let frame: DataFrame
  /// The columns that follow from a column of an input, by their number, with where they came from. The input need not have been emitted.
  let passedOn: [Int: PassedColumn]
}

/// What a run leaves behind besides its intermediates.
struct RunRecord {
  /// The states of the stages that ran, to be kept.
  var states: FittedStates = [:]
  /// What a re-run of each stage that ran takes, by its place: restoring its state and those of the models that it reads, applying it, and releasing
  /// what nothing needs any more. Fitting is left out, and so are reading available frames and what becomes of the emitted ones. A model that several
  /// stages read is restored once and counted with the first of them.
  var seconds: [Int: Double] = [:]
}

/// A failure of a run: which stage of which pipeline, and why.
public struct PipelineRunError: Error, CustomStringConvertible {
  /// The pipeline's name with its variant, as ``Pipeline/name`` has it.
  public let pipeline: String
  /// The name of the stage in that pipeline.
  public let stage: String
  /// A ``CSVError``, or an error of the stage whose description says what to do; errors of the file system are passed on as they are.
  public let cause: any Error

  /// One line: pipeline, stage, and the description of the cause.
  public var description: String { "pipeline \(pipeline), stage \(stage): \(cause)" }
}

/// Executes a concrete pipeline on the files of a data directory: the whole of it, or just what some intermediates need.
///
/// Owns nothing that lasts and stores nothing: every intermediate goes to the caller. Files are read again in every run. A frame is released as soon
/// as no later stage needs it. Equal files, pipelines and states give equal bits, whether stages are fitted or restored, and whether their inputs are
/// computed or available. Synchronous, on the calling thread.
struct PipelineRun: Sendable {
  /// What to produce from what.
  struct Request: Sendable {
    /// Intermediates to produce; `nil` for all.
    var wanted: Set<String>?
    /// Intermediates that need not be computed, with the values that the run would produce. Each is read at most once, when a stage needs it.
    var available: AvailableIntermediates
    /// States from an earlier run; a stage without one is fitted.
    var states: FittedStates

    init(wanted: Set<String>? = nil, available: AvailableIntermediates = .none, states: FittedStates = [:]) {
      self.wanted = wanted
      self.available = available
      self.states = states
    }
  }

  let pipeline: Pipeline
  let dataDirectory: URL

  init(_ pipeline: Pipeline, dataDirectory: URL) {
    self.pipeline = pipeline
    self.dataDirectory = dataDirectory
  }

  /// The names of the stages that `execute` would run, in order.
  func stagesToRun(_ request: Request = Request()) -> [String] {
    plan(request).stages.sorted().map { pipeline.stages[$0].name }
  }

  /// The input files that a run for `wanted` would read with these intermediates available and these stages fitted, each once, in the order of the
  /// pipeline.
  func filesRead(_ wanted: Set<String>, available: Set<String> = [], fitted: Set<String> = []) -> [PipelineSpecification.Input] {
    let plan = RunPlan(pipeline: pipeline, wanted: wanted, available: available, fitted: fitted)
    let names = Set(plan.stages.flatMap { pipeline.stages[$0].inputs })
    return pipeline.inputs.filter { names.contains($0.name) }
  }

  /// Runs the stages that `request` needs, in order, and emits every intermediate of theirs, also those that were not requested.
  ///
  /// An error of `onIntermediate` or of an available frame ends the run and is passed on as it is; any other error
  /// is a `PipelineRunError` that names the stage. Notes come from the stages that are fitted, in order, before the stage's
  /// intermediates. Requesting a name that the pipeline does not have is a programmer's mistake.
  @discardableResult
  func execute(
    _ request: Request = Request(), onNote: (StageNote) -> Void = { _ in }, onIntermediate: (ProducedIntermediate) throws -> Void
  ) throws -> RunRecord {
    let plan = plan(request)
    var uses = plan.uses
    var frames: [String: DataFrame] = [:]
    var models: [String: RestoredModel] = [:]
    var record = RunRecord()
    for (place, stage) in pipeline.stages.enumerated() {
      let runs = plan.stages.contains(place)
      guard runs || plan.restoredModels.contains(place) else { continue }
      for name in plan.framesTaken[place] ?? [] where frames[name] == nil { frames[name] = try request.available.frame(name) }
      var stopwatch = Stopwatch()
      var done: Done? = try perform(stage, runs, state: request.states[stage.name], frames, models)
      var seconds = stopwatch.lap() - done!.fitSeconds
      if let predictor = done!.fitted as? any Predictor {
        models[stage.name] = RestoredModel(predictor: predictor, unclaimedSeconds: runs ? 0 : seconds)
      }
      guard runs else { continue }
      record.states[stage.name] = done!.state
      for note in done!.notes { onNote(StageNote(stage: stage.name, note: note)) }
      for input in stage.inputs { seconds += models[input]?.claimSeconds() ?? 0 }
      stopwatch.restart()
      for input in plan.framesTaken[place] ?? [] {
        uses[input]! -= 1
        if uses[input] == 0 { frames[input] = nil }
      }
      seconds += stopwatch.lap()
      for (name, output) in zip(stage.outputs, done!.outputs) {
        if uses[name, default: 0] > 0 { frames[name] = output.frame }
        try onIntermediate(ProducedIntermediate(stage: stage.name, name: name, frame: output.frame, passedOn: output.passedOn))
      }
      stopwatch.restart()
      done = nil
      record.seconds[place] = seconds + stopwatch.lap()
    }
    return record
  }

  private func plan(_ request: Request) -> RunPlan {
    let all = Set(pipeline.intermediateNames)
    let wanted = request.wanted ?? all
    precondition(wanted.isSubset(of: all), "a wanted intermediate is not one of pipeline \(pipeline.name)")
    return RunPlan(pipeline: pipeline, wanted: wanted, available: request.available.names, fitted: Set(request.states.keys))
  }

  /// A trained model that later stages read.
  private struct RestoredModel {
    let predictor: any Predictor
    /// What restoring it took, until a stage that reads it counts that as its own.
    private(set) var unclaimedSeconds: Double

    init(predictor: any Predictor, unclaimedSeconds: Double) {
      self.predictor = predictor
      self.unclaimedSeconds = unclaimedSeconds
    }

    mutating func claimSeconds() -> Double {
      defer { unclaimedSeconds = 0 }
      return unclaimedSeconds
    }
  }

  private struct Done {
    let fitted: any FittedTransformer
    let outputs: [(frame: DataFrame, passedOn: [Int: PassedColumn])]
    let notes: [ColumnNote]
    let state: [UInt8]
    /// Of fitting the stage and saving its state; 0 when a stored state was restored.
    let fitSeconds: Double
  }

  private func perform(
    _ stage: Pipeline.Stage, _ runs: Bool, state: [UInt8]?, _ frames: [String: DataFrame], _ models: [String: RestoredModel]
  ) throws -> Done {
    do {
      let transformer = pipeline.transformer(of: stage)
      let signature = type(of: transformer).signature
      let places = !runs ? 0..<0 : state == nil ? stage.inputs.indices : signature.inputsToApply(stage.inputs.count)
      let inputs = self.inputs(of: stage, places, signature, frames, models)
      if let state { return try apply(try transformer.restore(state), stage, runs ? inputs : nil, places, state: state) }
      var stopwatch = Stopwatch()
      let fitted = try transformer.fit(inputs)
      let notes = transformer.notes(on: inputs) + fitted.notes
      let state = fitted.state
      return try apply(fitted, stage, inputs, places, state: state, notes, fitSeconds: stopwatch.lap())
    } catch {
      throw PipelineRunError(pipeline: pipeline.name, stage: stage.name, cause: error)
    }
  }

  /// - Parameter inputs: `nil` for a model that is only restored.
  private func apply(
    _ fitted: any FittedTransformer, _ stage: Pipeline.Stage, _ inputs: [StageInput]?, _ places: Range<Int>, state: [UInt8],
    _ notes: [ColumnNote] = [], fitSeconds: Double = 0
  ) throws -> Done {
    let names = Array(stage.inputs[places])
    let outputs = try inputs.map { inputs in
      try fitted.applyTracing(inputs).map { ($0.frame, Self.columnsPassedOn(to: $0, from: inputs, named: names)) }
    }
    return Done(fitted: fitted, outputs: outputs ?? [], notes: notes, state: state, fitSeconds: fitSeconds)
  }

  /// Where the columns of `output` came from. A transformer passes an unchanged column on, which is detected here while the inputs are alive;
  /// anything else it reports itself.
  private static func columnsPassedOn(to output: TracedFrame, from inputs: [StageInput], named names: [String]) -> [Int: PassedColumn] {
    var passed = output.origins.mapValues {
      PassedColumn(intermediate: names[$0.input], column: $0.column, operation: $0.operation)
    }
    for (input, intermediate) in zip(inputs, names) {
      guard case .frame(let frame) = input, frame.rowCount == output.frame.rowCount, frame.rowIDs == output.frame.rowIDs else { continue }
      let places = Dictionary(uniqueKeysWithValues: zip(frame.names.map(ColumnName.init), frame.names.indices))
      for (place, name) in output.frame.names.enumerated() {
        guard let column = places[ColumnName(name)], frame.columns[column].isSame(as: output.frame.columns[place]) else { continue }
        passed[place] = PassedColumn(intermediate: intermediate, column: column)
      }
    }
    return passed
  }

  private func inputs(
    of stage: Pipeline.Stage, _ places: Range<Int>, _ signature: TransformerSignature, _ frames: [String: DataFrame],
    _ models: [String: RestoredModel]
  ) -> [StageInput] {
    zip(places, stage.inputs[places]).map { index, name in
      switch signature.inputKind(at: index)! {
      case .file: .file(dataDirectory.appendingPathComponent(pipeline.inputs.first { $0.name == name }!.path))
      case .frame: .frame(frames[name]!)
      case .model: .model(models[name]!.predictor)
      }
    }
  }
}
