import Foundation
import Synchronization
import Testing

@testable import ExperimentKit

struct RunnerTests {
  let folder: TemporaryFolder
  let transcript = Transcript()
  let runner: Runner

  init() throws {
    folder = try TemporaryFolder()
    runner = Runner(results: ResultsFolder(root: folder.url), output: transcript.output)
  }

  private func names(in url: URL) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }

  @Test("A run leaves rows, provenance, claims and the four files of each figure, and nothing else")
  func files() throws {
    let report = try runner.run(Sample.experiment(figures: [Sample.figure]), Sample.options)
    #expect(report.exitStatus == 0)
    #expect(report.folder.path.hasSuffix("/runs/smoke/fig6-sample"))
    let figures = ["dat", "gp", "png", "svg"].map { "sample-storage.\($0)" }
    #expect(try names(in: report.folder) == (["claims.json", "provenance.json", "rows.csv"] + figures).sorted())
    #expect(try MeasurementTable(reading: report.folder.appendingPathComponent("rows.csv")) == Sample.table())
    #expect(transcript.text.contains("Expected: about 2 s, 1 MB of disk, 1 MB of memory."))
  }

  @Test("A run records its provenance in full")
  func provenance() throws {
    let input = try folder.write("abc", to: "input 🔬.csv")
    let experiment = Sample.experiment { context in
      try context.state(data: .real("three letters", files: [input]))
      try context.state(version: "1.2", of: "zstd")
      context.state(diskBytes: 70)
      context.state(diskBytes: 30)
      try context.record("storedBytes", 1, unit: "bytes", at: ["policy": "LP"])
    }
    var options = Sample.options
    options.seed = .max
    options.configuration = ["layers": "all"]
    options.sourceDirectory = folder.url
    _ = try runner.run(experiment, options)
    let file = runner.results.provenance(of: experiment.name, at: .smoke)
    let provenance = try AtomicFile.readJSON(Provenance.self, from: file)
    #expect(provenance.settings.seed == .max && provenance.settings.configuration == ["layers": "all"])
    #expect(provenance.data.files.map(\.name) == ["input 🔬.csv"])
    #expect(provenance.data.files.map(\.sha256) == ["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"])
    #expect(provenance.versions["zstd"] == "1.2" && provenance.versions["swift"] == "6.3.1")
    #expect(provenance.versions["gnuplot"]?.hasPrefix("gnuplot ") == true)
    #expect(provenance.usage.diskBytes == 70 && provenance.usage.peakMemoryBytes > 1_000_000)
    #expect(provenance.machine.cores > 0 && !provenance.machine.cpuModel.isEmpty)
    let text = try contents(of: file)
    #expect(text.contains("\"data\" : \"real\"") && text.contains("\"commit\" : null") && !text.lowercased().contains("unknown"))
    #expect(provenance.source.reason?.contains("git") == true, "a folder that is no checkout is said to be none")
    #expect(!text.contains(folder.url.path), "no path of this machine is recorded")
  }

  @Test("A run that is interrupted leaves the previous result alone and goes on where it stopped")
  func resume() throws {
    let first = try runner.run(Sample.experiment(), Sample.options)
    let before = try contents(of: first.folder.appendingPathComponent("provenance.json"))
    let executed = Counter()
    let fails = Counter()
    let experiment = Sample.experiment { context in
      try context.state(data: .generated("", files: []))
      for policy in ["STORE_ALL", "LP", "DEDUP"] {
        try context.checkpointed(policy) {
          if policy == "DEDUP", fails.next() == 1 { throw Boom() }
          executed.next()
          try context.record("storedBytes", policy == "DEDUP" ? 1 : 2, unit: "bytes", at: ["policy": policy])
          if policy == "STORE_ALL" { try Data("model".utf8).write(to: context.scratchDirectory.appendingPathComponent("model")) }
        }
      }
      #expect(try contents(of: context.scratchDirectory.appendingPathComponent("model")) == "model")
    }
    #expect(throws: Boom.self) { try runner.run(experiment, Sample.options) }
    #expect(try contents(of: first.folder.appendingPathComponent("provenance.json")) == before)

    let report = try runner.run(experiment, Sample.options)
    #expect(executed.value == 3, "two units in the first attempt, one in the second")
    #expect(report.provenance.usage.resumedUnits == 2)
    #expect(transcript.text.contains("2 finished units are taken over"))
    let rows = try MeasurementTable(reading: report.folder.appendingPathComponent("rows.csv"))
    #expect(rows.rows.map(\.coordinates) == [["STORE_ALL", "1"], ["LP", "1"], ["DEDUP", "1"]])
    #expect(try names(in: runner.results.root.appendingPathComponent("runs/smoke")) == [".fig6-sample.lock", "fig6-sample"])
  }

  @Test("A run of another configuration does not go on from an unfinished one, which is set aside and goes on when it is started again")
  func otherConfiguration() throws {
    let executed = Counter()
    let experiment = Sample.experiment { context in
      try context.state(data: .generated("", files: []))
      try context.checkpointed("one") {
        try context.record("storedBytes", executed.next(), unit: "bytes", at: ["policy": "LP"])
      }
      if executed.value == 1 { throw Boom() }
    }
    #expect(throws: Boom.self) { try runner.run(experiment, Sample.options) }
    var options = Sample.options
    options.seed += 1
    let report = try runner.run(experiment, options)
    #expect(executed.value == 2 && report.provenance.usage.resumedUnits == 0)
    #expect(transcript.text.contains("is set aside"))
    let partial = runner.results.partial(of: experiment.name, at: .smoke)
    #expect(FileManager.default.fileExists(atPath: partial.path + ".aside"))
    let first = try runner.run(experiment, Sample.options)
    #expect(executed.value == 2 && first.provenance.usage.resumedUnits == 1)
    #expect(!FileManager.default.fileExists(atPath: partial.path + ".aside"))
  }

  @Test("Several unfinished runs wait for each other, and none is lost whichever goes on first")
  func severalUnfinished() throws {
    let fails = Mutex(true)
    let measured = Counter()
    let experiment = Sample.experiment { context in
      try context.state(data: .generated("", files: []))
      try context.checkpointed("one") {
        try context.record("storedBytes", measured.next(), unit: "bytes", at: ["policy": "LP"])
      }
      if fails.withLock({ $0 }) { throw Boom() }
    }
    func options(_ seed: UInt64) -> RunOptions {
      var options = Sample.options
      options.seed = seed
      return options
    }
    for seed: UInt64 in [1, 2, 3] { #expect(throws: Boom.self) { try runner.run(experiment, options(seed)) } }
    // In between the first goes on, and is interrupted again.
    #expect(throws: Boom.self) { try runner.run(experiment, options(1)) }
    #expect(measured.value == 3)
    fails.withLock { $0 = false }
    for seed: UInt64 in [2, 1, 3] { #expect(try runner.run(experiment, options(seed)).provenance.usage.resumedUnits == 1) }
    #expect(measured.value == 3)
    let left = try FileManager.default.contentsOfDirectory(atPath: runner.results.root.path + "/runs/smoke")
    #expect(!left.contains { $0.contains("aside") || $0.contains("partial") }, "\(left)")
  }

  @Test("A run does not go on from units that were measured on other data")
  func otherData() throws {
    let input = try folder.write("abc", to: "input.csv")
    let attempts = Counter()
    let experiment = Sample.experiment { context in
      try context.state(data: .real("letters", files: [input]))
      try context.checkpointed("one") { try context.record("storedBytes", 1, unit: "bytes", at: ["policy": "LP"]) }
      if attempts.next() < 3 { throw Boom() }
    }
    #expect(throws: Boom.self) { try runner.run(experiment, Sample.options) }
    _ = try folder.write("abcd", to: "input.csv")
    let partial = runner.results.partial(of: experiment.name, at: .smoke)
    #expect {
      try runner.run(experiment, Sample.options)
    } throws: { error in
      let text = "\(error)"
      return text.contains("measured other data: real data: letters, input.csv ba7816bf8f01") && text.contains(partial.path)
    }
    // The earlier data go on, and so does a run whose units were removed as the error says.
    _ = try folder.write("abc", to: "input.csv")
    #expect(throws: Boom.self) { try runner.run(experiment, Sample.options) }
    _ = try folder.write("abcd", to: "input.csv")
    try FileManager.default.removeItem(at: partial)
    #expect(try runner.run(experiment, Sample.options).provenance.data.files[0].bytes == 4)
  }

  @Test("Data that change while they are measured end the run; what was finished on the earlier ones is kept")
  func changingData() throws {
    let input = try folder.write("abc", to: "input.csv")
    let attempts = Counter()
    let folder = folder
    let experiment = Sample.experiment { context in
      try context.state(data: .real("letters", files: [input]))
      let isFirst = attempts.next() == 1
      for (place, key) in ["one", "two"].enumerated() {
        try context.checkpointed(key) {
          if isFirst, place == 1 { _ = try folder.write("abcd", to: "input.csv") }
          try context.record("storedBytes", place, unit: "bytes", at: ["policy": key])
        }
      }
    }
    #expect { try runner.run(experiment, Sample.options) } throws: { "\($0)".contains("The data changed while they were measured") }
    _ = try folder.write("abc", to: "input.csv")
    #expect(try runner.run(experiment, Sample.options).provenance.usage.resumedUnits == 1)
    // A run that repeats another one measures its data, or nothing.
    var options = Sample.options
    options.data = try runner.run(experiment, Sample.options).provenance.data
    _ = try folder.write("xyz", to: "input.csv")
    #expect { try runner.run(experiment, options) } throws: { "\($0)".contains("Nothing was run") }
    #expect(try MeasurementTable(reading: runner.results.rows(of: experiment.name, at: .smoke)).rows.count == 2)
  }

  @Test("An unfinished run is not refused for the disk that it holds itself")
  func diskOfItsOwn() throws {
    let attempts = Counter()
    let experiment = Sample.experiment { context in
      try context.state(data: .generated("seeded", files: []))
      let store = context.scratchDirectory.appendingPathComponent("stores/store")
      try FileManager.default.createDirectory(at: store.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(repeating: 1, count: 1_100_000).write(to: store)
      if attempts.next() == 1 { throw Boom() }
      try context.record("storedBytes", 1, unit: "bytes", at: ["policy": "LP"])
    }
    #expect(throws: Boom.self) { try runner.run(experiment, Sample.options) }
    let full = Runner(results: runner.results, renderer: FigureRenderer(), output: .silent) { _ in
      Resources(freeDiskBytes: 10, physicalMemoryBytes: 1 << 40)
    }
    #expect(throws: ResourceError.self) { try full.run(Sample.experiment(name: "fig9-other"), Sample.options) }
    _ = try full.run(experiment, Sample.options)
  }

  @Test("A run that was set aside does not go on from units that were measured on other data")
  func otherDataAside() throws {
    let input = try folder.write("abc", to: "input.csv")
    let experiment = Sample.experiment { context in
      try context.state(data: .real("letters", files: [input]))
      try context.checkpointed("one") { try context.record("storedBytes", 1, unit: "bytes", at: ["policy": "LP"]) }
      throw Boom()
    }
    var other = Sample.options
    other.seed += 1
    for options in [Sample.options, other] { #expect(throws: Boom.self) { try runner.run(experiment, options) } }
    _ = try folder.write("abcd", to: "input.csv")
    #expect { try runner.run(experiment, Sample.options) } throws: { "\($0)".contains("measured other data: real data: letters") }
    _ = try folder.write("abc", to: "input.csv")
    #expect(throws: Boom.self) { try runner.run(experiment, Sample.options) }
  }

  @Test("A run does not go on from what is in its scratch folder, when that was made of other data before any unit had finished")
  func otherDataWithoutUnits() throws {
    let input = try folder.write("abc", to: "input.csv")
    let attempts = Counter()
    let experiment = Sample.experiment { context in
      try context.state(data: .real("letters", files: [input]))
      let store = context.scratchDirectory.appendingPathComponent("store")
      if !FileManager.default.fileExists(atPath: store.path) { try FileManager.default.copyItem(at: input, to: store) }
      if attempts.next() == 1 { throw Boom() }
      try context.record("storedBytes", try Data(contentsOf: store).count, unit: "bytes", at: ["policy": "LP"])
    }
    #expect(throws: Boom.self) { try runner.run(experiment, Sample.options) }
    _ = try folder.write("abcd", to: "input.csv")
    #expect { try runner.run(experiment, Sample.options) } throws: { "\($0)".contains("measured other data") }
    _ = try folder.write("abc", to: "input.csv")
    _ = try runner.run(experiment, Sample.options)
    let rows = try MeasurementTable(reading: runner.results.rows(of: experiment.name, at: .smoke))
    #expect(rows.rows.map(\.value.double) == [3])
  }

  @Test("What an unfinished run needs goes only once the run is in its place, by the next look at it where a crash came between")
  func crashAtTheEnd() throws {
    let report = try runner.run(Sample.experiment(), Sample.options)
    let files = try names(in: report.folder)
    let left = [ResultsFolder.journal(in: report.folder), ResultsFolder.scratch(in: report.folder)]
    for file in left { try Data().write(to: file) }
    _ = try runner.redraw(Sample.experiment(), at: .smoke)
    #expect(try names(in: report.folder) == files)
  }

  @Test("A run survives a journal whose last line was cut off or damaged", arguments: [1, 40])
  func damagedJournal(cut: Int) throws {
    let attempts = Counter()
    let executed = Counter()
    let experiment = Sample.experiment { context in
      try context.state(data: .generated("", files: []))
      for policy in ["A", "B"] {
        try context.checkpointed(policy) {
          executed.next()
          try context.record("storedBytes", 1, unit: "bytes", at: ["policy": policy])
        }
      }
      if attempts.next() == 1 { throw Boom() }
    }
    #expect(throws: Boom.self) { try runner.run(experiment, Sample.options) }
    let journal = runner.results.partial(of: experiment.name, at: .smoke).appendingPathComponent("journal")
    try Data(contentsOf: journal).dropLast(cut).write(to: journal)
    let report = try runner.run(experiment, Sample.options)
    #expect(executed.value == 3 && report.provenance.usage.resumedUnits == 1)
    #expect(transcript.text.contains("cut off"))
  }

  @Test("A run finds the previous result again when a crash cut its replacement in two")
  func recovery() throws {
    let report = try runner.run(Sample.experiment(), Sample.options)
    let aside = report.folder.deletingLastPathComponent().appendingPathComponent(".fig6-sample.previous")
    try FileManager.default.moveItem(at: report.folder, to: aside)
    _ = try runner.redraw(Sample.experiment(), at: .smoke)
    #expect(FileManager.default.fileExists(atPath: report.folder.path) && !FileManager.default.fileExists(atPath: aside.path))
  }

  @Test("A run refuses a second process at the same result")
  func locking() throws {
    let lock = try runner.results.lock("fig6-sample", at: .smoke)
    #expect { try runner.run(Sample.experiment(), Sample.options) } throws: { "\($0)".contains("Another process is running") }
    withExtendedLifetime(lock) {}
  }

  @Test("A run that does not fit is refused with what it lacks, unless forced")
  func resources() throws {
    let small = Runner(results: runner.results, renderer: FigureRenderer(), output: transcript.output) { _ in
      Resources(freeDiskBytes: 999_999, physicalMemoryBytes: 10)
    }
    #expect {
      try small.run(Sample.experiment(), Sample.options)
    } throws: { error in
      "\(error)".contains("needs 1 MB of disk where 1 MB are free and 1 MB of memory where the machine has 10 B")
    }
    var options = Sample.options
    options.force = true
    #expect(try small.run(Sample.experiment(), options).exitStatus == 0)
    #expect(transcript.text.contains("Forced, although:"))
    #expect(throws: ExperimentError.noCost("fig6-sample", .paper, stated: [.smoke, .small])) {
      try runner.run(Sample.experiment(), RunOptions(scale: .paper))
    }
    let here = try Resources.available(for: folder.url.appendingPathComponent("not/yet/there"))
    #expect(here.freeDiskBytes > 0 && here.physicalMemoryBytes > 100_000_000)
  }

  @Test("A run that states no data, records nothing, nests or repeats a unit is an error")
  func misuse() throws {
    #expect(throws: RunError.noRows("fig6-sample")) { try runner.run(Sample.experiment { _ in }, Sample.options) }
    #expect(throws: RunError.noData("fig6-sample")) {
      try runner.run(Sample.experiment { try $0.record("m", 1, unit: "1", at: ["policy": "LP"]) }, Sample.options)
    }
    #expect(throws: RunError.nestedUnit("b", inside: "a")) {
      try runner.run(Sample.experiment { context in try context.checkpointed("a") { try context.checkpointed("b") {} } }, Sample.options)
    }
    #expect(throws: RunError.repeatedUnit("a")) {
      try runner.run(
        Sample.experiment { context in
          try context.checkpointed("a") {}
          try context.checkpointed("a") {}
        }, Sample.options)
    }
    #expect(throws: RunError.statedInsideUnit("data", unit: "c")) {
      try runner.run(
        Sample.experiment { context in try context.checkpointed("c") { try context.state(data: .generated("", files: [])) } },
        Sample.options)
    }
  }

  @Test("A run keeps its rows when a figure cannot be drawn, and says so")
  func brokenFigure() throws {
    let broken = Figure("broken") { table in throw try MeasurementError.absent("m", at: "x", present: table.metrics) }
    let report = try runner.run(Sample.experiment(figures: [broken, Sample.figure]), Sample.options)
    #expect(report.exitStatus == 1 && report.figureFailures.count == 1 && report.pictures.count == 2)
    #expect(transcript.text.contains("NOT DRAWN: broken"))
  }

  @Test("A run is redrawn from its rows and provenance alone")
  func redraw() throws {
    let runs = Counter()
    let experiment = Sample.experiment(figures: [Sample.figure]) { context in
      runs.next()
      try Sample.measure(context)
    }
    let report = try runner.run(experiment, Sample.options)
    for picture in report.pictures { try FileManager.default.removeItem(at: picture) }
    let rows = try contents(of: report.folder.appendingPathComponent("rows.csv"))
    let pictures = try runner.redraw(experiment, at: .smoke).pictures
    #expect(runs.value == 1)
    #expect(pictures.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
    #expect(try contents(of: report.folder.appendingPathComponent("rows.csv")) == rows)
    #expect { try runner.redraw(Sample.experiment(name: "fig9-none"), at: .smoke) } throws: { "\($0)".contains("run the experiment first") }
  }
}
