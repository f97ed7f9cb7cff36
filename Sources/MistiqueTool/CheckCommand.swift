import ArgumentParser
import Foundation
import TabularPipelines

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Reads a pipeline and prints what it does, without running it.",
    discussion: """
      Lists the stages with their inputs and outputs, and the models that the variants give. With --data it also checks that the input files exist and \
      have the required columns; it looks only at their first records. The exit status is 1 when something is wrong, and every error names a file, a \
      line and what to do. What may be a mistake, such as a header that looks like data, is a warning.

        mistique check bike-sharing.yaml
        mistique check bike-sharing.yaml --data ~/Downloads/bike-sharing
      """)

  @Argument(help: ArgumentHelp("The pipeline, a YAML file.", valueName: "pipeline.yaml"), transform: GivenPath.checked)
  var file: String

  @Option(help: ArgumentHelp("The folder with the input files.", valueName: "folder"), transform: GivenPath.checked)
  var data: String?

  func run() throws {
    let template = try PipelineSpecification(contentsOf: URL(fileURLWithPath: file))
    let standing = try Pipeline(template)
    print("\(file): pipeline \(template.name) of project \(template.project)\n")
    print(Output.table([["stage", "transformer", "inputs", "outputs"]] + standing.stages.map(Self.cells)))
    print("\nmodels")
    var models = [["\(template.project).\(template.name)", "as it stands"]]
    for variant in template.variants { models.append([try Pipeline(template, variant: variant.name).key, Self.words(variant)]) }
    print(Output.table(models))
    print("\nQuery them as \(models.last![0]).<output>.<column>, with * for all columns.")
    guard let data else { return }
    try checkFiles(template, in: try DataFolder.url(data))
  }

  private static func cells(_ stage: Pipeline.Stage) -> [String] {
    [stage.name, stage.transformer, stage.inputs.joined(separator: ", "), stage.outputs.joined(separator: ", ")]
  }

  private static func words(_ variant: PipelineSpecification.Variant) -> String {
    let changes = variant.overrides.sorted { $0.key < $1.key }.flatMap { stage, parameters in
      parameters.sorted { $0.key < $1.key }.map { "\(stage).\($0.key) = \($0.value.canonicalText)" }
    }
    return "variant \(variant.name): " + (changes.isEmpty ? "nothing changed" : changes.joined(separator: ", "))
  }

  /// Checks the template and every variant, since a variant may require other columns.
  private func checkFiles(_ template: PipelineSpecification, in folder: URL) throws {
    var headers: [[String]] = []
    var problems: [String] = []
    var warnings: [String] = []
    for variant in [nil] + template.variants.map({ Optional($0.name) }) {
      for check in try Pipeline(template, variant: variant).checkInputs(in: folder) {
        for warning in check.warnings where !warnings.contains(warning) { warnings.append(warning) }
        switch check.columns {
        case .success(let columns):
          let row = ["\(check.input.path), read by \(check.stage)", "\(columns.count) columns: \(columns.joined(separator: ", "))"]
          if !headers.contains(row) { headers.append(row) }
        case .failure(let error):
          let problem = "\(error)"
          if !problems.contains(problem) { problems.append(problem) }
        }
      }
    }
    print("\nfiles in \(data!)")
    if !headers.isEmpty { print(Output.table(headers)) }
    for warning in warnings { Output.note("Warning: \(warning)") }
    for problem in problems { Output.note("Error: \(problem)") }
    if !problems.isEmpty { throw ExitCode.failure }
  }
}

extension Pipeline {
  var key: String { "\(project).\(name)" }
}

struct TransformersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transformers", abstract: "Lists the transformers that a pipeline can use, with their parameters.",
    discussion: """
      The output is the Markdown table of the documentation.

        mistique transformers > table.md
      """)

  func run() throws { print(TransformerRegistry.standard.markdownTable, terminator: "") }
}
