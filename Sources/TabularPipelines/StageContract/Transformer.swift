import Foundation
import Mistique

/// What a stage of a pipeline does, configured and not yet fitted.
///
/// `fit` learns from the inputs (a schema, a booster). The result can be applied to them, saved as bytes and restored, so that a stage is re-run
/// without learning again. A transformer is deterministic: equal inputs and parameters give equal bits.
protocol Transformer: Sendable {
  static var signature: TransformerSignature { get }

  /// What it promises of its bits; `nil`, the default, for a transformer that promises nothing, whose stages always run.
  static var bits: TransformerBits? { get }

  /// `parameters` hold every parameter that the signature declares.
  init(_ parameters: Parameters)

  func fit(_ inputs: [StageInput]) throws -> any FittedTransformer

  /// The fitted transformer whose `state` this is. Throws `FittedStateError` when the bytes are not such a state.
  func restore(_ state: [UInt8]) throws -> any FittedTransformer

  /// The columns that fitting on `inputs` leaves as they are although the user may have meant them. None unless a transformer says so.
  func notes(on inputs: [StageInput]) -> [ColumnNote]
}

extension Transformer {
  static var bits: TransformerBits? { nil }

  func notes(on inputs: [StageInput]) -> [ColumnNote] { [] }
}

/// A transformer that is ready to run.
protocol FittedTransformer: Sendable {
  /// One frame per output of the signature.
  ///
  /// Where the signature has `appliesToAnother`, the last input is transformed, and a restored transformer is given only that one.
  func apply(_ inputs: [StageInput]) throws -> [DataFrame]

  /// What `restore` needs; empty for transformers that learn nothing.
  var state: [UInt8] { get }

  /// What the user should know of how fitting ended. None unless a transformer says so.
  var notes: [ColumnNote] { get }

  /// As `apply`, with where the columns of the outputs came from. A column that is passed on unchanged need not be named.
  func applyTracing(_ inputs: [StageInput]) throws -> [TracedFrame]
}

extension FittedTransformer {
  var notes: [ColumnNote] { [] }

  func applyTracing(_ inputs: [StageInput]) throws -> [TracedFrame] { try apply(inputs).map { TracedFrame($0) } }
}

/// An output of a stage, with where its columns came from as far as the stage knows. A store then refers to the source columns instead of storing
/// the new ones.
struct TracedFrame: Sendable {
  struct Origin: Sendable {
    /// The place of the frame among the stage's inputs, and of the column in it.
    let input: Int
    let column: Int
    let operation: ColumnOperation

    init(input: Int, column: Int, operation: ColumnOperation) {
      self.input = input
      self.column = column
      self.operation = operation
    }
  }

  let frame: DataFrame
  /// By the number of the column in `frame`.
  let origins: [Int: Origin]

  init(_ frame: DataFrame, origins: [Int: Origin] = [:]) {
    self.frame = frame
    self.origins = origins
  }
}

/// A fitted transformer that predicts: what the `model` input of `Predict` takes.
protocol Predictor: FittedTransformer {
  /// Columns that `predict` reads, in the model's order.
  var featureNames: [String] { get }

  /// One value per row of `frame`. Throws `TransformerError` when a feature is not in the frame or is a text.
  func predict(_ frame: DataFrame) throws -> Column
}

/// What a stage is given for one of its inputs: the file, frame or model that the name stands for.
enum StageInput: Sendable {
  case file(URL)
  case frame(DataFrame)
  case model(any Predictor)
}

/// How a transformer is connected and configured.
struct TransformerSignature: Sendable {
  enum InputKind: String, Sendable {
    /// A file named under `inputs:` of the specification.
    case file = "an input file"
    /// An intermediate: a stage's name, or `stage_output` for a stage with several outputs.
    case frame = "an intermediate"
    /// A stage that trains a model.
    case model = "a training stage"
  }

  let name: String
  let inputs: [InputKind]
  /// Whether any number of inputs of the last kind may follow.
  let repeatsLastInput: Bool
  /// Whether a second frame may follow the only input: the stage is fitted on the first and emits the second, transformed.
  let appliesToAnother: Bool
  /// What each output appends to the stage's name; `[""]` for a single output, which has the stage's name.
  let outputs: [String]
  let parameters: [ParameterDeclaration]
  /// Whether the stage trains a `Predictor`, and the fitted transformer needs no inputs to be applied.
  let trainsModel: Bool

  init(
    _ name: String, inputs: [InputKind], following: Following = .nothing, outputs: [String] = [""], trainsModel: Bool = false,
    parameters: [ParameterDeclaration] = []
  ) {
    self.name = name
    self.inputs = inputs
    repeatsLastInput = following == .more
    appliesToAnother = following == .another
    self.outputs = outputs.map { $0.isEmpty ? "" : "_" + $0 }
    self.parameters = parameters
    self.trainsModel = trainsModel
  }

  /// What may come after `inputs`.
  enum Following {
    case nothing
    /// The last kind of input, any number of times.
    case more
    /// A frame that is transformed instead of the one that the stage is fitted on.
    case another
  }

  func inputKind(at index: Int) -> InputKind? {
    index < inputs.count ? inputs[index] : repeatsLastInput || (appliesToAnother && index == inputs.count) ? inputs.last : nil
  }

  /// How many inputs a stage may have, in words; `nil` when `count` is right.
  func expectedInputCount(insteadOf count: Int) -> String? {
    if repeatsLastInput { return count >= inputs.count ? nil : "\(inputs.count) or more" }
    if appliesToAnother { return (inputs.count...inputs.count + 1).contains(count) ? nil : "\(inputs.count) or \(inputs.count + 1)" }
    return count == inputs.count ? nil : "\(inputs.count)"
  }

  /// Places of the inputs that a stage with `count` of them needs to be applied, once it is fitted.
  func inputsToApply(_ count: Int) -> Range<Int> { trainsModel ? 0..<0 : appliesToAnother ? count - 1..<count : 0..<count }
}

extension [StageInput] {
  /// The frame that a stage with `appliesToAnother` transforms.
  var applied: DataFrame { last!.frame }
}

extension StageInput {
  /// The frame; the runner has checked the kinds against the signature.
  var frame: DataFrame {
    guard case .frame(let frame) = self else { preconditionFailure("the signature asks for a frame here") }
    return frame
  }

  var file: URL {
    guard case .file(let url) = self else { preconditionFailure("the signature asks for a file here") }
    return url
  }

  var model: any Predictor {
    guard case .model(let model) = self else { preconditionFailure("the signature asks for a model here") }
    return model
  }
}
