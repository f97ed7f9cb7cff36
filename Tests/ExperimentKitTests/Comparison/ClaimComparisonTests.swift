import Foundation
import Testing

@testable import ExperimentKit

struct ClaimComparisonTests {
  private static func claim(_ id: String, holds: Bool?) -> Claim {
    Claim(id, "Something is so.", source: "section 8") { _ in
      guard let holds else { throw Unjudged() }
      return ClaimVerdict(holds: holds, numbers: ["number": 1])
    }
  }

  private struct Unjudged: Error {}

  private func compare(_ before: [Claim], _ now: [Claim]) throws -> Comparison {
    let baseline = try Baseline(Sample.table(), gates: Sample.gates, claims: before, provenance: Sample.provenance(), reason: "r")
    return try Comparison(baseline, rows: Sample.table(), provenance: Sample.provenance(), gates: Sample.gates, claims: now)
  }

  @Test("A claim that held and does so no longer is a regression, and the text names it")
  func lost() throws {
    let comparison = try compare([Self.claim("a", holds: true)], [Self.claim("a", holds: false)])
    #expect(comparison.exitStatus == 1 && comparison.lostClaims.map(\.id) == ["a"] && comparison.mayBeDisturbed)
    #expect(comparison.description.contains("a: holds -> does not hold: Something is so."))
    #expect(comparison.regressionText.contains("a: holds -> does not hold"))
    let same = try compare([Self.claim("a", holds: true)], [Self.claim("a", holds: true)])
    #expect(same.exitStatus == 0 && same.claims.isEmpty)
  }

  @Test("A new claim that cannot be judged is a regression, and any other new one waits for its baseline")
  func new() throws {
    let broken = try compare([], [Self.claim("a", holds: nil)])
    #expect(broken.exitStatus == 1 && broken.description.contains("a: new -> error"), "\(broken)")
    #expect(ComparisonTable([broken], failures: [], at: .smoke).markdown().contains("CLAIM NOT JUDGED"))
    #expect(try compare([], [Self.claim("a", holds: false), Self.claim("b", holds: true)]).claims.isEmpty)
  }

  @Test("A claim that newly holds is reported, and one that still does not hold is no regression")
  func won() throws {
    let comparison = try compare(
      [Self.claim("a", holds: false), Self.claim("b", holds: false)], [Self.claim("a", holds: true), Self.claim("b", holds: false)])
    #expect(comparison.exitStatus == 0 && comparison.claims.map(\.judgement) == [.improvement])
    #expect(comparison.description.contains("newly hold"))
  }

