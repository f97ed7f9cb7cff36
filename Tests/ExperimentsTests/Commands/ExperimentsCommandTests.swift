import Foundation
import TestSupport
import Testing

/// The program as a user runs it.
@Suite(.serialized) struct ExperimentsCommandTests {
  let program = ExperimentsProgram()

  private var folder: TemporaryDirectory { program.folder }

  private func start(_ arguments: [String], data: String = "") throws -> Command { try program.start(arguments, data: data) }

  @Test("Every experiment runs at scale smoke on generated data, says so on its figures, and holds to a baseline of itself")
  func smoke() throws {
    let run = try start(["run", "all", "--scale", "smoke", "--repetitions", "1"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("Results at scale smoke"))
    let table = run.output.components(separatedBy: "Results at scale smoke").last ?? ""
    #expect(table.split(separator: "\n").allSatisfy { $0.count <= 100 || $0.hasPrefix("The page: ") })
    let page = try String(decoding: Data(contentsOf: folder.url.appendingPathComponent("Results/runs/smoke/index.html")), as: UTF8.self)
    #expect(page.contains("generated data") && page.components(separatedBy: "<svg ").count > 15 && !page.contains("is not drawn"))
    #expect(FileManager.default.fileExists(atPath: folder.path + "/Results/runs/smoke/REPORT.md"))
    for (experiment, figures) in [
      ("fig6b-dnn-storage", ["fig6b-dnn-storage", "fig6b-dnn-storage-cumulative"]), ("fig5-query-time", ["fig5-query-time"]),
      ("fig5a-zillow-queries", ["fig5a-zillow-queries"]), ("fig11a-logging-overhead", ["fig11a-logging-overhead"]),
    ] {
      let path = folder.path + "/Results/runs/smoke/\(experiment)/"
      for name in figures.flatMap({ figure in ["gp", "dat", "svg", "png"].map { "\(figure).\($0)" } }) + ["claims.json", "provenance.json"]
      {
        #expect(FileManager.default.fileExists(atPath: path + name), "\(name)")
      }
      let provenance = try String(decoding: Data(contentsOf: URL(fileURLWithPath: path + "provenance.json")), as: UTF8.self)
      #expect(provenance.contains("\"data\" : \"generated\"") || provenance.contains("\"data\":\"generated\""))
      let script = try String(decoding: Data(contentsOf: URL(fileURLWithPath: path + "\(figures[0]).gp")), as: UTF8.self)
      #expect(script.contains("generated data"))
      let header = try program.rows("smoke/\(experiment)")[0]
      #expect(header.suffix(3) == ["metric", "unit", "value"])
    }
    let identical = try program.rows("smoke/fig5-query-time").filter { $0.contains("identicalReads") }
    #expect(identical.count == 72, "eight queries on three layers and five of the paper's own, twice; seven in gzip, twice")
    try PartTimes.check(in: folder.url.appendingPathComponent("Results"))

    // Nobody knows which commit a program outside of a checkout is of.
    let unknown = try start(["baseline", "--scale", "smoke", "--reason", "a test"]).finish()
    #expect(unknown.status == 1 && unknown.errors.contains("does not say of which commit it is"), "\(unknown.errors)")
    #expect(try start(["baseline", "--scale", "smoke", "--reason", "a test", "--dirty"]).finish().status == 0)
    #expect(try start(["compare", "--scale", "smoke"]).finish().status == 0)
    try perturbBaseline()
    let compared = try start(["compare", "--scale", "smoke"]).finish()
    #expect(compared.status == 1)
    #expect((compared.output + compared.errors).contains("chunks"))
    let comment = try start(["compare", "fig6a", "fig6b", "--scale", "smoke", "--markdown"]).finish()
    #expect(comment.status == 1 && comment.output.hasPrefix("### Regression at scale smoke") && comment.output.contains("| REGRESSION |"))
    #expect(comment.errors.contains("against its baseline"))
    #expect(try start(["figures", "--scale", "smoke"]).finish().status == 0)

    // An experiment that nobody runs any more guards nothing, and its baseline says so.
    let baselines = folder.url.appendingPathComponent("Results/baselines/smoke")
    try Data().write(to: baselines.appendingPathComponent("fig99-gone.csv"))
    let lost = try start(["compare", "--scale", "smoke", "--markdown"]).finish()
    #expect(lost.status == 1 && lost.output.contains("| fig99-gone | its baseline |"), "\(lost.output)")
    #expect(lost.errors.contains("Error: fig99-gone: it has a baseline, and there is no experiment of that name"), "\(lost.errors)")
  }

  /// One more chunk than there was.
  private func perturbBaseline() throws {
    let file = folder.url.appendingPathComponent("Results/baselines/smoke/fig6a-zillow-storage.generated-images.csv")
    var lines = try String(decoding: Data(contentsOf: file), as: UTF8.self).components(separatedBy: "\n")
    let place = try #require(lines.firstIndex { $0.contains(",chunks,chunks,") })
    let fields = lines[place].components(separatedBy: ",")
    lines[place] = (fields.dropLast() + ["\(Int(fields.last!.trimmingCharacters(in: .whitespacesAndNewlines))! + 1)"]).joined(
      separator: ",")
    try Data(lines.joined(separator: "\n").utf8).write(to: file)
  }

  @Test("An unknown name, a folder that is not there and a truncated batch are one clear error each, with status 1")
  func clearErrors() throws {
    let unknown = try start(["run", "fig66a-zillow-storage"]).finish()
    #expect(unknown.status == 1)
    #expect(unknown.errors.contains("fig66a-zillow-storage") && unknown.errors.contains("fig6a-zillow-storage"))

    let missing = try start(["run", "fig6"], data: "/nowhere/to/be found").finish()
    #expect(missing.status == 1)
    #expect(missing.errors.contains("/nowhere/to/be found"))

    let batches = folder.url.appendingPathComponent("broken/cifar-10-batches-bin")
    try FileManager.default.createDirectory(at: batches, withIntermediateDirectories: true)
    try Data(repeating: 1, count: 3073 * 3 + 100).write(to: batches.appendingPathComponent("data_batch_1.bin"))
    let truncated = try start(["run", "fig6b", "--scale", "smoke"], data: folder.path + "/broken").finish()
    #expect(truncated.status == 1)
    #expect(truncated.errors.contains("data_batch_1.bin") && truncated.errors.contains("3073") || truncated.errors.contains("3,073"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/Results/runs/smoke/fig6b-dnn-storage"))
  }

  @Test("Ctrl-C stops with status 130, and the same command goes on from there")
  func interruption() throws {
    let first = try start(["run", "fig6b", "--scale", "smoke"])
    let deadline = Date(timeIntervalSinceNow: 60)
    while !first.outputSoFar.contains("STORE_ALL gzip"), Date() < deadline { usleep(50_000) }
    first.interrupt()
    let stopped = first.finish()
    #expect(stopped.status == 130, "\(stopped.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/Results/runs/smoke/fig6b-dnn-storage"))
    let second = try start(["run", "fig6b", "--scale", "smoke"]).finish()
    #expect(second.status == 0, "\(second.errors)")
    #expect(second.output.contains("taken over"))
  }

  @Test("A page that cannot be made is one clear error with status 1, and the rows are kept")
  func blockedPage() throws {
    let runs = folder.url.appendingPathComponent("Results/runs/smoke")
    let page = runs.appendingPathComponent("index.html")
    try FileManager.default.createDirectory(at: page, withIntermediateDirectories: true)
    let run = try start(["run", "fig14", "--scale", "smoke", "--repetitions", "1"]).finish()
    #expect(
      run.status == 1 && run.errors.contains("Error: the page was not made: Cannot write ")
        && run.errors.contains("index.html: Is a directory"), "\(run.errors)")
    #expect(run.errors.contains("Every row that was measured is kept") && run.output.contains("Pictures, in Results/runs/smoke:"))
    #expect(FileManager.default.fileExists(atPath: runs.path + "/fig14-column-compression/rows.csv"))
    try FileManager.default.removeItem(at: page)
    #expect(try start(["report", "--scale", "smoke"]).finish().status == 0)
    let html = try String(contentsOf: page, encoding: .utf8)
    #expect(html.contains("Missing: fig5a-zillow-queries was not run.") && html.contains("href=\"fig14-column-compression/rows.csv\""))
  }

  @Test("--help of every command teaches")
  func help() throws {
    for command in ["run", "list", "report", "figures", "compare", "baseline", "data"] {
      let result = try start([command, "--help"]).finish()
      #expect(result.status == 0 && result.output.contains("OVERVIEW") && result.output.contains("USAGE"))
    }
    #expect(try start(["--help"]).finish().output.contains("experiments run fig6b"))
  }
}
