/// A model that can emit its intermediates: a network at a checkpoint, or a pipeline with its fitted transformers.
///
/// It is the one thing a substrate implements to be logged and queried (paper section 2). A stage's outputs are its intermediates;
/// `row_id` is kept through all of them.
public protocol ExecutableModel: AnyObject, Sendable {
  /// What restores such a model from a store: `convolutional-network`, `tabular-pipeline`, ...
  static var kind: String { get }
  /// Everything but the transformers that is needed to restore it, as text.
  var specification: String { get }
  /// In the order of execution; a stage's inputs come before it.
  var stages: [Stage] { get }

  /// The trained parts (weights, boosters, encoders), so that a re-run trains nothing. Asked for after `execute`.
  func transformers() throws -> [StoredTransformer]

  /// As `transformers()`, in the same order, where the bytes of the parts called `known` are not needed: they may be left empty.
  func transformers(withoutBytesOf known: Set<String>) throws -> [StoredTransformer]

  /// What makes each intermediate and each trained part, for all rows and from the inputs as they are now. None by default.
  ///
  /// **Equal lineages mean equal bits**, whatever else differs: the model's name, the process, the machine, the number of threads, what is computed with
  /// it. A store refers to what it has under a lineage instead of running the stage, and it cannot notice a promise that is broken. Whatever decides the
  /// bits of a stage therefore belongs into its lineage: its code's revision, its parameters, its trained parts, the lineages of what it
  /// reads. A stage that cannot promise equal bits, or reads something that has no lineage, has none.
  ///
  /// Asked before and after a run; it must be cheap when nothing changed.
  func lineages() throws -> ModelLineages

  /// Names of the trained parts that a run would train: those that the model does not have yet. None by default.
  var untrained: Set<String> { get }

  /// Takes trained parts that have the lineages this model gave for them, so that they need not be trained. Called before `execute`, with bytes that an
  /// earlier `transformers()` of a model of this kind gave. By default nothing happens, and they are trained again.
  func adopt(_ transformers: [StoredTransformer]) throws

  /// What the model reads from outside when it emits `intermediates`, each with a digest of its content. None by default: for models whose
  /// specification and transformers are all they need, or that refuse other inputs when they are restored.
  ///
  /// Asked before and after a run; it must be cheap when nothing changed.
  func inputs(of intermediates: Set<String>) throws -> [ModelInput]

  /// As `inputs(of:)`, for a run that is given the intermediates `available`. By default all that a run without them reads.
  func inputs(of intermediates: Set<String>, available: Set<String>) throws -> [ModelInput]

  /// Seconds that its runs have taken so far for what is done once, beside the stages: choosing kernels, comparing the bits of two ways. 0 by default.
  /// A store takes the difference that a run makes for a part of restoring the model, since it says nothing of what the next run takes.
  var preparingSeconds: Double { get }

  /// Runs the stages that `request` needs and hands the requested intermediates to `emit` as they are made.
  ///
  /// Maps may come in several pieces, rows ascending; a frame comes whole. A model that cannot run on some rows only may emit
  /// more rows than asked for: the row ids tell. Equal requests give equal bits.
  /// - Returns: what each stage that ran took.
  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement]
}

extension ExecutableModel {
  /// All bytes, needed or not.
  public func transformers(withoutBytesOf known: Set<String>) throws -> [StoredTransformer] { try transformers() }

  /// No promises: every logging computes everything.
  public func lineages() throws -> ModelLineages { .none }

  /// All its parts are there.
  public var untrained: Set<String> { [] }

  /// Nothing is taken.
  public func adopt(_ transformers: [StoredTransformer]) throws {}

  /// Nothing is done once.
  public var preparingSeconds: Double { 0 }

  /// No inputs: for a model whose specification and transformers are all it needs.
  public func inputs(of intermediates: Set<String>) throws -> [ModelInput] { [] }

  /// More than a run with `available` reads, perhaps: for a model that does not know better.
  public func inputs(of intermediates: Set<String>, available: Set<String>) throws -> [ModelInput] { try inputs(of: intermediates) }
}

/// One step of a model.
public struct Stage: Sendable, Codable, Equatable {
  /// What a person calls it; need not be unique.
  public let name: String
  /// Places of the stages whose outputs it reads.
  public let inputs: [Int]
  /// Names of the intermediates it emits, unique in the model.
  public let outputs: [String]
  /// Names of the intermediates that a re-run of the stage reads, once its trained parts are restored: a fitted stage needs nothing of what it was
  /// fitted on. `nil` when that is not known; a model with such a stage on the way is re-run from its input.
  public let reads: [String]?

  /// A stage that reads the outputs of the stages at `inputs`, which come before it.
  ///
  /// `reads` is what a re-run of it reads; a model that says so takes what a store has of it (``ExecutionRequest/available``).
  public init(name: String, inputs: [Int], outputs: [String], reads: [String]? = nil) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.reads = reads
  }
}

/// A trained part of a model, as bytes that only the model understands.
public struct StoredTransformer: Sendable {
  /// Unique among the transformers of its model.
  public let name: String
  /// What the model needs to restore the part; the store does not look into it.
  public let bytes: [UInt8]
  /// What it was trained by, where that is known: given to a model that is restored or adopts the part, and kept by it.
  public let lineage: Lineage?

  /// A trained part called `name`.
  public init(name: String, bytes: [UInt8], lineage: Lineage? = nil) {
    self.name = name
    self.bytes = bytes
    self.lineage = lineage
  }
}

/// Which rows a question is about.
public enum RowRequest: Sendable, Equatable {
  /// Every row.
  case all
  /// By `row_id`, in any order, without repetitions. Answers come in the intermediate's own order of rows.
  case ids([Int64])
}

/// What a run of a model is to emit.
public struct ExecutionRequest: Sendable {
  /// Names of the intermediates; the model runs the stages that these need, and emits nothing else.
  public let intermediates: Set<String>
  /// Which rows; a model that cannot run on some of them may emit more.
  public let rows: RowRequest
  /// Intermediates whose values need not be computed. The model takes them in place of its own wherever a stage that it runs reads them; none is
  /// ever given to a model whose stages do not say what they read.
  public let available: AvailableIntermediates
  /// Asked between pieces of work; the model then stops with `CancellationError`.
  public let isCancelled: @Sendable () -> Bool

  /// A request for `intermediates`.
  public init(
    intermediates: Set<String>, rows: RowRequest = .all, available: AvailableIntermediates = .none,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.intermediates = intermediates
    self.rows = rows
    self.available = available
    self.isCancelled = isCancelled
  }
}

/// What a stage took, and how its cost depends on the number of rows.
public struct StageMeasurement: Sendable, Codable, Equatable {
  /// The place of the stage in the model.
  public let stage: Int
  /// Wall-clock seconds, all its batches together.
  public let seconds: Double
  /// Batches it ran for, and the rows of one; `nil` for a stage that always works on the whole table.
  public let batches: Int?
  /// Rows per batch; `nil` as `batches`.
  public let rowsPerBatch: Int?

  /// A measurement of the stage at place `stage`.
  public init(stage: Int, seconds: Double, batches: Int? = nil, rowsPerBatch: Int? = nil) {
    self.stage = stage
    self.seconds = seconds
    self.batches = batches
    self.rowsPerBatch = rowsPerBatch
  }
}
