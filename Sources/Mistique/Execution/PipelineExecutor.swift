import Foundation
import MistiqueStorage

/// Runs a model in logging mode and hands every intermediate to the storage floor (paper section 2), or re-runs it for a question.
///
/// Owns the contract with `ExecutableModel`: what a model puts out is checked here, so that a faulty model cannot damage a store.
enum PipelineExecutor {
  struct Logged {
    struct Intermediate {
      let name: String
      let stage: Int
      let finished: FinishedIntermediate?
      let rows: Int
      let columns: Int
      let logicalBytes: Int
      /// Raw bytes that it adds to the store; for one that is not stored, its share of what it would add.
      let newBytes: Int
      /// Of one that is not stored.
      let shape: LoggedShape?
    }

    let intermediates: [Intermediate]
    let inputs: [ModelInput]
    let measurements: [StageMeasurement]
    let executeSeconds: Double
  }

  /// Runs all of `model` and stores what `policy` says; nothing is committed yet.
  static func log(
    _ model: any ExecutableModel, as identity: ModelIdentity, policy: StoragePolicy, writer: StoreWriter,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Logged {
    try policy.quantization.validate()
    let stageOf = try stagesByOutput(model, identity: identity)
    let request = ExecutionRequest(intermediates: Set(stageOf.keys), isCancelled: isCancelled)
    var writers: [String: IntermediateWriter] = [:]
    var order: [String] = []
    var sizes: [String: (rows: Int, columns: Int, bytes: Int)] = [:]
    var seen: [String: (schema: IntermediateSchema, rowIDs: [RowIDs])] = [:]
    var shares = ColumnShares()
    let start = ContinuousClock.now
    let inputs = try model.inputs(of: request.intermediates)
    let measurements = try model.execute(request) { name, rows in
      guard stageOf[name] != nil else {
        throw invalid("put out \"\(name)\", which is not among the outputs of its stages", identity)
      }
      if isCancelled() { throw CancellationError() }
      let schema = rows.schema
      guard schema.isSound else { throw invalid("put out \"\(name)\" with impossible dimensions (\(schema))", identity) }
      if sizes[name] == nil { order.append(name) }
      let before = sizes[name, default: (0, schema.columnCount, 0)]
      sizes[name] = (before.rows + rows.count, schema.columnCount, before.bytes + rows.approximateBytes)
      seen[name, default: (schema, [])].rowIDs.append(rows.rowIDs)
      guard policy.storesWhenLogged else {
        guard seen[name]!.schema == schema else { throw changed(name, identity) }
        shares.add(name, rows)
        return
      }
      let target =
        writers[name] ?? intermediateWriter(of: name, schema, identity: identity, policy: policy, writer: writer)
      writers[name] = target
      try append(rows, to: target, name: name, identity: identity, earlier: writers)
    }
    try InputCheck.requireUnchanged(inputs, try model.inputs(of: request.intermediates), of: identity)
    let intermediates = try order.map { name in
      let (schema, pieces) = seen[name]!
      let rowIDs = RowIDs.joined(pieces)
      if let id = rowIDs.duplicate { throw invalid("emits row_id \(id) of \"\(name)\" more than once", identity) }
      let finished = try writers[name]?.finish()
      let size = sizes[name]!
      return Logged.Intermediate(
        name: name, stage: stageOf[name]!, finished: finished, rows: size.rows, columns: size.columns,
        logicalBytes: finished?.logicalBytes ?? size.bytes, newBytes: finished?.newBytes ?? shares.bytes(of: name),
        shape: finished == nil ? LoggedShape(schema, rowIDs) : nil)
    }
    let seconds = (ContinuousClock.now - start).seconds
    return Logged(intermediates: intermediates, inputs: inputs, measurements: measurements, executeSeconds: seconds)
  }

  static func append(
    _ rows: IntermediateRows, to target: IntermediateWriter, name: String, identity: ModelIdentity, earlier: [String: IntermediateWriter]
  ) throws {
    guard rows.schema == target.schema else { throw changed(name, identity) }
    switch rows {
    case .maps(let values, let ids, let schema, let order):
      guard values.count == ids.count * schema.columnCount else {
        throw invalid("put out \(values.count) values of \"\(name)\" for \(ids.count) rows of \(schema.columnCount)", identity)
      }
      try target.append(values, rowIDs: ids, order: order)
    case .frame(let frame, let passedOn):
      guard target.rows == 0 else { throw invalid("put out the frame \"\(name)\" twice", identity) }
      let sources = try passedOn.mapValues { passed in
        guard let source = earlier[passed.intermediate], source !== target, source.schema.columnCount > passed.column, passed.column >= 0
        else {
          throw invalid("passes on column \(passed.column) of \"\(passed.intermediate)\", which it has not put out before", identity)
        }
        guard source.fits(passed.operation, column: passed.column) else {
          throw invalid(
            "says of a column of \"\(name)\" what cannot be: rows of \"\(passed.intermediate)\" that it does not have, or gaps filled with something "
              + "else than one value of the column's type", identity)
        }
        return PassedOn(source: source, column: passed.column, operation: passed.operation)
      }
      try target.append(frame, passedOn: sources)
    }
  }

  static func intermediateWriter(
    of name: String, _ schema: IntermediateSchema, identity: ModelIdentity, policy: StoragePolicy, writer: StoreWriter
  ) -> IntermediateWriter {
    IntermediateWriter(
      schema, writer: writer, options: policy.writerOptions(for: schema),
      group: placement(schema, identity: identity, intermediate: name))
  }

  /// Columns of a network's intermediate stay together (paper section 3); columns of pipelines share Partitions.
  private static func placement(_ schema: IntermediateSchema, identity: ModelIdentity, intermediate: String) -> String {
    if case .columns = schema { return "columns" }
    return "\(identity).\(intermediate)"
  }

  private static func stagesByOutput(_ model: any ExecutableModel, identity: ModelIdentity) throws -> [String: Int] {
    var stageOf: [String: Int] = [:]
    for (position, stage) in model.stages.enumerated() {
      guard stage.inputs.allSatisfy({ (0..<position).contains($0) }) else {
        throw invalid("has a stage \"\(stage.name)\" that reads a stage after itself", identity)
      }
      for output in stage.outputs where stageOf.updateValue(position, forKey: output) != nil {
        throw invalid("puts out two intermediates called \"\(output)\"", identity)
      }
    }
    return stageOf
  }

  private static func changed(_ name: String, _ identity: ModelIdentity) -> StoreError {
    invalid("put out \"\(name)\" with different columns from one piece to the next", identity)
  }

  static func invalid(_ what: String, _ identity: ModelIdentity) -> StoreError {
    StoreError(.invalidModel, "the model \(what)", at: "\(identity)", remedy: "This is a fault in the model's code, not in the store.")
  }

  /// The stages that must run for stage `last`, itself included, ascending.
  static func ancestors(of last: Int, in stages: [Stage]) -> [Int] {
    var needed: Set<Int> = [last]
    for position in stride(from: last, through: 0, by: -1) where needed.contains(position) { needed.formUnion(stages[position].inputs) }
    return needed.sorted()
  }
}

extension IntermediateRows {
  var schema: IntermediateSchema {
    switch self {
    case .maps(_, _, let schema, _): schema
    case .frame(let frame, _): .columns(zip(frame.names, frame.columns).map { .init(name: $0, type: $1.type) })
    }
  }

  var count: Int {
    switch self {
    case .maps(_, let ids, _, _): ids.count
    case .frame(let frame, _): frame.rowCount
    }
  }

  var rowIDs: RowIDs {
    switch self {
    case .maps(_, let ids, _, _): ids
    case .frame(let frame, _): frame.rowIDs
    }
  }

  /// Bytes of the values, text by its characters.
  var approximateBytes: Int {
    switch self {
    case .maps(let values, _, _, _): return values.count * 4
    case .frame(let frame, _):
      return frame.columns.reduce(0) { $0 + $1.approximateBytes }
    }
  }
}

extension Column {
  /// Bytes of the values, text by its characters.
  var approximateBytes: Int {
    if case .text(let text) = values { return text.utf8.count + 4 * text.count }
    return count * (type.bytesPerValue ?? 0)
  }
}

extension Duration {
  /// As a floating-point number of seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
