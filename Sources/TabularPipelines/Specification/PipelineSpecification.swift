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

  /// As above, from a file.
  public init(contentsOf url: URL, registry: TransformerRegistry = .standard) throws {
    let text: String
    do { text = try String(contentsOf: url, encoding: .utf8) } catch {
      throw SpecificationError(file: url.path, line: 1, key: "", problem: .unreadable)
    }
    try self.init(parsing: text, file: url.path, registry: registry)
  }

  init(name: String, project: String, inputs: [Input], stages: [Stage], variants: [Variant]) {
    self.name = name
    self.project = project
    self.inputs = inputs
    self.stages = stages
    self.variants = variants
  }
}
