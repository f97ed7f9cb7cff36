import ExperimentKit
import Foundation
import Mistique
import TabularPipelines

/// Pipelines over the Zillow files: templates from YAML, each in its variants (paper section 5, TRAD).
struct PipelineWorkload {
  struct Size {
    let properties: Int
    let transactions: Int

    init(_ scale: ExperimentKit.Scale) {
      (properties, transactions) =
        switch scale {
        case .smoke: (2_000, 1_000)
        case .ci: (10_000, 4_000)
        case .small: (100_000, 30_000)
        case .paper: (2_985_217, 90_275)
        }
    }

    /// Rows of both tables.
    var records: Double { Double(properties + transactions) }
  }

  /// The pipelines whose logging is timed (figure 11a): boosted trees, trees with a linear model, a linear model.
  static let timedWhenLogged = ["P1_a", "P5_a", "P9_a"]

  let data: ZillowData
  let pipelines: [Pipeline]
  /// Properties in the tables.
  let properties: Int

  /// Says which part of real tables the scale takes.
  init(_ context: RunContext, settings: Settings) throws {
    if let sample = try settings.zillowSample(context.scale) { context.say("  Real Zillow tables: \(sample.description)") }
    try self.init(context.scale, seed: context.seed, settings)
  }

  init(_ scale: ExperimentKit.Scale, seed: UInt64, _ settings: Settings) throws {
    let sample = try settings.zillowSample(scale)
    properties = sample?.taken.properties ?? Size(scale).properties
    data = try Self.locate(scale, seed, settings, sample)
    pipelines = try Self.templates().flatMap { template in
      try template.variants.map { try Pipeline(template, variant: $0.name) }
    }
  }

  /// The sample of real tables, or generated ones where there is none.
  ///
  /// - Throws: `TableError` when a file of the sample has gone since: generated tables never stand in for real ones.
  static func locate(
    _ scale: ExperimentKit.Scale, _ seed: UInt64, _ settings: Settings, _ sample: ZillowSample?
  ) throws -> ZillowData {
    if let sample {
      guard let data = ZillowData.real(in: sample.directory) else {
        throw TableError(
          file: sample.directory, problem: "it does not hold all of \(ZillowFiles.names.joined(separator: ", ")) any more",
          remedy: "Bring back what is missing, or start again: a sample is then made anew.")
      }
      return data
    }
    let size = Size(scale)
    return try ZillowData.locate(
      dataDirectory: nil, cacheDirectory: settings.cacheDirectory,
      otherwise: ZillowGenerator(seed: seed, properties: size.properties, transactions: size.transactions))
  }

  /// Where the tables of a run come from, for its provenance.
  static func source(_ scale: ExperimentKit.Scale, _ seed: UInt64, _ settings: Settings) throws -> DataSource {
    let sample = try settings.zillowSample(scale)
    let data = try locate(scale, seed, settings, sample)
    if let sample, data.origin == .real { return .real("Zillow Prize tables, \(sample.description)", files: sample.files) }
    let size = Size(scale)
    return .generated(
      "Zillow tables of \(size.properties) properties and \(size.transactions) sales, seed \(seed)",
      files: ZillowFiles.names.map { data.directory.appendingPathComponent($0) })
  }

  private static func templates() throws -> [PipelineSpecification] {
    guard let folder = Bundle.module.url(forResource: "Pipelines", withExtension: nil) else {
      throw CocoaError(.fileNoSuchFile, userInfo: [NSLocalizedDescriptionKey: "The folder Pipelines is missing beside the executable."])
    }
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try files.filter { $0.pathExtension == "yaml" }
      .sorted { $0.lastPathComponent.localizedStandardCompare($1.lastPathComponent) == .orderedAscending }
      .map { try PipelineSpecification(contentsOf: $0) }
  }

  /// The pipelines with predictions as the learners give them. In the files they have four decimals, as the sales' log errors do.
  var unrounded: [Pipeline] { pipelines.map { $0.setting("decimals", to: .integer(-1)) } }

  /// The largest of the three files.
  var propertiesFile: URL { data.directory.appendingPathComponent(ZillowData.propertiesFile) }

  /// The pipeline of that name, a template's and a variant's: `P1_a`.
  /// - Throws: `UnknownPipeline` when there is none.
  func pipeline(_ name: String) throws -> Pipeline {
    guard let found = pipelines.first(where: { $0.name == name }) else { throw UnknownPipeline(name: name, known: pipelines.map(\.name)) }
    return found
  }

  func model(_ pipeline: Pipeline) -> PipelineModel { PipelineModel(pipeline, dataDirectory: data.directory) }

  static func identity(_ pipeline: Pipeline) -> ModelIdentity { ModelIdentity(project: pipeline.project, name: pipeline.name) }

  /// Lets `store` re-run the pipelines it holds.
  func register(in store: IntermediateStore) {
    let directory = data.directory
    store.register(kind: PipelineModel.kind) { try PipelineModel(restoring: $0, dataDirectory: directory) }
  }
}

/// A pipeline was asked for that no file in Pipelines describes.
struct UnknownPipeline: Error, CustomStringConvertible {
  let name: String
  let known: [String]

  var description: String { "There is no pipeline \(name). There are: \(known.joined(separator: ", "))." }
}
