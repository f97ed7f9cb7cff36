import Foundation
import Testing

@testable import ExperimentKit

struct ReportTests {
  private let folder: TemporaryFolder
  private let runner: Runner
  private static let hostile = "<script>alert('🦊')</script>|`&"
  private static let outline = ReportOutline(
    paper: "A <paper>",
    exhibits: [.init("Figure 6", "fig6-sample", differences: "Fewer & smaller."), .init("Figure 9", "fig9-not", differences: "")])

  init() throws {
    folder = try TemporaryFolder()
    runner = Runner(results: ResultsFolder(root: folder.url), output: .silent)
  }

  /// Rows whose policies are named as an attacker would, a claim that does not hold and one of our own.
  private static let sample: Experiment = {
    let ours = Claim("sample.ours", "Ours is \(hostile)", source: "beyond the paper, after figure 6") { _ in
      ClaimVerdict(holds: true, numbers: ["n \(hostile)": 1234567], remark: hostile)
    }
    let isFalse = Claim("sample.false", "It is larger.", source: "figure 6") { _ in
      ClaimVerdict(holds: false, numbers: ["n": 1], remark: "It is not.")
    }
    return Sample.experiment(claims: [Sample.holds, isFalse, ours], figures: [Sample.figure]) { context in
      try context.state(data: .generated("bytes \(hostile)", files: []))
      for policy in ["STORE_ALL", "DEDUP", hostile] {
        try context.record("storedBytes", policy == "DEDUP" ? 5 : 10, unit: "B", at: ["policy": policy])
      }
    }
  }()

  private func report(_ experiments: [Experiment] = [sample], gnuplot: String = "gnuplot") throws -> Report {
    let laboratory = try Laboratory(experiments + [Sample.experiment(name: "fig9-not"), Sample.experiment(name: "use-other")])
    return try Report(
      of: laboratory, in: ReportFolder(folder.url, at: .smoke), outline: Self.outline,
      renderer: FigureRenderer(gnuplot: gnuplot))
  }

  @Test("The page and its text hold the figure, every claim with its numbers, what is missing, and hostile text as text")
  func page() throws {
    _ = try runner.run(Self.sample, Sample.options)
    let files = try report().write()
    #expect(files.map(\.lastPathComponent) == ["index.html", "REPORT.md"])
    let (page, text) = (try contents(of: files[0]), try contents(of: files[1]))
    #expect(!page.contains(Self.hostile) && !page.contains("<script>alert") && page.components(separatedBy: "<script").count == 2)
    #expect(page.contains("&lt;script&gt;alert(&#39;🦊&#39;)&lt;/script&gt;|`&amp;"))
    #expect(page.components(separatedBy: "<svg ").count == 2 && page.contains("viewBox=\"0 0 1600 1000\" width=\"1600\""))
    #expect(page.contains("2 of 3 statements hold, 1 does not.") && page.contains("1,234,567"))
    #expect(page.contains("Missing: fig9-not was not run.") && page.contains("Missing: use-other was not run."))
    #expect(page.contains("Fewer &amp; smaller."))
    #expect(page.contains("href=\"fig6-sample/rows.csv\"") && page.contains("href=\"fig6-sample/sample-storage.gp\""))
    let order = ["Figure 6: Stored bytes", "Figure 9: Stored bytes", "Beyond the paper", "Our own statements"].map {
      page.range(of: $0)?.lowerBound
    }
    #expect(order.allSatisfy { $0 != nil } && order.compactMap(\.self) == order.compactMap(\.self).sorted())
    #expect(!page.contains("http://example") && !page.contains("src="))

    #expect(text.contains("**2 of 3 statements hold, 1 does not.**") && text.contains("**Missing**: `fig9-not`"))
    #expect(!text.contains("<script") && text.contains("&lt;script&gt;alert('🦊')&lt;/script&gt;\\|\\`&amp;"))
    #expect(try report().missing.map(\.name) == ["fig9-not", "use-other"])
  }

  @Test("The same rows give the same page")
  func deterministic() throws {
    _ = try runner.run(Self.sample, Sample.options)
    let first = try ReportPage(report()).html
    #expect(try ReportPage(report()).html == first)
  }

