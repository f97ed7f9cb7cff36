import Mistique

/// What is in a store, as it is listed to callers in JSON.
struct StoreList: Encodable {
  struct Model: Encodable {
    let project: String
    let name: String
    let kind: String
    let policy: String
    let intermediates: Int
    /// Those of which all values are in the store.
    let stored: Int
    /// Of the intermediate with the most.
    let rows: Int
    let logicalBytes: Int
  }

  struct Unfinished: Encodable {
    /// As keys begin.
    let model: String
    let segments: Int
  }

  let folder: String
  let storedBytes: Int
  let models: [Model]
  let unfinished: [Unfinished]

  init(_ store: IntermediateStore) throws {
    folder = store.directory.path
    storedBytes = try store.storage().storedBytes
    models = try store.models().filter { $0.identity.project != CaptureSegments.project }.map { model in
      let intermediates = try store.intermediates(of: model.identity)
      return Model(
        project: model.identity.project, name: model.identity.name, kind: model.kind, policy: model.policy,
        intermediates: intermediates.count, stored: intermediates.count(where: \.isStored),
        rows: intermediates.map(\.rows).max() ?? 0, logicalBytes: intermediates.reduce(0) { $0 + $1.logicalBytes })
    }
    unfinished = try CaptureSegments.unfinished(in: store).map { Unfinished(model: $0.model, segments: $0.segments) }.sorted {
      $0.model < $1.model
    }
  }
}

/// One model.
struct ModelList: Encodable {
  struct Intermediate: Encodable {
    let name: String
    /// Of all of its columns.
    let key: String
    let rows: Int
    let columns: Int
    let logicalBytes: Int
    let isStored: Bool
    let queries: Int
    let type: String?
    let shape: [Int]?
    let kind: String?
    let hasOwnRows: Bool?
  }

  let project: String
  let name: String
  let kind: String
  let policy: String
  let note: String?
  let canRerun: Bool
  /// As answers tell it.
  let capture: UInt64
  let intermediates: [Intermediate]

  init(_ identity: ModelIdentity, in opened: OpenedStore) throws {
    let listed = try opened.store.intermediates(of: identity)
    let description = try opened.description(of: identity)
    let model = try opened.store.models().first { $0.identity == identity }
    project = identity.project
    name = identity.name
    kind = model?.kind ?? ""
    policy = model?.policy ?? ""
    note = description?.note
    capture = description?.mark ?? 0
    canRerun = description.map { opened.reruns.function(for: identity, $0) != nil } ?? false
    intermediates = listed.map { intermediate in
      let layer = description?.layer(intermediate.name)
      return Intermediate(
        name: intermediate.name, key: "\(IntermediateKey(model: identity, intermediate: intermediate.name))", rows: intermediate.rows,
        columns: intermediate.columns, logicalBytes: intermediate.logicalBytes, isStored: intermediate.isStored,
        queries: intermediate.queries,
        type: layer?.type, shape: layer?.shape, kind: layer?.kind.rawValue, hasOwnRows: layer?.hasOwnRows)
    }
  }
}

/// How an intermediate is kept.
struct KeptList: Encodable {
  let name: String
  let scheme: String
  let isExact: Bool
  /// As callers give one.
  let bound: String?

  init(_ kept: KeptValues) {
    (name, scheme, isExact, bound) = (kept.intermediate, "\(kept.scheme)", kept.isExact, kept.bound?.argument)
  }
}

/// What verifying found.
struct VerificationList: Encodable {
  let isIntact: Bool
  let models: Int
  let partitions: Int
  let frames: Int
  let bytes: Int
  let problems: [String]
  let damagedModels: [String]

  init(_ report: VerificationReport) {
    isIntact = report.isIntact
    (models, partitions, frames, bytes) = (report.models, report.partitions, report.frames, report.bytes)
    problems = report.problems
    damagedModels = report.damagedModels.map(\.description)
  }
}

/// What a capture has so far.
struct CaptureList: Encodable {
  struct Layer: Encodable {
    let name: String
    let rows: Int
    let shape: [Int]
    let type: String?
    let kind: String
    let hasOwnRows: Bool
  }

  let rows: Int
  let segments: Int
  let note: String?
  let layers: [Layer]

  init(_ session: CaptureSession) {
    note = session.resumedNote
    rows = session.known.count
    segments = session.segmentCount
    layers = session.layerOrder.compactMap { session.layers[$0] }.map { layer in
      Layer(
        name: layer.description.name, rows: layer.rows, shape: layer.description.shape, type: layer.description.type,
        kind: layer.description.kind.rawValue, hasOwnRows: layer.description.hasOwnRows)
    }
  }
}

/// What a finished capture stored.
struct CaptureReport: Encodable {
  let intermediates: Int
  let rows: Int
  let logicalBytes: Int
  let storedBytes: Int
  let chunks: Int
  let duplicateChunks: Int
  let seconds: Double
  let warnings: [String]

  init(_ report: LoggingReport, rows: Int) {
    warnings = report.warnings
    self.rows = rows
    intermediates = report.intermediates
    (logicalBytes, storedBytes) = (report.logicalBytes, report.storedBytes)
    (chunks, duplicateChunks, seconds) = (report.chunks, report.duplicateChunks, report.seconds)
  }
}

/// What an answer is about.
struct AnswerList: Encodable {
  /// Names of more columns are not listed: they follow from the shape.
  static let mostColumns = 100_000

  let key: String
  let project: String
  let model: String
  let intermediate: String
  let columns: [String]?
  let plan: String

  init(_ part: Answer.Part) {
    let result = part.result
    (project, model, intermediate) = (result.model.project, result.model.name, result.intermediate)
    key = "\(IntermediateKey(model: result.model, intermediate: result.intermediate))"
    columns = part.columns <= Self.mostColumns ? result.columnNames : nil
    let seconds = result.plan.predictedSeconds.map { ", predicted \($0) s" } ?? ""
    plan = "\(result.plan.choice.rawValue)\(seconds), took \(result.cost.seconds) s"
  }
}

/// How a question would be answered.
struct PlanList: Encodable {
  let key: String
  let plan: String
  let predictedSeconds: Double?
  let isExact: Bool
  let errorBound: Double?
  let frames: Int
  let frameBytes: Int
  let stages: Int

  init(_ key: IntermediateKey, _ plan: QueryPlan) {
    self.key = "\(key.ofIntermediate)"
    self.plan = plan.choice.rawValue
    predictedSeconds = plan.predictedSeconds
    errorBound = plan.taken.errorBound
    (isExact, frames, frameBytes, stages) = (plan.taken.isExact, plan.frames, plan.frameBytes, plan.taken.stages)
  }
}
