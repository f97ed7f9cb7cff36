import Foundation

/// A pipeline template: named input files, stages in the order in which they run, and variants that change parameters.
///
///     name: P1
///     project: zillow
///     inputs:
///       train: train_2016_v2.csv
///     stages:
///       - name: read_train
///         transformer: ReadCSV
///         inputs: [train]
///         parameters: {schema: zillow}
///     variants:
///       a: {}
///       b: {read_train: {schema: inferred}}
///
/// At most 1 MiB of UTF-8 without anchors, aliases and further documents.
///
/// Names are letters, digits, `_` and `-`, and begin with a letter: they become parts of `project.model.intermediate.column`. The inputs of a stage
/// are files or earlier stages; a stage with several outputs calls them `stage_output`. Source: the paper's YAML pipelines (section 2).
public struct PipelineSpecification: Sendable, Equatable {
  /// A file that stages may read.
  public struct Input: Sendable, Equatable {
    /// What stages call the file.
    public let name: String
    /// Where it is inside the data directory: a relative path without `..`.
    public let path: String
  }

  /// A stage as the file has it, without the defaults of its parameters.
  public struct Stage: Sendable, Equatable {
    /// Unique among inputs, stages and what stages emit.
    public let name: String
    /// The name of its transformer, as the table on the page Pipelines has it.
    public let transformer: String
    /// Names of input files, intermediates or training stages, in the order in which the transformer takes them.
    public let inputs: [String]
    /// The parameters that the file gives, by name.
    public let parameters: [String: ParameterValue]
  }

  /// Other values for parameters of some stages: one model more.
  public struct Variant: Sendable, Equatable {
    /// Unique among the variants; the model is called after the pipeline and this.
    public let name: String
    /// The parameters it changes, by stage and name.
    public let overrides: [String: [String: ParameterValue]]
  }

  /// The model's name in keys; for a variant, `_` and its name follow.
  public let name: String
  /// The first part of keys.
  public let project: String
  /// The input files, in the order of the specification.
  public let inputs: [Input]
  /// In the order in which they run; each takes inputs and earlier stages only.
  public let stages: [Stage]
  /// In the order of the specification; none when the pipeline is one model.
  public let variants: [Variant]

  /// The specification in `text`, checked against what the transformers take.
  ///
  /// Throws ``SpecificationError`` for the first mistake in it, and calls the text `file`. Complexity: O(bytes), at most 1 MiB.
  public init(parsing text: String, file: String) throws { try self.init(parsing: text, file: file, registry: .standard) }

  init(parsing text: String, file: String, registry: TransformerRegistry) throws {
    var parser = SpecificationParser(file: file, registry: registry)
    self = try parser.parse(text)
  }

  /// As ``init(parsing:file:)``, from a file. Errors name it as the URL does: a relative path stays relative.
  public init(contentsOf url: URL) throws {
    try self.init(parsing: SpecificationText.contents(of: url), file: url.relativePath)
  }

  /// Whether `text` may name a project, a pipeline, an input, a stage or a variant.
  public static func isName(_ text: String) -> Bool { SpecificationNode.isName(text) }

  init(name: String, project: String, inputs: [Input], stages: [Stage], variants: [Variant]) {
    self.name = name
    self.project = project
    self.inputs = inputs
    self.stages = stages
    self.variants = variants
  }
}