  @Test("Published results side by side give a page too, with its own links")
  func published() throws {
    let run = try runner.run(Self.sample, Sample.options).folder
    for name in ["rows.csv", "provenance.json"] {
      try FileManager.default.moveItem(at: run.appendingPathComponent(name), to: folder.url.appendingPathComponent("fig6-sample.\(name)"))
    }
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("runs"))
    let elsewhere = folder.url.appendingPathComponent("pages/of mine")
    let page = try contents(of: report().write(to: elsewhere)[0])
    #expect(page.contains("href=\"../../fig6-sample.rows.csv\"") && page.contains("<svg ") && !page.contains("claims.json"))
  }

  @Test("Pictures that are of these rows are taken, so that no gnuplot is needed; without them its absence is one clear error")
  func gnuplot() throws {
    let run = try runner.run(Self.sample, Sample.options).folder
    let drawn = try ReportPage(report(gnuplot: "/nowhere/gnuplot")).html
    try FileManager.default.removeItem(at: run.appendingPathComponent("sample-storage.svg"))
    #expect { try report(gnuplot: "/nowhere/gnuplot") } throws: { "\($0)".contains("Cannot start '/nowhere/gnuplot'") }
    #expect(try ReportPage(report()).html == drawn)
    // Rows that changed since give another picture.
    let rows = run.appendingPathComponent("rows.csv")
    try Data(contents(of: rows).replacing(",B,10", with: ",B,7").utf8).write(to: rows)
    #expect(try ReportPage(report()).html != drawn)
  }

  @Test("A figure whose rows are missing is named as not drawn")
  func undrawn() throws {
    let broken = Figure("broken") { table in throw MeasurementError.absent("pixels \(Self.hostile)", at: "any", present: []) }
    let experiment = Sample.experiment(figures: [Sample.figure, broken])
    _ = try runner.run(experiment, Sample.options)
    let page = try ReportPage(report([experiment])).html
    #expect(page.contains("broken is not drawn: No measurement of &#39;pixels &lt;script&gt;") && page.contains("<svg "))
  }

  @Test("A damaged folder is one clear error that names the file, and an earlier page stays")
  func damaged() throws {
    let run = try runner.run(Self.sample, Sample.options).folder
    let page = try report().write()[0]
    let before = try contents(of: page)
    let rows = run.appendingPathComponent("rows.csv")
    let whole = try Data(contentsOf: rows)
    try whole.dropLast(1).write(to: rows)
    #expect { try report() } throws: { "\($0)".contains("rows.csv:") && "\($0)".contains("cut off") }
    try whole.write(to: rows)
    try Data("{".utf8).write(to: run.appendingPathComponent("provenance.json"))
    #expect { try report() } throws: { "\($0)".contains("provenance.json is not a record") }
    try FileManager.default.removeItem(at: run.appendingPathComponent("provenance.json"))
    #expect(throws: ReportError.half("fig6-sample", present: "fig6-sample/rows.csv", absent: "fig6-sample/provenance.json")) {
      try report()
    }
    #expect(try contents(of: page) == before)
  }

  @Test("A run whose replacement a crash cut in two is found again and reported, but not while another process is at it")
  func cut() throws {
    let run = try runner.run(Self.sample, Sample.options).folder
    let aside = run.deletingLastPathComponent().appendingPathComponent(".fig6-sample.previous")
    try FileManager.default.moveItem(at: run, to: aside)
    do {
      let lock = try runner.results.lock("fig6-sample", at: .smoke)
      defer { withExtendedLifetime(lock) {} }
      #expect { try report() } throws: { "\($0)".contains("no complete run") }
      #expect(FileManager.default.fileExists(atPath: aside.path))
    }
    #expect(try report().runs.map(\.experiment.name) == ["fig6-sample"])
    #expect(FileManager.default.fileExists(atPath: run.path) && !FileManager.default.fileExists(atPath: aside.path))
  }

  @Test("A folder without results is an error that says what to do")
  func nothing() throws {
    #expect { try report() } throws: { "\($0)".contains("neither runs at scale smoke nor published results") }
    try FileManager.default.createDirectory(at: folder.url.appendingPathComponent("runs/smoke"), withIntermediateDirectories: true)
    #expect { try report() } throws: { "\($0)".contains("no complete run") }
  }
}
