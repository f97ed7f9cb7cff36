import Foundation
import Testing

@testable import ExperimentKit

struct ClaimTests {
  @Test("A claim that is deliberately false does not hold, and the run fails with its numbers")
  func canary() throws {
    let folder = try TemporaryFolder()
    let transcript = Transcript()
    let runner = Runner(results: ResultsFolder(root: folder.url), output: transcript.output)
    let report = try runner.run(Sample.experiment(claims: [Sample.holds, Sample.isFalse]), Sample.options)
    #expect(report.claims.map(\.outcome) == [.holds, .doesNotHold])
    #expect(report.exitStatus == 1)
    #expect(transcript.text.contains("DOES NOT HOLD: DEDUP stores more than STORE_ALL. [sample.canary, nowhere]"))
    #expect(transcript.text.contains("DEDUP = 611000000.0, STORE_ALL = 67000000000.0"))
    let kept = try AtomicFile.readJSON([ClaimResult].self, from: report.folder.appendingPathComponent("claims.json"))
    #expect(kept == report.claims)
  }

  @Test("A claim whose rows are missing is an error, never a verdict")
  func missingRows() throws {
    let claim = Claim("x", "X.", source: "s") { try ClaimVerdict(holds: true, numbers: ["x": $0.value("absent")]) }
    let result = try claim.result(for: Sample.table(), at: .smoke)
    #expect(result.outcome == .error && result.isFailure)
    #expect(result.remark?.contains("No measurement of 'absent'") == true)
  }

  @Test("A claim with a number that is not one is an error")
  func notANumber() throws {
    let claim = Claim("x", "X.", source: "s") { _ in ClaimVerdict(holds: true, numbers: ["x": .nan]) }
    #expect(try claim.result(for: Sample.table(), at: .smoke).outcome == .error)
  }

  @Test("A claim without a number is an error: the rows that it speaks of were cut away")
  func noNumbers() throws {
    let claim = Claim("x", "X.", source: "s") { _ in ClaimVerdict(holds: true, evidence: []) }
    #expect(try claim.result(for: Sample.table(), at: .smoke).outcome == .error)
  }

  @Test("A claim that means nothing at a scale is not judged there")
  func notApplicable() throws {
    let claim = Claim("x", "X.", source: "s", scales: [.paper]) { _ in throw Boom() }
    let result = try claim.result(for: Sample.table(), at: .smoke)
    #expect(result.outcome == .notApplicable && !result.isFailure)
  }

  @Test("A cause follows the remark of what does not hold, and is not asked for of what holds")
  func cause() throws {
    func verdict(_ holds: Bool, remark: String? = nil) -> ClaimVerdict { ClaimVerdict(holds: holds, numbers: ["x": 1], remark: remark) }
    func fail() throws -> String? { throw Boom() }
    #expect(try verdict(true, remark: "At once.").because(fail()) == verdict(true, remark: "At once."))
    #expect(verdict(false).because("It rains.").remark == "It rains.")
    #expect(verdict(false, remark: "Not at once.").because("It rains.").remark == "Not at once. It rains.")
    #expect(verdict(false).because(nil) == verdict(false))
    #expect(throws: Boom.self) { try verdict(false).because(fail()) }
  }

  @Test("What does not hold and has no measured cause says so, whatever else its remark says, in one part of it or in all")
  func noCause() throws {
    func remark(_ verdict: ClaimVerdict) throws -> String? {
      try Claim("x", "X.", source: "s") { _ in verdict }.result(for: Sample.table(), at: .smoke).remark
    }
    let bare = ClaimVerdict(holds: false, numbers: ["x": 1])
    let noted = ClaimVerdict(holds: false, numbers: ["y": 1], remark: "Less: y.")
    let explained = ClaimVerdict(holds: false, numbers: ["z": 1], remark: "Less: z.").because("It rains.")
    #expect(try remark(bare) == Claim.noCause && remark(noted) == "Less: y. \(Claim.noCause)")
    #expect(try remark(explained) == "Less: z. It rains." && remark(explained.noting("Twice.")) == "Less: z. It rains. Twice.")
    let holds = ClaimVerdict(holds: true, numbers: ["v": 1], remark: "At once.")
    #expect(try remark(holds) == "At once." && remark(.all([holds, explained])) == "At once. Less: z. It rains.")
    #expect(try remark(.all([explained, noted, noted])) == "Less: z. It rains. Less: y. \(Claim.noCause)")
  }

  @Test("A claim whose rows are of a run that measured less is not judged, and says what is not there")
  func notMeasured() throws {
    let claim = Claim("x", "X.", source: "s") { _ in throw NotMeasured("cold reads") }
    let result = try claim.result(for: Sample.table(), at: .smoke)
    #expect(result.outcome == .notApplicable && !result.isFailure && result.remark == "Not judged: cold reads are not among these rows.")
  }

  @Test("A claim about an order names the first pair that breaks it")
  func order() {
    #expect(ClaimVerdict.descending([("a", 3), ("b", 2), ("c", 1)]).holds)
    let verdict = ClaimVerdict.descending([("a", 3), ("b", 3), ("c", 1)])
    #expect(!verdict.holds && verdict.remark == "a (3) is not larger than b (3).")
    #expect(ClaimVerdict.notDescending([("a", 1), ("b", 1), ("c", 2)]).holds)
    #expect(!ClaimVerdict.notDescending([("a", 2), ("b", 1)]).holds)
    #expect(!ClaimVerdict.all([.descending([("a", 2), ("b", 1)]), verdict]).holds)
  }
}
