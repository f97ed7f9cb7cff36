import Testing

@testable import Mistique

/// What a report says of damage.
@Suite struct WarningsTests {
  private static func report(files: Range<Int>, sources: Range<Int> = 0..<0) -> LoggingReport {
    var report = LoggingReport()
    report.damagedPartitions = files.map { DamagedPartition(file: "file \($0 + 100)", reason: "it is cut short") }
    report.damaged = sources.map { DamagedSource(name: "step \($0)", place: "t.a.step \($0)", reason: "a checksum is wrong") }
    return report
  }

  @Test(
    "Ten files are named with what to do, and the others counted",
    arguments: [(10, "file 109: "), (11, "1 more file: "), (5_000, "4990 more files: ")])
  func files(count: Int, last: String) throws {
    let warnings = Self.report(files: 0..<count).warnings
    #expect(warnings.count == min(count, 11))
    #expect(warnings[0].hasPrefix("file 100: it is cut short.") && warnings[0].contains("delete the models"))
    #expect(try #require(warnings.last).hasPrefix(last))
  }

  @Test("Of what was not reused ten are named too")
  func sources() {
    let warnings = Self.report(files: 0..<1, sources: 0..<12).warnings
    #expect(warnings.count == 12 && warnings[11].hasPrefix("2 more sources:"), "\(warnings)")
  }

  @Test("A report that takes in the damage of the model's parts lists each file and source once")
  func parts() {
    var report = Self.report(files: 1..<3, sources: 0..<1)
    var part = Self.report(files: 0..<2, sources: 0..<2)
    part.damagedChunks = 3
    report.addDamage(of: part)
    var all = Self.report(files: 0..<3, sources: 0..<2)
    all.damagedChunks = 3
    #expect(report == all)
  }
}
