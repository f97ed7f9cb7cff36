import Foundation
import MistiqueStorage

/// Runs a model in logging mode (paper section 2), or runs it again for a query.
///
/// Owns the contract with `ExecutableModel`. Never does: decide what is stored, or commit it.
struct PipelineExecutor {
  let model: any ExecutableModel
  let identity: ModelIdentity
  let isCancelled: @Sendable () -> Bool

  /// What a run in logging mode gave; nothing is committed yet.
  struct Logged {
    let intermediates: [EmittedIntermediate]
    /// The stage that emits each intermediate.
    let stageOf: [String: Int]
    let inputs: [ModelInput]
    let measurements: [StageMeasurement]
    let executeSeconds: Double
    /// The frames among the intermediates, where they are stored.
    let frames: [String: StoredFrame]
  }

  /// What a run in logging mode leaves out, because it is stored already.
  struct Stored {
    /// Intermediates that are not emitted.
    var names: Set<String> = []
    /// Those among them that the model may read.
    var available = AvailableIntermediates.none
    /// Gives those among them that are frames.
    var frame: (String) throws -> StoredFrame? = { _ in nil }
    /// Intermediates that are not emitted either, and are the model's as if they were.
    var counted: [String: EmittedIntermediate] = [:]
  }

  /// Runs what of the model is not stored already, and stores what `policy` says.
  func log(policy: StoragePolicy, writer: StoreWriter, leavingOut stored: Stored = Stored()) throws -> Logged {
    try policy.quantization.validate()
    let stageOf = try stagesByOutput()
    let outputs = Set(stageOf.keys)
    let wanted = outputs.subtracting(stored.names).subtracting(stored.counted.keys)
    let run = LoggingRun(
      of: identity, outputs: wanted, storing: policy.storesWhenLogged ? .all : .none, policy: policy, writer: writer,
      storedFrame: stored.frame)
    let start = ContinuousClock.now
    // Of all that the model emits, run or not: a re-run must find the same.
    let inputs = try inputs(of: outputs, available: [])
    var measurements: [StageMeasurement] = []
    if !wanted.isEmpty || outputs.isEmpty {
      measurements = try execute(wanted, rows: .all, available: stored.available) { name, rows in
        if isCancelled() { throw CancellationError() }
        try run.take(name, rows)
      }
    }
    try InputCheck.requireUnchanged(inputs, try self.inputs(of: outputs, available: []), of: identity)
    let emitted = try run.finish()
    if let missing = wanted.subtracting(emitted.map(\.name)).sorted().first {
      throw Self.invalid("did not emit \"\(missing)\"", identity)
    }
    return Logged(
      intermediates: inOrder(emitted, with: stored.counted), stageOf: stageOf, inputs: inputs, measurements: measurements,
      executeSeconds: (ContinuousClock.now - start).seconds, frames: run.frames)
  }

  /// As they were emitted; with others, in the order of the stages.
  private func inOrder(_ emitted: [EmittedIntermediate], with counted: [String: EmittedIntermediate]) -> [EmittedIntermediate] {
    guard !counted.isEmpty else { return emitted }
    let all = counted.merging(emitted.map { ($0.name, $0) }) { first, _ in first }
    return model.stages.flatMap(\.outputs).compactMap { all[$0] }
  }

  /// Seconds of what the model's runs have done once.
  var preparingSeconds: Double { model.preparingSeconds }

  /// Runs the model for `intermediates` and some rows.
  ///
  /// - Parameters:
  ///   - inputs: what `inputs(of:available:)` gave before.
  ///   - available: what it starts from.
  /// - Returns: what each stage that ran took.
  /// - Throws: `StoreError` with code `otherInputs` when an input changed since, and whatever `emit` and the model throw.
  func rerun(
    _ intermediates: Set<String>, rows: RowRequest, inputs: [ModelInput], available: AvailableIntermediates,
    emit: (String, IntermediateRows) throws -> Void
  ) throws -> [StageMeasurement] {
    let measurements = try execute(intermediates, rows: rows, available: available) { name, rows in
      guard intermediates.contains(name) else { throw Self.invalid("emits \"\(name)\", which was not asked for", identity) }
      try emit(name, rows)
    }
    try InputCheck.requireUnchanged(inputs, try self.inputs(of: intermediates, available: available.names), of: identity)
    return measurements
  }

  /// What the model will read from outside when it emits `intermediates` and starts from those that are `available`.
  func inputs(of intermediates: Set<String>, available: Set<String>) throws -> [ModelInput] {
    try model.inputs(of: intermediates, available: available)
  }

  private func execute(
    _ intermediates: Set<String>, rows: RowRequest, available: AvailableIntermediates, emit: (String, IntermediateRows) throws -> Void
  ) throws -> [StageMeasurement] {
    try model.execute(
      ExecutionRequest(intermediates: intermediates, rows: rows, available: available, isCancelled: isCancelled), emit: emit)
  }

  /// - Throws: `StoreError` (`invalidModel`) for a stage that reads one after itself, and for two intermediates of one name.
  func stagesByOutput() throws -> [String: Int] {
    var stageOf: [String: Int] = [:]
    let names = [identity.project, identity.name] + model.stages.flatMap { [$0.name] + $0.outputs }
    if let name = names.first(where: { $0.utf8.contains(0) }) {
      // The catalogue would take it up to there, for the name of something else.
      throw StoreError(
        .invalid, "the name \(name.debugDescription) has a zero character in it", at: "\(identity)", remedy: "Use another name.")
    }
    for (position, stage) in model.stages.enumerated() {
      guard stage.inputs.allSatisfy({ (0..<position).contains($0) }) else {
        throw Self.invalid("has a stage \"\(stage.name)\" that reads a stage after itself", identity)
      }
      for output in stage.outputs where stageOf.updateValue(position, forKey: output) != nil {
        throw Self.invalid("emits two intermediates called \"\(output)\"", identity)
      }
    }
    return stageOf
  }

  static func invalid(_ what: String, _ identity: ModelIdentity) -> StoreError {
    StoreError(.invalidModel, "the model \(what)", at: "\(identity)", remedy: "This is a fault in the model's code, not in the store.")
  }
}
