import Foundation
import TestSupport
import Testing

@testable import experiments

/// submit and gather, with programs that stand in for Slurm's.
@Suite(.serialized) struct SubmitTests {
  private let program = ExperimentsProgram()
  private let cluster: StandInCluster
  private static let submit = ["submit", "fig14", "vizml", "--scale", "smoke", "--repetitions", "1"]

  init() throws { cluster = try StandInCluster() }

  private func run(_ words: [String]) throws -> Command.Result {
    try Command([ExperimentsProgram.path] + words, in: program.folder.url, environment: cluster.environment).finish()
  }

  private func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: program.folder.url.appendingPathComponent(path).path)
  }

  private static let whole = ["fig14", "vizml", "fig5a", "--scale", "smoke", "--repetitions", "1"]

  /// A language whose decimals have commas. Made here, because a Debian without its package has none, and falls back on English in silence; empty where
  /// there is nothing to make it of.
  private func german() throws -> [String: String] {
    let sources = "/usr/share/i18n/locales/de_DE"
    guard FileManager.default.fileExists(atPath: sources) else { return [:] }
    let folder = program.folder.url.appendingPathComponent("locales")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // Its warnings are status 1.
    _ = try Command.run(["localedef", "-i", "de_DE", "-f", "UTF-8", folder.path + "/de_DE.UTF-8"])
    let environment = ["LOCPATH": folder.path, "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"]
    let says = try Command(["locale", "-k", "decimal_point"], environment: environment).finish()
    #expect(says.output.contains("decimal_point=\",\""), "\(says)")
    return environment
  }

  @Test("Tasks write rows, the last job puts them together and reports; the rows are a local run's, in another time zone and language too")
  func whole() throws {
    let submitted = try run(["submit"] + Self.whole + ["--partition", "batch", "--sbatch=--exclusive"])
    #expect(submitted.status == 0, "\(submitted.errors)")
    #expect(cluster.text("failures").isEmpty)
    #expect(cluster.text("arguments").contains("--dependency=afterok:"))
    let names = ["fig14-column-compression", "use-vizml", "fig5a-zillow-queries"]
    for name in names {
      #expect(exists("Results/runs/smoke/\(name)/rows.csv") && exists("Results/runs/smoke/\(name)/\(name).png"))
    }
    let report = try String(contentsOf: program.folder.url.appendingPathComponent("Results/slurm/smoke/logs/gather.log"), encoding: .utf8)
    #expect(report.contains("Results at scale smoke"))

    // The same here: in another time zone, in a language whose decimals have commas, in a folder that is awkward to write down.
    let folder = program.folder.url.appendingPathComponent("Läuf mit Leer")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let local = try Command(
      [ExperimentsProgram.path, "run"] + Self.whole, in: folder,
      environment: ["MISTIQUE_DATA": "", "TZ": "Asia/Kolkata"].merging(try german()) { $1 }
    ).finish()
    #expect(local.status == 0, "\(local.errors)")
    for name in names {
      let (there, here) = (
        program.folder.url.appendingPathComponent("Results/runs/smoke/\(name)"), folder.appendingPathComponent("Results/runs/smoke/\(name)")
      )
      let rows = try ExactRows.of(there)
      #expect(try rows.count > 5 && rows == ExactRows.of(here), "\(name)")
      // Claims about times are not judged at this scale.
      #expect(try ExactRows.claims(there) == ExactRows.claims(here))
      let plans = try ExactRows.plans(there, here)
      #expect(plans.different.isEmpty && (plans.compared > 0 || name != "fig5a-zillow-queries"), "\(plans)")
    }
  }

  @Test("What is missing is named with its log, and the same command submits only that; other settings and running jobs are refused")
  func goingOn() throws {
    try cluster.write("stage measure", to: "fails")
    let refused = try run(Self.submit)
    #expect(refused.status == 1 && refused.errors.contains("invalid partition specified: none"), "\(refused.errors)")
    #expect(refused.errors.split(separator: "\n").count == 1 && refused.errors.contains("scancel 101"), "\(refused.errors)")
    let missing = try run(["gather", "--scale", "smoke"])
    #expect(missing.status == 1 && missing.errors.contains("not begun") && missing.errors.contains("use-vizml"), "\(missing.errors)")

    try cluster.write("1 2\n101\n", to: "queued")
    let queued = try run(Self.submit)
    #expect(queued.status == 1 && queued.errors.contains("queued or running: 101"), "\(queued.errors)")
    try cluster.remove("queued")
    let other = try run(Self.submit + ["--seed", "7"])
    #expect(other.status == 1 && other.errors.contains("another seed (2018, now 7)") && other.errors.contains("--fresh"), "\(other.errors)")

    try cluster.remove("fails")
    let one = try run(["submit", "fig14", "--scale", "smoke", "--repetitions", "1"])
    #expect(one.status == 0 && one.output.contains("1 task,"), "\(one.errors)")
    #expect(exists("Results/runs/smoke/fig14-column-compression/rows.csv"))
    #expect(!exists("Results/slurm/smoke/gathered"), "what was submitted before is not forgotten")
    let still = try run(["gather", "--scale", "smoke"])
    #expect(still.status == 1 && still.errors.contains("use-vizml") && !still.errors.contains("fig14"), "\(still.errors)")
    let rest = try run(Self.submit)
    #expect(rest.status == 0 && rest.output.contains("1 of 2 tasks are measured already"), "\(rest.output)\(rest.errors)")
    #expect(exists("Results/slurm/smoke/gathered") && exists("Results/runs/smoke/use-vizml/rows.csv"))
    let again = try run(Self.submit)
    #expect(again.status == 0 && !again.output.contains("measured already"), "after that everything begins anew: \(again.errors)")
  }

  @Test("What the page Cluster says of scale paper is what the tasks are stated as, and every preparation is of experiments that are there")
  func page() throws {
    let dry = try run(["submit", "all", "--scale", "paper", "--dry-run"])
    #expect(dry.status == 0, "\(dry.errors)")
    let line = try #require(dry.output.split(separator: "\n").first { $0.contains("stated as") })
    let words = try #require(line.firstMatch(of: /^(\d+ tasks), stated as (\S+ h) in all, the longest (\S+ h)\.$/))
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("Sources/Mistique/Mistique.docc/Cluster.md"), encoding: .utf8)
    #expect(page.contains("\(words.1). They are stated as \(words.2) in all, the longest \(words.3)."), "\(line)")
    #expect(!exists("Results"), "a dry run writes nothing")

    let settings = try Settings(option: nil, environment: [:])
    let names = Set(try Catalogue.laboratory(settings).experiments.map(\.name))
    for preparation in Preparations.all(settings) {
      #expect(!preparation.neededBy.isEmpty && preparation.neededBy.isSubset(of: names), "\(preparation.name)")
    }
  }

  @Test("Without Slurm, with wrong options and before a submission there is one clear error")
  func errors() throws {
    let none = try Command(
      [ExperimentsProgram.path] + Self.submit, in: program.folder.url, environment: ["PATH": "/nonexistent", "MISTIQUE_DATA": ""]
    )
    .finish()
    #expect(none.status == 1 && none.errors.split(separator: "\n").count == 1, "\(none.errors)")
    let before = try run(["gather", "--scale", "ci"])
    #expect(before.status == 1 && before.errors.contains("Submit first"), "\(before.errors)")
    for words in [["--time-factor", "0"], ["--cpus", "0"], ["--sbatch=--array=1"], ["--sbatch", "nonsense"], ["--at-once", "0"]] {
      let result = try run(Self.submit + words)
      #expect(result.status != 0 && result.errors.contains(words[0].prefix { $0 != "=" }), "\(words): \(result.errors)")
    }
  }

  @Test(
    "A full disk and a folder that nobody may write to are one clear error each, and finished units stay",
    .enabled(if: SmallDisk.isPossible))
  func disks() throws {
    let disk = try SmallDisk(kilobytes: 200)
    let submit = Self.submit + ["--results", disk.url.path, "--force"]
    let full = try run(submit)
    #expect(full.status == 1 && full.errors.contains("The disk is full"), "\(full.errors)")
    #expect(full.errors.split(separator: "\n").count == 1, "\(full.errors)")
    let missing = try run(["gather", "--scale", "smoke", "--results", disk.url.path])
    #expect(missing.status == 1 && missing.errors.contains("fig14-column-compression"), "\(missing.errors)")
    let logs = disk.url.appendingPathComponent("slurm/smoke/logs")
    let texts = try FileManager.default.contentsOfDirectory(atPath: logs.path).map {
      try String(contentsOf: logs.appendingPathComponent($0), encoding: .utf8)
    }
    #expect(texts.contains { $0.contains("Error: ") }, "\(texts)")
    try disk.makeReadOnly(true)
    let readOnly = try run(submit)
    #expect(readOnly.status == 1 && readOnly.errors.contains("Read-only file system"), "\(readOnly.errors)")
    #expect(readOnly.errors.split(separator: "\n").count == 1, "\(readOnly.errors)")
    try disk.makeReadOnly(false)
  }
}
