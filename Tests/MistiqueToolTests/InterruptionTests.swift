import Foundation
import TestSupport
import Testing

/// Ctrl-C while a model is being trained. One after the other, since each keeps all cores busy.
@Suite(.serialized) struct InterruptionTests {
  /// A store with one model, and a second one that is being trained for `rounds` rounds when this returns.
  private func training(rounds: Int) throws -> (fixture: ToolFixture, command: Command) {
    let fixture = try ToolFixture()
    try fixture.output("log", "bike-sharing.yaml", "--data", "data", "--store", "Store")
    try fixture.write("long.yaml", fixture.read("bike-sharing.yaml").replacing("rounds: 60", with: "rounds: \(rounds)"))
    let command = try fixture.start(["log", "long.yaml", "--data", "data", "--store", "Store", "--name", "long"])
    // Reading and splitting 500 rows takes milliseconds: what has computed for so long is training, and its handlers are in place.
    try waitForProcess(in: fixture, computing: 0.2)
    return (fixture, command)
  }

  /// Waits until the long run in the fixture's folder has computed for `seconds`.
  private func waitForProcess(in fixture: ToolFixture, computing seconds: Double) throws {
    let folder = fixture.folder.url.resolvingSymlinksInPath().path
    let deadline = Date(timeIntervalSinceNow: 60)
    while Date() < deadline {
      for process in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(process) != nil {
        guard (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")) == folder,
          let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
          let fields = stat.components(separatedBy: ") ").last?.split(separator: " "), fields.count > 12, let ticks = Double(fields[11])
        else { continue }
        if ticks / Double(sysconf(Int32(_SC_CLK_TCK))) >= seconds { return }
      }
      usleep(10_000)
    }
    Issue.record("the long run did not begin to train within a minute")
  }

  private func expectUntouched(_ fixture: ToolFixture) throws {
    #expect(try fixture.output("models", "Store").split(separator: "\n").count == 2, "one model and the summary")
    #expect(try fixture.output("verify", "Store").contains("The store is intact."))
    #expect(try fixture.output("get", "Store", "bikes.hourly.read.cnt", "--plan", "read").split(separator: "\n").count == 501)
    try fixture.output("log", "bike-sharing.yaml", "--data", "data", "--store", "Store", "--name", "next")
    #expect(try fixture.output("verify", "Store").contains("The store is intact."))
  }

  @Test("The first stops after the stage that runs, with status 130, and the store is as it was")
  func once() throws {
    let (fixture, command) = try training(rounds: 20_000)
    command.interrupt()
    let result = command.finish()
    #expect(result.status == 130, "\(result.errors)")
    #expect(result.errors.contains("Stopped: bikes.long was not logged, and the store is as it was before."))
    try expectUntouched(fixture)
  }

  @Test("The second stops at once, and the store is as it was")
  func twice() throws {
    let (fixture, command) = try training(rounds: 100_000)
    command.interrupt()
    let deadline = Date(timeIntervalSinceNow: 20)
    while !command.outputSoFar.contains("Press Ctrl-C again to stop at once"), Date() < deadline { usleep(20_000) }
    command.interrupt()
    let result = command.finish()
    #expect(result.status == 130 && !result.errors.contains("was not logged"), "\(result.errors)")
    try expectUntouched(fixture)
  }

  @Test("Ctrl-C ends the wait of a drop for another writer, and nothing is dropped afterwards")
  func waitingDrop() throws {
    let fixture = try ToolFixture()
    try fixture.output("log", "bike-sharing.yaml", "--data", "data", "--store", "Store")
    let lock = open(fixture.folder.path + "/Store/writer.lock", O_RDWR)
    defer { close(lock) }
    #expect(lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
    let command = try fixture.start(["drop", "Store", "bikes.hourly", "read", "--data", "data", "--wait"])
    let deadline = Date(timeIntervalSinceNow: 20)
    while !command.outputSoFar.contains("waiting for it"), Date() < deadline { usleep(20_000) }
    command.interrupt()
    // It ends while the other one still writes.
    let result = command.finish()
    #expect(result.status == 130 && result.errors.contains("waiting for it"), "\(result)")
    flock(lock, LOCK_UN)
    #expect(try fixture.output("get", "Store", "bikes.hourly.read.cnt", "--plan", "read").split(separator: "\n").count == 501)
  }
}
