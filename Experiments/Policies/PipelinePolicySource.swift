import ExperimentKit
import Foundation
import Mistique
import TabularPipelines

/// A pipeline's YAML with its variants, or as it stands when it has none. Its files are looked for in the folder of data and then beside the YAML. Logging
/// is compared with running, which fits every stage.
struct PipelinePolicySource: PolicySource {
  let models: [LoggedModel]
  let data: DataSource
  let baseline = "running the pipeline"

  init(_ own: OwnModel, _ settings: Settings) throws {
    let template = try PipelineSpecification(contentsOf: own.url)
    let variants: [String?] = template.variants.isEmpty ? [nil] : template.variants.map(\.name)
    let pipelines = try variants.map { try Pipeline(template, variant: $0) }
    let folder = try Self.folder(of: template, own, settings)
    models = pipelines.map { pipeline in
      LoggedModel(identity: ModelIdentity(project: pipeline.project, name: pipeline.name)) {
        PipelineModel(pipeline, dataDirectory: folder)
      }
    }
    let count = pipelines.count == 1 ? "" : ", \(pipelines.count) variants"
    data = .real(
      "pipeline \(own.url.lastPathComponent)\(count)", files: [own.url] + template.inputs.map { folder.appendingPathComponent($0.path) })
  }

  /// The first of the folder of data and the YAML's own that has all of the pipeline's files.
  static func folder(of template: PipelineSpecification, _ own: OwnModel, _ settings: Settings) throws -> URL {
    let paths = template.inputs.map(\.path)
    let folders = [settings.dataDirectory, own.url.deletingLastPathComponent()].compactMap { $0 }
    let found = folders.first { folder in
      paths.allSatisfy { FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path) }
    }
    guard let found else {
      throw OwnModelError(
        own.url.path,
        "its files \(paths.joined(separator: ", ")) are not all in one of \(folders.map(\.path).joined(separator: " and "))",
        remedy: "Put them beside the YAML, or name their folder with --data or MISTIQUE_DATA")
    }
    return found
  }
}
