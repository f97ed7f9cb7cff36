import Foundation
import Mistique

/// What a stage of a pipeline does, configured and not yet fitted.
///
/// `fit` learns what there is to learn from the inputs (a schema, a booster); the result can be applied to them, saved as bytes and restored,
/// so that a stage is re-run without learning again. A transformer is deterministic: equal inputs and parameters give equal bits.
public protocol Transformer: Sendable {
  static var signature: TransformerSignature { get }

  /// `parameters` hold every parameter that the signature declares.
  init(_ parameters: Parameters)

  func fit(_ inputs: [StageInput]) throws -> any FittedTransformer

  /// The fitted transformer whose `state` this is. Throws `FittedStateError` when the bytes are not such a state.
  func restore(_ state: [UInt8]) throws -> any FittedTransformer
}

/// A transformer that is ready to run.
public protocol FittedTransformer: Sendable {
  /// One frame for every output of the signature.
  func apply(_ inputs: [StageInput]) throws -> [DataFrame]

  /// What `restore` needs; empty for transformers that learn nothing.
  var state: [UInt8] { get }

  /// Columns that keep their name and change their values, although the signature's passage says that columns which keep their name are passed
  /// on. None by default.
  var changedColumns: Set<String> { get }
}

extension FittedTransformer {
  public var changedColumns: Set<String> { [] }
}

/// A fitted transformer that predicts: what the `model` input of `Predict` takes.
public protocol Predictor: FittedTransformer {
  /// Columns that `predict` reads, in the model's order.
  var featureNames: [String] { get }

  /// One value per row of `frame`. Throws `TransformerError` when a feature is missing or a text.
  func predict(_ frame: DataFrame) throws -> Column
}

/// What a stage is given: the file, frame or model that its input names.
public enum StageInput: Sendable {
  case file(URL)
  case frame(DataFrame)
  case model(any Predictor)
}

/// How a transformer is connected and configured, and what a store may assume about its outputs.
public struct TransformerSignature: Sendable {
  public enum InputKind: String, Sendable {
    /// A file named under `inputs:` of the specification.
    case file = "an input file"
    /// An intermediate: a stage's name, or `stage_output` for a stage with several outputs.
    case frame = "an intermediate"
    /// A stage that trains a model.
    case model = "a training stage"
  }

  /// What becomes of the columns of the input frames.
  public enum Passage: Sendable {
    /// All output columns are new.
    case none
    /// A column that keeps its name keeps its values and rows, but for the transformer's `changedColumns`: it is bit for bit the input's column.
    case sameRows
    /// A column that keeps its name keeps its values at every `row_id` that is left.
    case selectedRows
    /// As `selectedRows` for the first input's columns (`sameRows` when no row is dropped); the others may be rearranged.
    case firstInput
  }

  public let name: String
  public let inputs: [InputKind]
  /// Whether the last kind of input may come any number of times more.
  public let repeatsLastInput: Bool
  /// What is appended to the stage's name for each output; `[""]` for a single output, which has the stage's name.
  public let outputs: [String]
  public let parameters: [ParameterDeclaration]
  public let passage: Passage
  /// Whether the stage trains a `Predictor`, and the fitted transformer needs no inputs to be applied.
  public let trainsModel: Bool

  init(
    _ name: String, inputs: [InputKind], repeatsLastInput: Bool = false, outputs: [String] = [""], trainsModel: Bool = false,
    passage: Passage = .none, parameters: [ParameterDeclaration] = []
  ) {
    self.name = name
    self.inputs = inputs
    self.repeatsLastInput = repeatsLastInput
    self.outputs = outputs.map { $0.isEmpty ? "" : "_" + $0 }
    self.parameters = parameters
    self.passage = passage
    self.trainsModel = trainsModel
  }

  func inputKind(at index: Int) -> InputKind? { index < inputs.count ? inputs[index] : repeatsLastInput ? inputs.last : nil }
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
