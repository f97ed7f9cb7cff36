import ArgumentParser
import Foundation
import Mistique
import TabularPipelines

struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Runs a pipeline and stores what every stage emits.",
    discussion: """
      The model is named project.name, as the pipeline says, followed by _variant for a variant. A stored model is never overwritten: delete it, or log \
      under another --name. Ctrl-C leaves the models in the store as they were.

        mistique log bike-sharing.yaml --data folder --store Store
        mistique log bike-sharing.yaml --data folder --store Store --variant deep
        mistique log bike-sharing.yaml --data folder --store Store --all-variants

      The first logs the pipeline without a variant. --variant may be given several times.

      Policies: dedup (the default) stores equal data once. store-all stores everything, even what is already there. none stores only what was trained, \
      so every query is a re-run. adaptive begins like none and stores an intermediate, or the asked columns of it, once its queries \
      make it worth --gamma. budget does so as long as the whole store takes no more than --budget, and gives up what saves least for what saves more.

        mistique log bike-sharing.yaml --data folder --store Store --policy adaptive --gamma 0.5s/KB
        mistique log bike-sharing.yaml --data folder --store Store --budget 5GB

      With dedup, what the store has already is not computed again: a stage runs only if its code, its parameters, its inputs' content or a stage \
      before it differ from all that were logged. --no-reuse runs everything. --verify-reuse runs everything too, compares the bits with what is \
      stored, and fails without storing anything where they differ.

      For each intermediate it prints the rows, the columns, the bytes of the values, the bytes of those that were new to the store, before \
      compression, and whether it was run, read for a stage that ran, or reused, and from which model.
      """)

  enum Policy: String, CaseIterable, ExpressibleByArgument {
    case dedup
    case storeAll = "store-all"
    case adaptive
    case budget
    case none
  }

  @Argument(help: ArgumentHelp("The pipeline, a YAML file.", valueName: "pipeline.yaml"))
  var file: String

  @Option(help: ArgumentHelp("The folder with the input files.", valueName: "folder"))
  var data: String

  @Option(help: ArgumentHelp("The folder of the store; created if it does not exist.", valueName: "folder"))
  var store: String

  @Option(name: .customLong("variant"), help: ArgumentHelp("A variant of the pipeline.", valueName: "name"))
  var variants: [String] = []

  @Flag(help: "Log all variants of the pipeline.")
  var allVariants = false

  @Option(name: .customLong("policy"), help: "What to store: dedup when it is left out, or what --gamma or --budget go with.")
  var givenPolicy: Policy?

  @Option(
    help: ArgumentHelp(
      "With adaptive: what an intermediate must save to be stored, a number and s/GB, s/MB or s/KB; s/GB when it is left out.",
      valueName: "gamma"))
  var gamma: String?

  @Option(help: ArgumentHelp("With budget: what the store may take, a number and KB, MB, GB or TB.", valueName: "bytes"))
  var budget: String?

  private var policy: Policy { givenPolicy ?? (gamma != nil ? .adaptive : budget != nil ? .budget : .dedup) }

  @Flag(help: "Run every stage, also those whose outputs the store has.")
  var noReuse = false

  @Flag(help: "Run every stage, and compare with what would have been reused.")
  var verifyReuse = false

  @Option(help: ArgumentHelp("The project in keys, instead of the pipeline's.", valueName: "name"))
  var project: String?

  @Option(help: ArgumentHelp("The model in keys, instead of the pipeline's name.", valueName: "name"))
  var name: String?

  @OptionGroup var waiting: WaitOption

  func validate() throws {
    if allVariants, !variants.isEmpty { throw ValidationError("Give --variant or --all-variants, not both.") }
    if let twice = variants.first(where: { variant in variants.filter { $0 == variant }.count > 1 }) {
      throw ValidationError("--variant \(twice) is given twice. Name each variant once.")
    }
    guard (policy == .adaptive) == (gamma != nil) else {
      throw ValidationError(
        "--gamma goes with --policy adaptive, which requires it. The paper uses 0.5s/KB; 0 stores whatever is slower to re-run than to read."
      )
    }
    guard (policy == .budget) == (budget != nil) else {
      throw ValidationError("--budget goes with --policy budget, which requires it, as in --budget 5GB.")
    }
    if noReuse, verifyReuse { throw ValidationError("Give --no-reuse or --verify-reuse, not both.") }
    if verifyReuse, policy != .dedup {
      throw ValidationError("--verify-reuse goes with --policy dedup: under other policies nothing is reused.")
    }
    do { _ = try storagePolicy } catch let error as StoreError {
      throw ValidationError("--\(policy == .budget ? "budget" : "gamma"): \(error.what). \(error.remedy)")
    }
    for (option, value) in [("--project", project), ("--name", name)] {
      guard let value, !PipelineSpecification.isName(value) else { continue }
      throw ValidationError("\(option) '\(value)' is not a name; use letters, digits, _ and -, beginning with a letter.")
    }
  }

  func run() throws {
    PassiveWaiting.begin()
    let template = try PipelineSpecification(contentsOf: URL(fileURLWithPath: file))
    let folder = try DataFolder.url(data)
    let pipelines = try chosen(template).map { try (identity: identity(template, $0), pipeline: Pipeline(template, variant: $0)) }
    // Whatever can be known to fail is checked before a store is made or a stage runs.
    for check in pipelines.flatMap({ $0.pipeline.checkInputs(in: folder) }) { _ = try check.columns.get() }
    let opened = try openStore()
    let present = Set(try opened.models().map(\.identity))
    if let known = pipelines.first(where: { present.contains($0.identity) }) {
      throw StoreError(
        .alreadyLogged, "a model of that name is in the store, so nothing was run", at: "\(known.identity)",
        remedy: "Log under another --name or --project, or free the name: mistique delete \(store) \(known.identity)")
    }
    Interruption.install()
    var noted = Set<StageNote>()
    for (identity, pipeline) in pipelines {
      // Variants share stages, and a note is about a stage, so it is printed once.
      for note in try log(pipeline, as: identity, folder, in: opened) where noted.insert(note).inserted { Output.note("note: \(note)") }
    }
    try opened.close()
  }

  private var storagePolicy: StoragePolicy {
    get throws {
      var chosen: StoragePolicy
      switch policy {
      case .dedup: chosen = .dedup
      case .storeAll: chosen = .storeAll
      case .adaptive: chosen = try .adaptive(gamma: GammaThreshold(gamma!).secondsPerGB)
      case .budget: chosen = try .budget(bytes: StorageBudget(budget!).bytes)
      case .none: chosen = .none
      }
      chosen.reuses = !noReuse
      chosen.verifiesReuse = verifyReuse
      return chosen
    }
  }

  private func chosen(_ template: PipelineSpecification) throws -> [String?] {
    guard allVariants else { return variants.isEmpty ? [nil] : variants }
    guard !template.variants.isEmpty else {
      throw ValidationError("\(file) has no variants. Omit --all-variants to log the pipeline itself.")
    }
    return template.variants.map(\.name)
  }

  private func identity(_ template: PipelineSpecification, _ variant: String?) -> ModelIdentity {
    ModelIdentity(project: project ?? template.project, name: (name ?? template.name) + (variant.map { "_\($0)" } ?? ""))
  }

  private func openStore() throws -> IntermediateStore {
    try NewStore.check(store, option: "--store")
    return try IntermediateStore(at: URL(fileURLWithPath: store, isDirectory: true), options: waiting.options)
  }

  /// Returns the notes of the stages.
  private func log(_ pipeline: Pipeline, as identity: ModelIdentity, _ folder: URL, in opened: IntermediateStore) throws -> [StageNote] {
    let total = pipeline.intermediateNames.count
    Output.progress("\(identity): \(pipeline.stages.first?.name ?? "nothing to do")")
    let pipelineModel = PipelineModel(pipeline, dataDirectory: folder)
    let model = ReportedModel(pipelineModel) { name, place, count in
      let reused = count < total ? ", \(total - count) reused" : ""
      Output.progress("\(identity): \(name), \(place) of \(count)\(reused)")
    }
    let report: LoggingReport
    do {
      defer { Output.endProgress() }
      report = try opened.logIntermediates(of: model, as: identity, policy: try storagePolicy) { Interruption.isRequested }
    } catch is CancellationError {
      Output.note("Stopped: \(identity) was not logged, and the store is as it was before.")
      throw Interruption.exitCode
    }
    let made = MadeIntermediates(report)
    let lines = try opened.intermediates(of: identity).map { intermediate in
      [
        intermediate.name, Output.grouped(intermediate.rows), Output.grouped(intermediate.columns),
        Output.grouped(intermediate.logicalBytes),
        intermediate.isStored ? Output.grouped(intermediate.newBytes) : "not stored", made.cell(of: intermediate.name),
      ]
    }
    print("\(identity): \(report.intermediates) intermediates in \(Output.seconds(report.seconds)), policy \(try storagePolicy)")
    print(Output.table([["intermediate", "rows", "columns", "bytes", "new bytes", "made by"]] + lines, numeric: [1, 2, 3, 4]))
    print("  \(made.summary)")
    for line in made.warnings { Output.note("note: \(line)") }
    print(
      "  on disk: \(Output.grouped(report.storedBytes)) bytes in \(report.partitions) partitions, of which the trained transformers take "
        + "\(Output.grouped(report.transformerBytes))")
    return pipelineModel.notes
  }
}

/// A pipeline that reports each intermediate as it is emitted.
private final class ReportedModel: ExecutableModel {
  static let kind = PipelineModel.kind
  private let model: PipelineModel
  private let report: Report

  /// Called with each intermediate, its place among those that run, and how many these are.
  typealias Report = @Sendable (_ intermediate: String, _ place: Int, _ count: Int) -> Void

  init(_ model: PipelineModel, report: @escaping Report) {
    self.model = model
    self.report = report
  }

  var specification: String { model.specification }
  var stages: [Stage] { model.stages }
  func transformers() throws -> [StoredTransformer] { model.transformers() }
  func inputs(of intermediates: Set<String>) throws -> [ModelInput] { try model.inputs(of: intermediates) }
  func inputs(of intermediates: Set<String>, available: Set<String>) throws -> [ModelInput] {
    try model.inputs(of: intermediates, available: available)
  }
  func lineages() throws -> ModelLineages { model.lineages() }
  var untrained: Set<String> { model.untrained }
  func adopt(_ transformers: [StoredTransformer]) throws { model.adopt(transformers) }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    var place = 0
    return try model.execute(request) { name, rows in
      place += 1
      report(name, place, request.intermediates.count)
      try emit(name, rows)
    }
  }
}
