import MistiqueStorage

/// A model that is running, and what becomes of the intermediates that it emits: those to be stored go to the storage floor piece by piece.
///
/// Logging and materializing use it alike. What a model emits is checked here, so that a faulty model cannot damage a store. Nothing is visible
/// before the commit of what `finish` returns.
final class LoggingRun {
  /// Which of the intermediates are stored.
  enum Storing {
    case all
    case none
    /// All that a re-run was asked for: a column may come from an intermediate that the run does not emit.
    case requested
  }

  private struct Emitted {
    let schema: IntermediateSchema
    var rowIDs: [RowIDs] = []
    var bytes = 0
    var target = Target.none

    enum Target {
      case none
      case maps(MapWriter)
      case frame(StoredFrame)
    }
  }

  private let identity: ModelIdentity
  private let outputs: Set<String>
  private let storing: Storing
  private let policy: StoragePolicy
  private let writer: StoreWriter
  private var emitted: [String: Emitted] = [:]
  private var order: [String] = []
  private var shares = ColumnShares()
  /// Gives frames that are stored and that the run does not emit; `nil` for what is neither.
  private let storedFrame: (String) throws -> StoredFrame?
  private var storedFrames: [String: StoredFrame] = [:]

  /// - Parameters:
  ///   - outputs: what the model may emit.
  ///   - storedFrame: gives stored frames that the model may pass columns on from without emitting them.
  init(
    of identity: ModelIdentity, outputs: Set<String>, storing: Storing, policy: StoragePolicy, writer: StoreWriter,
    storedFrame: @escaping (String) throws -> StoredFrame? = { _ in nil }
  ) {
    self.storedFrame = storedFrame
    self.identity = identity
    self.outputs = outputs
    self.storing = storing
    self.policy = policy
    self.writer = writer
  }

  /// Takes a piece of an intermediate.
  func take(_ name: String, _ rows: IntermediateRows) throws {
    guard outputs.contains(name) else { throw invalid("emits \"\(name)\", which is not among the outputs of its stages") }
    let schema = rows.schema
    guard schema.isSound else { throw invalid("emits \"\(name)\" with impossible dimensions (\(schema))") }
    if emitted[name] == nil {
      emitted[name] = Emitted(schema: schema)
      order.append(name)
    }
    guard emitted[name]!.schema == schema else { throw invalid("emits \"\(name)\" with different columns from one piece to the next") }
    switch rows {
    case .maps(let values, let ids, let schema, _):
      guard values.count == ids.count * schema.columnCount else {
        throw invalid("emits \(values.count) values of \"\(name)\" for \(ids.count) rows of \(schema.columnCount)")
      }
    case .frame: guard emitted[name]!.rowIDs.isEmpty else { throw invalid("emits the frame \"\(name)\" twice") }
    }
    switch storing {
    case .all, .requested:
      try store(name, rows)
      if writer.store.options.writesThrough { try writer.flush() }
    case .none: shares.add(name, rows)
    }
    emitted[name]!.rowIDs.append(rows.rowIDs)
    emitted[name]!.bytes += rows.approximateBytes
  }

  private func store(_ name: String, _ rows: IntermediateRows) throws {
    switch rows {
    case .maps(let values, let ids, let schema, let order):
      let target: MapWriter
      if case .maps(let open) = emitted[name]!.target {
        target = open
      } else {
        target = MapWriter(schema, to: sink(for: name, schema))
        emitted[name]!.target = .maps(target)
      }
      try target.append(values, rowIDs: ids, order: order)
    case .frame(let frame, let passedOn):
      let sources = try passedOn.compactMapValues { try source(of: $0, for: name) }
      emitted[name]!.target = .frame(try DataFrameWriter.store(frame, passedOn: sources, to: sink(for: name, frame.schema)))
    }
  }

