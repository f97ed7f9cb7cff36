import Foundation
import TestSupport
import Testing

/// Experiments as tasks of a real Slurm. Takes two minutes on two free cores; four minutes after the daemons are up it fails, and ends them.
@Suite(.serialized) struct SlurmTests {
  private static let experiments = ["fig11b", "table2", "fig14", "fig5a", "vizml"]
  private static let names = ["fig11b-logging-overhead", "table2-svcca", "fig14-column-compression", "fig5a-zillow-queries", "use-vizml"]
  private let program = ExperimentsProgram()

  private func start(_ words: [String], _ cluster: LoopbackCluster) throws -> Command {
    try Command(
      [ExperimentsProgram.path] + words, in: program.folder.url, environment: ["MISTIQUE_DATA": ""].merging(cluster.environment) { $1 })
  }

  @Test(
    "A node dies and the user cancels; what is gathered are the rows of a local run",
    .enabled(if: LoopbackCluster.obstacle == nil, "\(LoopbackCluster.obstacle ?? "")"))
  func cluster() throws {
    let local = try program.start(["run"] + Self.experiments + ["--scale", "smoke", "--repetitions", "1"]).finish()
    #expect(local.status == 0, "\(local.errors)")
    let cluster = try LoopbackCluster()
    defer {
      cluster.stop()
      #expect(cluster.isGone)
    }
    let submit = ["submit"] + Self.experiments + ["--scale", "smoke", "--repetitions", "1", "--results", "Shared", "--cpus", "1"]
    let submitted = try start(submit, cluster).finish()
    #expect(submitted.status == 0 && submitted.output.contains("gathers, draws and reports"), "\(submitted.errors)")
    let again = try start(submit, cluster).finish()
    #expect(again.status == 1 && again.errors.contains("queued or running"), "\(again.errors)")

    // The part of VGG16 has ten units: it is stopped in the middle twice.
    let network = try task("fig11b-logging-overhead, CIFAR10_VGG16")
    try cluster.wait(60, "second unit of task \(network)") { finishedUnits() >= 2 }
    let jobs = submitted.output.matches(of: /job (\d+):/).map { String($0.1) }
    #expect(try cluster.run(["scancel"] + jobs).status == 0)
    try cluster.wait(20, "empty queue") { try cluster.run(["squeue", "--noheader"]).output.isEmpty }
    let kept = finishedUnits()
    let missing = try start(["gather", "--scale", "smoke", "--results", "Shared"], cluster).finish()
    #expect(missing.status == 1 && missing.errors.contains("fig11b-logging-overhead, CIFAR10_VGG16"), "\(missing.errors)")
    #expect(missing.errors.contains("\(kept) finished unit") && missing.errors.contains("experiments submit"), "\(missing.errors)")

    let second = try start(submit, cluster).finish()
    #expect(second.status == 0, "\(second.errors)")
    try cluster.wait(60, "another unit of task \(network)") { finishedUnits() > kept }
    let node = try #require(cluster.node(ofTask: network), "task \(network) ended before its node could be cut")
    cluster.cut(node)
    let cut = finishedUnits()
    #expect(cut > kept && cut < 10)
    try cluster.hastenRestart()
    try cluster.wait(60, "gathered rows") { exists("Shared/slurm/smoke/gathered") }
    try check(local, task: network)
    try checkNewBeginning(submit, cluster)
  }

  private func check(_ local: Command.Result, task: Int) throws {
    let log = try text("Shared/slurm/smoke/logs/\(task).log")
    #expect(log.matches(of: /Going on from an interrupted run/).count == 2, "\(log)")
    for name in Self.names {
      let (here, there) = (try exact("Results/runs/smoke/\(name)"), try exact("Shared/runs/smoke/\(name)"))
      #expect(here.count > 5 && here == there, "\(name)")
      let (local, gathered) = (
        program.folder.url.appendingPathComponent("Results/runs/smoke/\(name)"),
        program.folder.url.appendingPathComponent("Shared/runs/smoke/\(name)")
      )
      #expect(try ExactRows.plans(local, gathered).different.isEmpty, "\(name)")
    }
    // Those that are judged by bytes and answers alone; times of a disturbed machine may decide the others either way.
    for name in ["table2-svcca", "fig14-column-compression", "use-vizml"] {
      let judged = try claims("Results/runs/smoke/\(name)")
      #expect(try !judged.isEmpty && judged == claims("Shared/runs/smoke/\(name)"), "\(name)")
    }
    let provenance = try text("Shared/runs/smoke/fig11b-logging-overhead/provenance.json")
    #expect(provenance.matches(of: /"part" : "CIFAR10_/).count == 2)
    #expect(exists("Shared/runs/smoke/fig11b-logging-overhead/fig11b-logging-overhead.png"))
    let report = try text("Shared/slurm/smoke/logs/gather.log")
    #expect(report.contains("Results at scale smoke"), "\(report)")
  }

  /// After everything was gathered, a submission measures anew, as a second run does.
  private func checkNewBeginning(_ submit: [String], _ cluster: LoopbackCluster) throws {
    let dry = try start(submit + ["--dry-run", "--time-factor", "30"], cluster).finish()
    #expect(dry.status == 0 && dry.output.contains("#SBATCH --array=") && !dry.output.contains("measured already"), "\(dry.errors)")
    #expect(exists("Shared/slurm/smoke/gathered"), "a dry run changes nothing")
  }

  // MARK: Files

  /// The number of a task, from the dry run's list.
  private func task(_ label: String) throws -> Int {
    let dry = try program.start(["submit"] + Self.experiments + ["--scale", "smoke", "--results", "Other", "--dry-run"]).finish()
    let line = try #require(dry.output.split(separator: "\n").first { $0.contains("\(label),") })
    #expect(!exists("Other"))
    return try #require(line.firstMatch(of: /task (\d+):/).flatMap { Int($0.1) })
  }

  /// Finished units in the journal of VGG16's part.
  private func finishedUnits() -> Int {
    let journal = "Shared/slurm/smoke/runs/smoke/.fig11b-logging-overhead.part-02.partial/journal"
    return max(0, ((try? text(journal)) ?? "").count { $0 == "\n" } - 1)
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: program.folder.url.appendingPathComponent(path)), as: UTF8.self)
  }

  private func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: program.folder.url.appendingPathComponent(path).path)
  }

  private func exact(_ run: String) throws -> [String] { try ExactRows.of(program.folder.url.appendingPathComponent(run)) }

  /// Identifiers and outcomes.
  private func claims(_ run: String) throws -> [String] { try ExactRows.claims(program.folder.url.appendingPathComponent(run)) }
}
