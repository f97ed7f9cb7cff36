import ArgumentParser
import ConvolutionalNetworks
import Foundation
import Mistique
import TabularPipelines

struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Runs a pipeline or a network and stores what every stage or layer emits.",
    discussion: """
      The model is named project.name, as the pipeline says, followed by _variant for a variant. A stored model is never overwritten: delete it, or log \
      under another --name. Ctrl-C leaves the models in the store as they were.

        mistique log bike-sharing.yaml --data folder --store Store
        mistique log bike-sharing.yaml --data folder --store Store --variant deep
        mistique log bike-sharing.yaml --data folder --store Store --all-variants

      The first logs the pipeline without a variant. --variant may be given several times.

      A network is a YAML file with layers, and needs its weights and its input:

        mistique log network.yaml --weights model.safetensors --images images.npy --store Store

      The weights are a safetensors file with PyTorch's names, which each layer's module says, or with names such as layer1.weights. The images are a .npy \
      file with one row per example, of the shape that the network's input has, in float32, float16 or uint8; or the folder of CIFAR-10 (binary \
      version). The project is networks unless --project names another. The store keeps the weights, and a hash of the images. The normalised \
      images are the intermediate layer0, stored like any layer. To re-run the network later, give the same --images.

      Policies: dedup (the default) stores equal data once. store-all stores everything, even what is already there. none stores only what was trained, \
      so every query is a re-run. adaptive begins like none and stores an intermediate, or the asked columns of it, once its queries \
      make it worth --gamma. budget does so as long as the whole store takes no more than --budget, and gives up what saves least for what saves more.

        mistique log bike-sharing.yaml --data folder --store Store --policy adaptive --gamma 0.5s/KB
        mistique log bike-sharing.yaml --data folder --store Store --budget 5GB

      --scheme stores values pooled, quantized, or in two rungs: a base within a bound and what makes it exact, which can be read, and given back by mistique \
      demote, each by itself.

        mistique log network.yaml --weights model.safetensors --images images.npy --store Store --scheme 'ladder(0.2rms)'

      A network's dense layers and logits are small compared with its maps. + exact(1024) stores layers of at most 1,024 columns unquantized:

        mistique log network.yaml --weights model.safetensors --images images.npy --store Store --scheme 'bound(0.2rms) + exact(1024)'

      With dedup, what the store has already is not computed again: a stage need not run if its code, its parameters, its inputs' content and the stages \
      before it are those of a stage that was logged. It still runs where that is faster than reading what a later stage needs. --no-reuse runs everything. --verify-reuse runs everything too, compares the bits with what is \
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

  @Argument(help: ArgumentHelp("The pipeline or the network, a YAML file.", valueName: "model.yaml"), transform: GivenPath.checked)
  var file: String

  @Option(help: ArgumentHelp("Of a pipeline: the folder with the input files.", valueName: "folder"), transform: GivenPath.checked)
  var data: String?

  @Option(help: ArgumentHelp("Of a network: its weights, a safetensors file.", valueName: "file"), transform: GivenPath.checked)
  var weights: String?

  @Option(
    help: ArgumentHelp("Of a network: its input, a .npy file, or the folder of CIFAR-10 (binary version).", valueName: "file or folder"),
    transform: GivenPath.checked)
  var images: String?

  @Option(
    help: ArgumentHelp("Of a network on images in a .npy file of CIFAR-10's form: their classes, a .npy file.", valueName: "file"),
    transform: GivenPath.checked)
  var labels: String?

  @Option(help: ArgumentHelp("Of a network: how many of the images, from the first; all when omitted.", valueName: "number"))
  var limit: Int?

  @Option(help: ArgumentHelp("The folder of the store; created if it does not exist.", valueName: "folder"), transform: GivenPath.checked)
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

  @OptionGroup var form: SchemeOption

  @Flag(help: "Run every stage, also those whose outputs the store has.")
  var noReuse = false

  @Flag(help: "Run every stage, and compare with what would have been reused.")
  var verifyReuse = false

  @Option(help: ArgumentHelp("The project in keys, instead of the pipeline's.", valueName: "name"))
  var project: String?

  @Option(help: ArgumentHelp("The model in keys, instead of the pipeline's name.", valueName: "name"))
  var name: String?

  @OptionGroup var waiting: WaitOption

  /// Whether options say that it is a network.
  private var isNetwork: Bool { weights != nil || images != nil || labels != nil || limit != nil }

  func validate() throws {
    try validateKind()
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
      throw ValidationError("--verify-reuse goes with --policy dedup: under other policies no intermediate is reused.")
    }
    do { _ = try storagePolicy } catch let error as StoreError {
      throw ValidationError("--\(policy == .budget ? "budget" : "gamma"): \(error.what). \(error.remedy)")
    }
    for (option, value) in [("--project", project), ("--name", name)] {
      guard let value, !PipelineSpecification.isName(value) else { continue }
      throw ValidationError("\(option) '\(value)' is not a name; use letters, digits, _ and -, beginning with a letter.")
    }
  }

  private func validateKind() throws {
    guard isNetwork else {
      guard data != nil else {
        throw ValidationError("Give --data with a pipeline's input files, or --weights and --images for a network.")
      }
      return
    }
    guard data == nil, !allVariants, variants.isEmpty else {
      throw ValidationError(
        "--data and variants belong to pipelines, --weights, --images, --labels and --limit to networks. Give one kind.")
    }
    guard weights != nil, images != nil else {
      throw ValidationError("A network needs both: --weights with its weights and --images with its input.")
    }
    guard limit ?? 1 > 0 else { throw ValidationError("--limit \(limit!): give a number of 1 or more.") }
    for (option, path) in [("--weights", weights), ("--images", images), ("--labels", labels)] {
      guard let path, !FileManager.default.fileExists(atPath: path) else { continue }
      throw ValidationError("\(option): there is no '\(path)'.")
    }
  }

  func run() throws {
    guard !isNetwork else { return try runNetwork() }
    PassiveWaiting.begin()
    let template = try PipelineSpecification(contentsOf: URL(fileURLWithPath: file))
    let folder = try DataFolder.url(data!)
    let pipelines = try chosen(template).map { try (identity: identity(template, $0), pipeline: Pipeline(template, variant: $0)) }
    // Whatever can be known to fail is checked before a store is made or a stage runs.
    var warned: Set<String> = []
    for check in pipelines.flatMap({ $0.pipeline.checkInputs(in: folder) }) {
      for warning in check.warnings where warned.insert(warning).inserted { Output.note("Warning: \(warning)") }
      _ = try check.columns.get()
    }
    let opened = try openStore()
    try refuse(pipelines.map(\.identity), in: opened)
    Interruption.install()
    var noted = Set<StageNote>()
    for (place, (identity, pipeline)) in pipelines.enumerated() {
      let model = PipelineModel(pipeline, dataDirectory: folder)
      try log(model, as: identity, stages: model.stages, after: pipelines[..<place].map(\.identity), in: opened)
      // Variants share stages, and a note is about a stage, so it is printed once.
      for note in model.notes where noted.insert(note).inserted { Output.note("note: \(note)") }
    }
    try opened.close()
  }

  private func runNetwork() throws {
    PassiveWaiting.begin()
    let network = try NetworkDescription(contentsOf: URL(fileURLWithPath: file))
    let identity = ModelIdentity(project: project ?? "networks", name: name ?? network.name)
    guard PipelineSpecification.isName(identity.name) else {
      throw ValidationError(
        "\(file): the network's name '\(network.name)' cannot be in keys; give --name with letters, digits, _ and -, beginning with a letter."
      )
    }
    let (checkpoint, unused) = try Checkpoint.reading(URL(fileURLWithPath: weights!), for: network)
    let files = ImageFiles(images: URL(fileURLWithPath: images!), labels: labels.map { URL(fileURLWithPath: $0) })
    let input = try NetworkInput(files, for: network, first: limit)
    if let labels, input.imagesIfAny == nil {
      throw ValidationError(
        "--labels \(labels): \(images!) is an array of values, with which no classes are stored. Leave it out, and give it when you ask, as to mistique confusion."
      )
    }
    let model = try NetworkModel(network, checkpoint: checkpoint, input: input)
    let opened = try openStore()
    try refuse([identity], in: opened)
    Interruption.install()
    if !unused.isEmpty {
      let more = unused.count > 5 ? " and \(unused.count - 5) more" : ""
      Output.note("note: no layer reads these tensors of \(weights!): \(unused.prefix(5).joined(separator: ", "))\(more)")
    }
    try log(model, as: identity, stages: model.stages, in: opened)
    try opened.close()
  }

  private static func stopped(_ identity: ModelIdentity, after logged: [ModelIdentity]) -> String {
    guard !logged.isEmpty else { return "Stopped: \(identity) was not logged, and the store is as it was before." }
    return
      "Stopped: \(identity) was not logged. \(logged.map(\.description).joined(separator: ", ")) were logged before and stay; --variant logs the others."
  }

  private func refuse(_ identities: [ModelIdentity], in opened: IntermediateStore) throws {
    let present = Set(try opened.models().map(\.identity))
    guard let known = identities.first(where: present.contains) else { return }
    throw StoreError(
      .alreadyLogged, "a model of that name is in the store, so nothing was run", at: "\(known)",
      remedy: "Log under another --name or --project, or free the name: mistique delete \(store) \(known)")
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
      chosen = try form.applied(to: chosen)
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

  /// - Parameter earlier: what this command has logged before.
  private func log(
    _ logged: some ExecutableModel, as identity: ModelIdentity, stages: [Stage], after earlier: [ModelIdentity] = [],
    in opened: IntermediateStore
  ) throws {
    let total = stages.reduce(0) { $0 + $1.outputs.count }
    Output.progress("\(identity): \(stages.first?.name ?? "nothing to do")")
    let model = ReportedModel(logged) { name, place, count in
      let reused = count < total ? ", \(total - count) reused" : ""
      Output.progress("\(identity): \(name), \(place) of \(count)\(reused)")
    }
    let report: LoggingReport
    do {
      defer { Output.endProgress() }
      report = try opened.logIntermediates(of: model, as: identity, policy: try storagePolicy) { Interruption.isRequested }
    } catch is CancellationError {
      Output.note(Self.stopped(identity, after: earlier))
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
    for line in report.warnings { Output.note("Warning: \(line)") }
    print(
      "  on disk: \(Output.grouped(report.storedBytes)) bytes in \(report.partitions) partitions, of which the trained transformers take "
        + "\(Output.grouped(report.transformerBytes))")
  }
}