  /// The stored column that a stage passed on; `nil` when this run knows nothing of it.
  private func source(of passed: PassedColumn, for name: String) throws -> PassedOn? {
    let target = emitted[passed.intermediate]?.target
    // A re-run emits only what it was asked for: columns of anything else are found by their hashes.
    if case .requested = storing, target == nil { return nil }
    guard passed.intermediate != name, let source = try frame(passed.intermediate, target),
      (0..<source.schema.columnCount).contains(passed.column)
    else {
      throw invalid("passes on column \(passed.column) of \"\(passed.intermediate)\", which it has not emitted before")
    }
    guard source.fits(passed.operation, column: passed.column) else {
      throw invalid(
        "says of a column of \"\(name)\" what cannot be: rows of \"\(passed.intermediate)\" that it does not have, or gaps filled with something "
          + "other than one value of the column's type")
    }
    return PassedOn(source: source, column: passed.column, operation: passed.operation)
  }

  /// The frame `name`, emitted in this run or stored before it.
  private func frame(_ name: String, _ target: Emitted.Target?) throws -> StoredFrame? {
    if let target {
      guard case .frame(let frame) = target else { return nil }
      return frame
    }
    if let known = storedFrames[name] { return known }
    let found = try storedFrame(name)
    storedFrames[name] = found
    return found
  }

  /// The frames that were emitted, by name.
  var frames: [String: StoredFrame] {
    emitted.compactMapValues { emitted in
      guard case .frame(let frame) = emitted.target else { return nil }
      return frame
    }
  }

  /// Columns of a network's intermediate stay together (paper section 3); columns of pipelines share Partitions.
  private func sink(for name: String, _ schema: IntermediateSchema) -> ChunkSink {
    ChunkSink(writer, options: policy.writerOptions(for: schema), group: schema.isMaps ? "\(identity).\(name)" : "columns")
  }

  /// Stores what is left of each intermediate. Nothing can be taken afterwards.
  ///
  /// - Parameter names: the order in which they are finished; that of their first pieces when there is none.
  func finish(in names: [String]? = nil) throws -> [EmittedIntermediate] {
    try (names ?? order).compactMap { name in
      guard let emitted = emitted[name] else { return nil }
      let rowIDs = RowIDs.joined(emitted.rowIDs)
      if let id = rowIDs.duplicate { throw invalid("emits row_id \(id) of \"\(name)\" more than once") }
      let finished: FinishedIntermediate? =
        switch emitted.target {
        case .none: nil
        case .maps(let writer): try writer.finish()
        case .frame(let frame): try DataFrameWriter.finish(frame, to: sink(for: name, frame.schema))
        }
      // The last rows of maps, which did not fill a RowBlock.
      if finished != nil, writer.store.options.writesThrough { try writer.flush() }
      return EmittedIntermediate(
        name: name, rows: rowIDs.count, columns: emitted.schema.columnCount, logicalBytes: finished?.logicalBytes ?? emitted.bytes,
        newBytes: finished?.newBytes ?? bytesIfStored(name, emitted.schema), finished: finished,
        shape: finished == nil ? LoggedShape(emitted.schema, rowIDs) : nil)
    }
  }

  /// An intermediate's share of what storing the model would add, as its policy stores it.
  private func bytesIfStored(_ name: String, _ schema: IntermediateSchema) -> Int {
    let scheme = policy.scheme(ofColumns: schema.columnCount, areMaps: schema.isMaps)
    return Int((Double(shares.bytes(of: name)) * scheme.shareOfBytes(of: schema)).rounded())
  }

  private func invalid(_ what: String) -> StoreError { PipelineExecutor.invalid(what, identity) }
}

/// An intermediate that was emitted in whole.
struct EmittedIntermediate {
  let name: String
  let rows: Int
  let columns: Int
  let logicalBytes: Int
  /// Raw bytes that it adds to the store; for one that is not stored, its share of what it would add.
  let newBytes: Int
  /// `nil` for one that is not stored.
  let finished: FinishedIntermediate?
  /// Of one that is not stored.
  let shape: LoggedShape?
}
