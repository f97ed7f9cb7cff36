import Foundation

/// A concrete pipeline: a template with the parameters of one of its variants and every default that may ever change written out.
///
/// Its ``canonicalText`` is a specification that gives the same pipeline back, whatever becomes of the template or of the defaults.
public struct Pipeline: Sendable, Equatable {
  /// A stage that has all its parameters.
  public struct Stage: Sendable, Equatable {
    /// Unique in the pipeline.
    public let name: String
    /// The name of its transformer, as the table on the page Pipelines has it.
    public let transformer: String
    /// Names of input files, intermediates or training stages, in the order in which the transformer takes them.
    public let inputs: [String]
    let parameters: Parameters
    /// Names of the intermediates that it emits, in order.
    public let outputs: [String]
  }

  /// The model's name in keys: the template's, then `_` and the variant's.
  public let name: String
  /// The first part of keys.
  public let project: String
  /// The input files, in the order of the specification.
  public let inputs: [PipelineSpecification.Input]
  /// In the order in which they run.
  public private(set) var stages: [Stage]
  let registry: TransformerRegistry

  /// The names of the intermediates of all stages, in the order in which they are emitted.
  public var intermediateNames: [String] { stages.flatMap(\.outputs) }

  /// Whether both are the same pipeline: equal names, projects, files and stages.
  public static func == (a: Pipeline, b: Pipeline) -> Bool {
    a.name == b.name && a.project == b.project && a.inputs == b.inputs && a.stages == b.stages
  }

  /// `template` as it stands, or with the parameters of `variant`. Throws ``SpecificationError`` for a variant that the template does not have.
  public init(_ template: PipelineSpecification, variant: String? = nil) throws {
    try self.init(template, variant: variant, registry: .standard)
  }

  init(_ template: PipelineSpecification, variant: String? = nil, registry: TransformerRegistry) throws {
    var overrides: [String: [String: ParameterValue]] = [:]
    if let variant {
      guard let found = template.variants.first(where: { $0.name == variant }) else {
        let problem = SpecificationError.Problem.unknownVariant(variant, known: template.variants.map(\.name))
        throw SpecificationError(file: template.name, line: 1, key: "variants", problem: problem)
      }
      overrides = found.overrides
    }
    name = variant.map { "\(template.name)_\($0)" } ?? template.name
    project = template.project
    inputs = template.inputs
    self.registry = registry
    stages = template.stages.map { stage in
      let signature = registry[stage.transformer]!.signature
      let given = stage.parameters.merging(overrides[stage.name] ?? [:]) { $1 }
      return Stage(
        name: stage.name, transformer: stage.transformer, inputs: stage.inputs,
        parameters: Parameters(given, declarations: signature.parameters), outputs: signature.outputs.map { stage.name + $0 })
    }
    // What a store keeps is this form, which quotes every text: one that could not be read again is refused before anything runs.
    guard canonicalText.utf8.count <= SpecificationText.largestByteCount else {
      throw SpecificationError(file: template.name, line: 1, key: "", problem: .tooLarge)
    }
  }

  /// The same pipeline with `value` for the parameter `name` of every stage whose transformer has it.
  ///
  /// Trap: `value` is one that the parameter can have.
  package func setting(_ name: String, to value: ParameterValue) -> Pipeline {
    var changed = self
    changed.stages = stages.map { stage in
      let declarations = registry[stage.transformer]!.signature.parameters
      guard declarations.contains(where: { $0.name == name }) else { return stage }
      return Stage(
        name: stage.name, transformer: stage.transformer, inputs: stage.inputs,
        parameters: Parameters(stage.parameters.values.merging([name: value]) { $1 }, declarations: declarations), outputs: stage.outputs)
    }
    return changed
  }

  /// The pipeline whose ``canonicalText`` this is. Throws ``SpecificationError``, which calls the text `file`.
  public init(canonicalText: String, file: String = "stored pipeline") throws {
    try self.init(PipelineSpecification(parsing: canonicalText, file: file))
  }

  /// A specification in one fixed form: equal pipelines have equal texts.
  public var canonicalText: String {
    var lines = ["name: \(YAMLText.quoted(name))", "project: \(YAMLText.quoted(project))", "inputs:"]
    if inputs.isEmpty { lines[2] = "inputs: {}" }
    for input in inputs { lines.append("  \(YAMLText.quoted(input.name)): \(YAMLText.quoted(input.path))") }
    lines.append(stages.isEmpty ? "stages: []" : "stages:")
    for stage in stages {
      lines.append("  - name: \(YAMLText.quoted(stage.name))")
      lines.append("    transformer: \(YAMLText.quoted(stage.transformer))")
      lines.append("    inputs: [\(stage.inputs.map(YAMLText.quoted).joined(separator: ", "))]")
      let later = (registry[stage.transformer]?.signature.parameters ?? []).filter { !$0.isWrittenAtDefault }
      let values = stage.parameters.values.filter { name, value in !later.contains { $0.name == name && $0.defaultValue == value } }
      lines.append(values.isEmpty ? "    parameters: {}" : "    parameters:")
      for name in values.keys.sorted() { lines.append("      \(name): \(values[name]!.canonicalText)") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The intermediates that a stage reads once its state is restored, each once, in the order of its inputs.
  func framesToApply(_ stage: Stage) -> [String] {
    let signature = registry[stage.transformer]!.signature
    var seen: Set<String> = []
    return signature.inputsToApply(stage.inputs.count).filter { signature.inputKind(at: $0) == .frame }.map { stage.inputs[$0] }
      .filter { seen.insert($0).inserted }
  }

  /// The transformer of a stage, configured.
  func transformer(of stage: Stage) -> any Transformer { registry[stage.transformer]!.init(stage.parameters) }
}