  @Test("A claim that times a quarter off would change may be lost by little, and the text says why; it must stay judgeable")
  func close() throws {
    /// Whether the median time lies below `limit`; of ``Sample/table()`` it is 1.5 s.
    func faster(than limit: Double) -> Claim {
      Claim("fast", "It is fast.", source: "section 8") { table in
        let seconds = Timings.median(of: table.rows.filter { $0.unit == "s" }.map(\.value.double))
        return ClaimVerdict(holds: seconds < limit, numbers: ["s": seconds])
      }
    }
    let seconds = try Timings.median(of: Sample.table().rows.filter { $0.unit == "s" }.map(\.value.double))
    // What the baseline's median and the run's are held to: both must be close for a loss to be excused.
    for (limit, other, isJudged) in [(1.2, 0.9, false), (1.2, 0.75, true), (1.3, 0.9, true)] {
      let comparison = try compare([faster(than: seconds * limit)], [faster(than: seconds * other)])
      #expect(comparison.exitStatus == (isJudged ? 1 : 0) && comparison.claims.count == 1, "\(limit)")
      #expect(
        comparison.description.contains("Not judged: times a quarter off would change it, in the baseline and in the run") == !isJudged)
      let markdown = ComparisonTable([comparison], failures: [], at: .smoke).markdown()
      #expect(markdown.contains("| CLAIM LOST |") == isJudged && markdown.contains("times a quarter off") == !isJudged, "\(markdown)")
      let broken = try compare([faster(than: seconds * limit)], [Self.claim("fast", holds: nil)])
      #expect(broken.exitStatus == 1 && !broken.mayBeDisturbed)
    }
  }

  @Test("A claim that is no longer made is missing, a new one is none of the baseline's, and one that cannot be judged makes no baseline")
  func missing() throws {
    let comparison = try compare([Self.claim("a", holds: false)], [Self.claim("b", holds: true)])
    #expect(comparison.missing == ["claim a"] && comparison.exitStatus == 1 && !comparison.mayBeDisturbed)
    #expect(throws: BaselineError.self) { try compare([Self.claim("a", holds: nil)], []) }
  }

  @Test("What regressed in times and claims alone is run once more, what regressed in bytes is not")
  func twice() throws {
    let folder = try TemporaryFolder()
    let runs = folder.url.appendingPathComponent("runs.txt")
    /// Slow, and without its claim, in the second run only; one byte larger from the fourth on.
    @Sendable func measure(_ context: RunContext) throws {
      let count = ((try? String(contentsOf: runs, encoding: .utf8)) ?? "").count + 1
      try String(repeating: ".", count: count).write(to: runs, atomically: true, encoding: .utf8)
      try context.state(data: .generated("seeded bytes", files: []))
      try context.record("speedUp", count == 2 ? 1.0 : 10.0, unit: "x", at: ["policy": "LP"])
      try context.record("storedBytes", count >= 4 ? 101 : 100, unit: "B", at: ["policy": "LP"])
    }
    let fast = Claim("fast", "It is fast.", source: "section 8") { table in
      let speedUp = try table.value("speedUp", where: ["policy": "LP"])
      return ClaimVerdict(holds: speedUp > 5, numbers: ["x": speedUp])
    }
    let experiment = Experiment(
      .init(name: "twice", aliases: [], title: "Twice", source: "section 8"), parameters: ["policy"], costs: [.smoke: Sample.cost],
      outcome: .init(claims: [fast], gates: [Gate("speedUp", .ratioAtLeast(0.25)), Gate("storedBytes", .exact, better: .lower)]),
      run: { try measure($0) })
    let transcript = Transcript()
    let runner = Runner(results: ResultsFolder(root: folder.url), output: transcript.output)
    _ = try runner.run(experiment, Sample.options)
    try runner.setBaseline(experiment, at: .smoke, reason: "first")
    _ = try runner.run(experiment, Sample.options)
    #expect(try runner.compareTwice(experiment, Sample.options).exitStatus == 0)
    #expect(transcript.text.contains("It is run once more"))
    #expect(try String(contentsOf: runs, encoding: .utf8) == "...")
    _ = try runner.run(experiment, Sample.options)
    #expect(try runner.compareTwice(experiment, Sample.options).exitStatus == 1)
    #expect(try String(contentsOf: runs, encoding: .utf8) == "....", "bytes are not measured again in the hope of others")
  }

  @Test("A claim that was lost by little in the first of two runs and by far in the second did not hold in either")
  func closeAndThenFar() throws {
    func fast(_ limit: Double) throws -> Claim {
      let seconds = try Timings.median(of: Sample.table().rows.filter { $0.unit == "s" }.map(\.value.double))
      return Claim("fast", "It is fast.", source: "section 8") { table in
        let found = Timings.median(of: table.rows.filter { $0.unit == "s" }.map(\.value.double))
        return ClaimVerdict(holds: found < seconds * limit, numbers: ["s": found])
      }
    }
    let (near, far) = (try compare([fast(1.2)], [fast(0.9)]), try compare([fast(1.2)], [fast(0.5)]))
    #expect(near.lostClaims.isEmpty && near.claims.count == 1)
    #expect(far.confirmed(by: near).lostClaims.map(\.id) == ["fast"])
    #expect(far.confirmed(by: try compare([fast(1.2)], [fast(1.2)])).lostClaims.isEmpty)
  }

  @Test("One of several times that is off in each run, another one each time, is none that regressed; the same one twice is")
  func another() throws {
    for (slow, status) in [(["a", "b"], 0), (["a", "a"], 1)] as [([String], Int32)] {
      let folder = try TemporaryFolder()
      let runs = folder.url.appendingPathComponent("runs.txt")
      @Sendable func measure(_ context: RunContext) throws {
        let count = ((try? String(contentsOf: runs, encoding: .utf8)) ?? "").count
        try String(repeating: ".", count: count + 1).write(to: runs, atomically: true, encoding: .utf8)
        try context.state(data: .generated("seeded bytes", files: []))
        for policy in ["a", "b"] {
          try context.record("speedUp", count > 0 && slow[count - 1] == policy ? 1.0 : 10.0, unit: "x", at: ["policy": policy])
        }
      }
      let claims = ["a", "b"].map { policy in
        Claim("fast-\(policy)", "It is fast.", source: "section 8") { table in
          let speedUp = try table.value("speedUp", where: ["policy": policy])
          return ClaimVerdict(holds: speedUp > 5, numbers: ["x": speedUp])
        }
      }
      let experiment = Experiment(
        .init(name: "another", aliases: [], title: "Another", source: "section 8"), parameters: ["policy"], costs: [.smoke: Sample.cost],
        outcome: .init(claims: claims, gates: [Gate("speedUp", .ratioAtLeast(0.25))]), run: { try measure($0) })
      let transcript = Transcript()
      let runner = Runner(results: ResultsFolder(root: folder.url), output: transcript.output)
      _ = try runner.run(experiment, Sample.options)
      try runner.setBaseline(experiment, at: .smoke, reason: "first")
      _ = try runner.run(experiment, Sample.options)
      let found = try runner.compareTwice(experiment, Sample.options)
      #expect(found.exitStatus == status && found.regressions.count == Int(status) && found.lostClaims.count == Int(status))
      #expect(transcript.text.contains("which it met in the run before") == (status == 0))
    }
  }
}
