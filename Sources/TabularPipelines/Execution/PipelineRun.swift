import Foundation
import Mistique

/// The states of fitted transformers by stage, as bytes that are kept with a model.
typealias FittedStates = [String: [UInt8]]

/// What a run reports of one intermediate the moment it exists.
struct ProducedIntermediate: Sendable {
  let stage: String
  let name: String
  let frame: DataFrame
  /// The columns that follow from a column of an input, by their number, with where they came from.
  let passedOn: [Int: PassedColumn]
  /// Seconds of fitting the stage; 0 when a stored state was restored.
  let fitSeconds: Double
  /// Seconds of restoring the stage's state and applying it. Both times are the stage's, and so the same for each of its outputs.
  let applySeconds: Double
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
/// as no later stage needs it. Equal files, pipelines and states give equal bits, whether stages are fitted or restored. Synchronous, on the
/// calling thread.
struct PipelineRun: Sendable {
  /// What to produce from what.
  struct Request: Sendable {
    /// Intermediates to produce; `nil` for all.
    var wanted: Set<String>?
    /// Intermediates that need not be computed, with the values that the run would produce.
    var available: [String: DataFrame]
    /// States from an earlier run; a stage without one is fitted.
    var states: FittedStates

    init(wanted: Set<String>? = nil, available: [String: DataFrame] = [:], states: FittedStates = [:]) {
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

  /// The input files that `execute` would read, each once, in the order of the pipeline.
  func filesRead(_ request: Request = Request()) -> [PipelineSpecification.Input] {
    let stages = Set(stagesToRun(request))
    let names = Set(pipeline.stages.filter { stages.contains($0.name) }.flatMap(\.inputs))
    return pipeline.inputs.filter { names.contains($0.name) }
  }

  /// Runs the stages that `request` needs, in order, and emits every intermediate of theirs, also those that were not requested.
  ///
  /// Returns the states of the stages that ran, to be kept. An error of `onIntermediate` ends the run and is passed on as it is; any other error
  /// is a `PipelineRunError` that names the stage. Notes come from the stages that are fitted, in order, before the stage's
  /// intermediates. Requesting a name that the pipeline does not have is a programmer's mistake.
  @discardableResult
  func execute(
    _ request: Request = Request(), onNote: (StageNote) -> Void = { _ in }, onIntermediate: (ProducedIntermediate) throws -> Void
  ) throws -> FittedStates {
    let plan = plan(request)
    var uses = plan.uses
    var frames = request.available.filter { uses[$0.key] != nil }
    var models: [String: any Predictor] = [:]
    var states: FittedStates = [:]
    for (place, stage) in pipeline.stages.enumerated() {
      guard plan.stages.contains(place) || plan.restoredModels.contains(place) else { continue }
      let done = try perform(stage, plan.stages.contains(place), state: request.states[stage.name], frames, models)
      if let model = done.fitted as? any Predictor { models[stage.name] = model }
      guard plan.stages.contains(place) else { continue }
      states[stage.name] = done.state
      for note in done.notes { onNote(StageNote(stage: stage.name, note: note)) }
      for input in plan.framesTaken[place] ?? [] {
        uses[input]! -= 1
        if uses[input] == 0 { frames[input] = nil }
      }
      for (name, output) in zip(stage.outputs, done.outputs) {
        if uses[name, default: 0] > 0, frames[name] == nil { frames[name] = output.frame }
        try onIntermediate(
          ProducedIntermediate(
            stage: stage.name, name: name, frame: output.frame, passedOn: output.passedOn, fitSeconds: done.fitSeconds,
            applySeconds: done.applySeconds))
      }
    }
    return states
  }

  private func plan(_ request: Request) -> RunPlan {
    let all = Set(pipeline.intermediateNames)
    let wanted = request.wanted ?? all
    precondition(wanted.isSubset(of: all), "a wanted intermediate is not one of pipeline \(pipeline.name)")
    return RunPlan(pipeline: pipeline, wanted: wanted, available: Set(request.available.keys), fitted: Set(request.states.keys))
  }

  private struct Done {
    let fitted: any FittedTransformer
    let outputs: [(frame: DataFrame, passedOn: [Int: PassedColumn])]
    let notes: [ColumnNote]
    let state: [UInt8]
    let fitSeconds: Double
    let applySeconds: Double
  }

  private func perform(
    _ stage: Pipeline.Stage, _ runs: Bool, state: [UInt8]?, _ frames: [String: DataFrame], _ models: [String: any Predictor]
  ) throws -> Done {
    do {
      let transformer = pipeline.transformer(of: stage)
      let signature = type(of: transformer).signature
      let places = !runs ? 0..<0 : state == nil ? stage.inputs.indices : signature.inputsToApply(stage.inputs.count)
      let inputs = self.inputs(of: stage, places, signature, frames, models)
      let start = DispatchTime.now().uptimeNanoseconds
      var fitEnd = start
      let fitted: any FittedTransformer
      if let state {
        fitted = try transformer.restore(state)
      } else {
        fitted = try transformer.fit(inputs)
        fitEnd = DispatchTime.now().uptimeNanoseconds
      }
      let outputs = runs ? try fitted.applyTracing(inputs) : []
      let end = DispatchTime.now().uptimeNanoseconds
      return Done(
        fitted: fitted,
        outputs: outputs.map { ($0.frame, Self.columnsPassedOn(to: $0, from: inputs, named: Array(stage.inputs[places]))) },
        notes: state == nil ? transformer.notes(on: inputs) : [], state: state ?? fitted.state, fitSeconds: Double(fitEnd - start) * 1e-9,
        applySeconds: Double(end - fitEnd) * 1e-9)
    } catch {
      throw PipelineRunError(pipeline: pipeline.name, stage: stage.name, cause: error)
    }
  }

  /// Where the columns of `output` came from. A transformer passes an unchanged column on, which is detected here while the inputs are alive;
  /// anything else it reports itself.
  private static func columnsPassedOn(to output: TracedFrame, from inputs: [StageInput], named names: [String]) -> [Int: PassedColumn] {
    var passed = output.origins.mapValues {
      PassedColumn(intermediate: names[$0.input], column: $0.column, operation: $0.operation)
    }
    for (input, intermediate) in zip(inputs, names) {
      guard case .frame(let frame) = input, frame.rowCount == output.frame.rowCount, frame.rowIDs == output.frame.rowIDs else { continue }
      for (place, name) in output.frame.names.enumerated() {
        guard let column = frame.names.place(of: name), frame.columns[column].isSame(as: output.frame.columns[place]) else { continue }
        passed[place] = PassedColumn(intermediate: intermediate, column: column)
      }
    }
    return passed
  }

  private func inputs(
    of stage: Pipeline.Stage, _ places: Range<Int>, _ signature: TransformerSignature, _ frames: [String: DataFrame],
    _ models: [String: any Predictor]
  ) -> [StageInput] {
    zip(places, stage.inputs[places]).map { index, name in
      switch signature.inputKind(at: index)! {
      case .file: .file(dataDirectory.appendingPathComponent(pipeline.inputs.first { $0.name == name }!.path))
      case .frame: .frame(frames[name]!)
      case .model: .model(models[name]!)
      }
    }
  }
}
