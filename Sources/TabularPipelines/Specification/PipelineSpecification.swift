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
/// Names are letters, digits, `_` and `-`, beginning with a letter: they become parts of `project.model.intermediate.column`. A stage names as its
/// inputs files or earlier stages; an output of a stage with several is `stage_output`. Source: the paper's YAML pipelines (section 2).
public struct PipelineSpecification: Sendable, Equatable {
  public struct Input: Sendable, Equatable {
    public let name: String
    /// A path inside the data directory.
    public let path: String
  }

  public struct Stage: Sendable, Equatable {
    public let name: String
    public let transformer: String
    public let inputs: [String]
    public let parameters: [String: ParameterValue]
  }

  public struct Variant: Sendable, Equatable {
    public let name: String
    /// Parameters by stage.
    public let overrides: [String: [String: ParameterValue]]
  }

  public let name: String
  public let project: String
  public let inputs: [Input]
  public let stages: [Stage]
  public let variants: [Variant]

  /// The specification in `text`, checked against the signatures in `registry`. Throws `SpecificationError`; `file` only serves its text.
  public init(parsing text: String, file: String, registry: TransformerRegistry = .standard) throws {
    var parser = SpecificationParser(file: file, registry: registry)
    self = try parser.parse(text)
  }

  /// As above, from a file, which errors name as the URL does: a relative one stays relative.
  public init(contentsOf url: URL, registry: TransformerRegistry = .standard) throws {
    try self.init(parsing: SpecificationText.contents(of: url), file: url.relativePath, registry: registry)
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
