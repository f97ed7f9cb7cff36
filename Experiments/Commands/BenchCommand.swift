import ArgumentParser
import ExperimentKit
import Foundation

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures the store itself: logging, reading, directories, pipelines; with --peers beside array stores and compressors.",
    discussion: """
      Prints medians and ratios as a table, and keeps them as every run's rows are kept: <results>/runs/bench holds rows.csv, with the columns \
      bench,repetition,metric,unit,value, and provenance.json, whatever the scale; one part alone is kept in <results>/runs/bench-<part>. Ctrl-C keeps the \
      parts that are done, and the same command goes on from there. The arrays are the \
      layers of the trained CIFAR10_CNN, but for dropout and flatten, for the images that the scale logs (small: 2,000); CIFAR10_VGG16 is run and logged on 1,000 images. The networks \
      are trained first unless that was done before.

      The part pipelines reads and re-runs the Zillow tables beside pandas, XGBoost and scikit-learn where a Python has them: --peers, MISTIQUE_PYTHON, \
      the one that make bench-peers makes, or python3.

        experiments bench --scale smoke
        experiments bench --part pipelines --repetitions 3
        experiments bench --peers .build-peers/bin/python
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: "How often a timed measurement is repeated.")
  var repetitions = 5

  @Option(
    help: ArgumentHelp(
      "Compare with other array stores and compressors, run by this Python: see make bench-peers. With --part pipelines: the Python with pandas.",
      valueName: "python"))
  var peers: String?

  @Option(help: ArgumentHelp("Only write the arrays as .npy files there.", valueName: "dir"))
  var dump: String?

  @Option(
    help: """
      Only this part: storage (CIFAR10_CNN's layers), reads (each layer of both networks under 8BIT beside full precision), tables (generated ones of \
      up to 2,000 columns), point (single values through the engine), network (CIFAR10_VGG16 beside PyTorch, and logging it), pipelines (the Zillow pipelines beside pandas, logging and storing them) or reuse (logging \
      what shares stages and layers).
      """)
  var part: Part?

  enum Part: String, CaseIterable, ExpressibleByArgument { case storage, reads, tables, point, network, pipelines, reuse }

  func validate() throws {
    guard repetitions > 0 else { throw ValidationError("--repetitions is \(repetitions); give at least 1.") }
    if let part, peers != nil, part != .pipelines {
      throw ValidationError("--peers goes with --part pipelines, or with no part; \(part.rawValue) has no peers that are chosen.")
    }
  }

  func run() throws {
    Interruption.install()
    let settings = try common.settings()
    if let dump {
      let folder = URL(fileURLWithPath: dump, isDirectory: true)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for array in try LayerArray.layers(of: try workload(.cnn, settings)) { try array.writeNumPy(to: folder) }
      return
    }
    let python = try python()
    let name = storePeers != nil ? "bench-peers" : part.map { "bench-\($0.rawValue)" } ?? "bench"
    let bench = Experiment(
      .init(name: name, title: "The store itself, measured", source: "ours"),
      parameters: [BenchReport.parameter], costs: Self.costs, outcome: .init()
    ) { [self] context in
      try context.state(data: try source(settings))
      for (library, version) in try versions(python) { try context.state(version: version, of: library) }
      let units: [(name: String, body: (URL, BenchReport) throws -> Void)] =
        if let storePeers {
          [
            ("peers", { try comparePeers(storePeers, settings, $0, $1) }),
            ("compressors", { try compareCompressors(storePeers, settings, $0, $1) }),
          ]
        } else {
          Part.allCases.filter { part == nil || part == $0 }.map { part in (part.rawValue, { try measure(part, settings, $0, $1) }) }
        }
      var failures: [String] = []
      for unit in units {
        // What an interrupted part left is of no use: it is measured again.
        let scratch = context.scratchDirectory.appendingPathComponent("bench", isDirectory: true)
        if FileManager.default.fileExists(atPath: scratch.path) { try FileManager.default.removeItem(at: scratch) }
        do {
          try context.checkpointed(unit.name) {
            try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
            let report = BenchReport()
            try unit.body(scratch, report)
            try report.record(in: context)
          }
        } catch let failure as BenchFailure {
          failures.append(failure.what)
        }
      }
      guard failures.isEmpty else {
        context.say(BenchReport.table(of: context.measurements))
        throw BenchFailure(
          what: "\(failures.joined(separator: "; ")). The other parts are kept: the same command measures only these again.")
      }
    }
    let runner = Runner(results: ResultsFolder(root: common.folder.root, isByScale: false), output: .standardError)
    var options = try common.runOptions()
    options.repetitions = repetitions
    options.configuration["part"] = part?.rawValue ?? "all"
    // An interrupted bench does not go on beside another Python.
    options.configuration["python"] = python?.path ?? "none"
    let rows = try runner.run(bench, options).folder.appendingPathComponent("rows.csv")
    print(BenchReport.table(of: try MeasurementTable(reading: rows)) + "\n\(rows.path)")
  }

  /// Upper bounds, training apart.
  private static let costs: [ExperimentKit.Scale: Cost] = [
    .smoke: Cost(seconds: 120, diskBytes: 500_000_000, memoryBytes: 1_000_000_000),
    .ci: Cost(seconds: 600, diskBytes: 2_000_000_000, memoryBytes: 3_000_000_000),
    .small: Cost(seconds: 1_800, diskBytes: 6_000_000_000, memoryBytes: 6_000_000_000),
    .paper: Cost(seconds: 20_000, diskBytes: 20_000_000_000, memoryBytes: 24_000_000_000),
  ]

  private func measure(_ part: Part, _ settings: Settings, _ scratch: URL, _ report: BenchReport) throws {
    switch part {
    case .storage: try measureStorage(settings, scratch, report)
    case .reads: try measureReads(settings, scratch, report)
    case .tables: try TablesBench(scratch: scratch, repetitions: repetitions, report: report).run()
    case .point: try measurePoint(settings, scratch, report)
    case .network: try measureNetwork(settings, scratch, report)
    case .pipelines: try measurePipelines(settings, scratch, report)
    case .reuse: try measureReuse(settings, scratch, report)
    }
  }

  /// The Python with the array stores to compare with, if that is what is asked for: with a part, --peers names the one with pandas.
  private var storePeers: String? { part == nil ? peers : nil }

  /// The Python that ours is measured beside; nil where there is none.
  private func python() throws -> URL? {
    if let storePeers { return URL(fileURLWithPath: storePeers) }
    return part == nil || part == .pipelines ? try PandasPeer.python(option: peers) : part == .network ? try TorchPeer.python() : nil
  }

  /// Of what ours is measured beside.
  private func versions(_ python: URL?) throws -> [String: String] {
    guard let python else { return [:] }
    var names = ["numpy", "pandas", "xgboost", "scikit-learn", "pyarrow", "torch"]
    if storePeers != nil { names += ["h5py", "hdf5plugin", "zarr", "numcodecs", "tensorstore", "pcodec", "pysz", "zfpy"] }
    var versions = try PythonWorker.versions(of: names, in: python)
    if part == nil, peers == nil, let torch = try TorchPeer.python() {
      versions.merge(try PythonWorker.versions(of: ["torch"], in: torch)) { $1 }
    }
    return versions
  }

  /// The data of the parts that are measured.
  private func source(_ settings: Settings) throws -> DataSource {
    let isOfPeers = storePeers != nil
    var sources: [DataSource] = []
    if isOfPeers || part != .tables && part != .pipelines {
      let usesBoth = !isOfPeers && (part == nil || part == .reads || part == .network || part == .reuse)
      let scale = part == .reads || part == .network || part == .reuse ? min(common.scale, .ci) : common.scale
      sources.append(try ImageWorkload.source(scale, Self.seed, settings, networks: usesBoth ? ImageWorkload.Network.allCases : [.cnn]))
    }
    if !isOfPeers, part == nil || part == .storage || part == .point || part == .pipelines || part == .reuse {
      sources.append(try PipelineWorkload.source(common.scale, Self.seed, settings))
    }
    if !isOfPeers, part == nil || part == .tables { sources.append(.generated("tables of random numbers", files: [])) }
    return .combining(sources)
  }

  private static let seed: UInt64 = 2018

  private func workload(_ network: ImageWorkload.Network, at scale: Scale? = nil, _ settings: Settings) throws -> ImageWorkload {
    try ImageWorkload(network, scale ?? common.scale, seed: Self.seed, settings) { ProgressReporter(label: $0, total: $1, unit: $2) }
  }

  private func measureStorage(_ settings: Settings, _ scratch: URL, _ report: BenchReport) throws {
    let arrays = try LayerArray.layers(of: try workload(.cnn, settings))
    let storage = StorageBench(arrays: arrays, scratch: scratch, repetitions: repetitions, report: report)
    let network = try storage.run()
    try FramesBench(storage: storage, report: report).run()
    try SchemesBench(storage: storage, report: report).run()
    try BoundBench(storage: storage, report: report).run()
    try LadderBench(storage: storage, report: report).run()
    let pipelines = try PipelineWorkload(common.scale, seed: Self.seed, settings)
    let columns = try PipelinesBench(workload: pipelines, scratch: scratch, repetitions: repetitions, report: report).columnsRatio()
    try CatalogBench(report: report, ratios: (network, columns)).run()
  }

  private func measureReads(_ settings: Settings, _ scratch: URL, _ report: BenchReport) throws {
    for network in ImageWorkload.Network.allCases {
      // Times depend on the weights through the zeros among activations only.
      var workload = try workload(network, at: min(common.scale, .ci), settings)
      if common.scale >= .small { workload = workload.first(2_000) }
      try LayerReadsBench(workload: workload, scratch: scratch, repetitions: repetitions, report: report).run()
    }
  }

  private func measurePoint(_ settings: Settings, _ scratch: URL, _ report: BenchReport) throws {
    let bench = PointBench(
      images: try workload(.cnn, settings), pipelines: try PipelineWorkload(common.scale, seed: Self.seed, settings), scratch: scratch,
      repetitions: repetitions, report: report)
    try bench.run()
  }

  private func measureNetwork(_ settings: Settings, _ scratch: URL, _ report: BenchReport) throws {
    // Times depend on the weights through the zeros among activations only: minutes of training are enough for that.
    let workload = try workload(.vgg16, at: min(common.scale, .ci), settings)
    try NetworkBench(workload: workload, scratch: scratch, repetitions: repetitions, report: report).run()
    let arrays = try LayerArray.layers(of: workload, atMost: 200)
    let storage = StorageBench(arrays: arrays, scratch: scratch, repetitions: repetitions, report: report)
    try VGG16Bench(storage: storage).run()
  }

  private func measurePipelines(_ settings: Settings, _ scratch: URL, _ report: BenchReport) throws {
    let workload = try PipelineWorkload(common.scale, seed: Self.seed, settings)
    if let pandas = try PandasPeer(data: workload.data.directory, option: peers) {
      try CSVBench(file: workload.propertiesFile, pandas: pandas, repetitions: repetitions, report: report).run()
      try PipelineRerunBench(workload: workload, pandas: pandas, scratch: scratch, repetitions: repetitions, report: report).run()
    } else {
      report.say(
        "No Python with pandas was found (make bench-peers makes one): csv_read_vs_pandas and pipeline_rerun_vs_python are not measured")
    }
    try PipelinesBench(workload: workload, scratch: scratch, repetitions: repetitions, report: report).run()
  }

  private func measureReuse(_ settings: Settings, _ scratch: URL, _ report: BenchReport) throws {
    let networks = try ImageWorkload.Network.allCases.map { try workload($0, at: min(common.scale, .ci), settings).repeated() }
    let tables = try PipelineWorkload(common.scale, seed: Self.seed, settings)
    try ReuseBench(tables: tables, networks: networks, scratch: scratch, repetitions: repetitions, report: report).run()
  }

  private func comparePeers(_ python: String, _ settings: Settings, _ scratch: URL, _ report: BenchReport) throws {
    let (storage, folder) = try dumped(settings, scratch, report)
    let others = try ArrayStorePeers(
      python: URL(fileURLWithPath: python), arrays: folder, work: scratch.appendingPathComponent("peers"))
    try PeersBench(storage: storage, others: others, report: report, repetitions: repetitions).run()
  }

  private func compareCompressors(_ python: String, _ settings: Settings, _ scratch: URL, _ report: BenchReport) throws {
    let (storage, folder) = try dumped(settings, scratch, report)
    let others = try CompressorPeers(python: URL(fileURLWithPath: python), arrays: folder)
    try CompressorsBench(storage: storage, others: others, report: report, repetitions: repetitions).run()
  }

  /// The layers of CIFAR10_CNN, in memory and as `.npy` files in a folder.
  private func dumped(_ settings: Settings, _ scratch: URL, _ report: BenchReport) throws -> (StorageBench, URL) {
    let arrays = try LayerArray.layers(of: try workload(.cnn, settings))
    let folder = scratch.appendingPathComponent("arrays", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for array in arrays { try array.writeNumPy(to: folder) }
    return (StorageBench(arrays: arrays, scratch: scratch, repetitions: repetitions, report: report), folder)
  }
}
