import Foundation
import TestSupport
import Testing

/// What may happen to a run that is under way, and to the machine it is on: one clear error, rows kept, and the same command goes on.
@Suite(.serialized) struct HostileRunTests {
  let program = ExperimentsProgram()
  private static let network = ["run", "fig6b", "--scale", "smoke", "--repetitions", "1"]

  private func units(_ results: String) -> Int {
    let journal = results + "/runs/smoke/.fig6b-dnn-storage.partial/journal"
    return max(0, ((try? String(contentsOfFile: journal, encoding: .utf8)) ?? "").count { $0 == "\n" } - 1)
  }

  /// Waits until a run has finished some units.
  private func wait(for count: Int, in results: String, _ run: Command) throws {
    let deadline = Date(timeIntervalSinceNow: 120)
    while units(results) < count, Date() < deadline { usleep(20_000) }
    try #require(units(results) >= count, "\(run.outputSoFar)")
  }

  private func rows(_ results: String) throws -> [String] {
    try ExactRows.of(URL(fileURLWithPath: results + "/runs/smoke/fig6b-dnn-storage"))
  }

  @Test("A run that is killed goes on after its last unit, and ends with the rows of a run that was not")
  func killed() throws {
    let (whole, cut) = (program.folder.path + "/Whole", program.folder.path + "/Cut")
    let run = try program.start(Self.network + ["--results", whole]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let first = try program.start(Self.network + ["--results", cut])
    try wait(for: 2, in: cut, first)
    first.interrupt(with: SIGKILL)
    #expect(first.finish().status == 128 + SIGKILL)
    let kept = units(cut)
    let second = try program.start(Self.network + ["--results", cut]).finish()
    #expect(second.status == 0 && second.output.contains("\(kept) finished units are taken over"), "\(second.errors)")
    #expect(try rows(whole) == rows(cut))
  }

  @Test(
    "A disk that becomes full is one clear error; finished units are kept, and with room again the run goes on",
    .enabled(if: SmallDisk.isPossible))
  func fullDisk() throws {
    let disk = try SmallDisk(megabytes: 200)
    let arguments = Self.network + ["vizml", "--force", "--results", disk.url.path]
    let first = try program.start(arguments)
    try wait(for: 2, in: disk.url.path, first)
    let filler = disk.url.appendingPathComponent("filler")
    _ = try Command.run(["dd", "if=/dev/zero", "of=\(filler.path)", "bs=64k"])
    let full = first.finish()
    #expect(full.status == 1, "\(full.output)")
    let said = full.output + full.errors
    #expect(said.contains("The disk is full") || said.contains("No space left on device") || said.contains("disk is full"), "\(said)")
    #expect(said.contains("Not begun: 1 more."), "\(said)")
    let kept = units(disk.url.path)
    #expect(kept >= 2)
    try FileManager.default.removeItem(at: filler)
    let second = try program.start(arguments).finish()
    #expect(second.status == 0 && second.output.contains("\(kept) finished units are taken over"), "\(second.output)\(second.errors)")
  }

  @Test(
    "A page that is to be made where nobody may write is one clear error, and no row changes", .enabled(if: SmallDisk.isPossible))
  func readOnlyReport() throws {
    let disk = try SmallDisk(megabytes: 50)
    let run = try program.start(["run", "fig14", "--scale", "smoke", "--repetitions", "1", "--force", "--results", disk.url.path]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let file = disk.url.appendingPathComponent("runs/smoke/fig14-column-compression/rows.csv")
    let before = try Data(contentsOf: file)
    try disk.makeReadOnly(true)
    let report = try program.start(["report", "--scale", "smoke", "--results", disk.url.path]).finish()
    #expect(report.status == 1 && report.errors.contains("Read-only file system"), "\(report.errors)")
    #expect(report.errors.split(separator: "\n").count == 1, "\(report.errors)")
    try disk.makeReadOnly(false)
    #expect(try Data(contentsOf: file) == before)
  }

  @Test("Without gnuplot nothing is measured, and one line says what to install")
  func withoutGnuplot() throws {
    let tools = program.folder.url.appendingPathComponent("tools")
    try FileManager.default.createDirectory(at: tools, withIntermediateDirectories: true)
    let swift = tools.appendingPathComponent("swift")
    try Data("#!/bin/sh\necho 'Swift version 6.3 (a stand-in)'\n".utf8).write(to: swift)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: swift.path)
    let run = try Command(
      [ExperimentsProgram.path, "run", "fig14", "vizml", "--scale", "smoke"], in: program.folder.url,
      environment: ["MISTIQUE_DATA": "", "PATH": tools.path]
    ).finish()
    #expect(run.status == 1 && run.errors.contains("gnuplot") && run.errors.contains("Install it"), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1 && !run.output.contains("Expected:"), "\(run.output)")
  }
}
