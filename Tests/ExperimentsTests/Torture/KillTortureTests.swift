import TestSupport
import Testing

/// The torture of `make torture`, short: a process that logs, asks, materializes, gives up and deletes is killed at random instants.
@Suite(.serialized) struct KillTortureTests {
  let program = ExperimentsProgram()

  @Test("Twenty kills lose nothing that was committed or counted, and leave stores that open, verify and answer", arguments: [1, 2])
  func kills(seed: Int) throws {
    let run = try program.start(["torture", "--kills", "20", "--seed", "\(seed)", "--folder", "store"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("20 kills, seed \(seed):") && run.output.contains("nothing lost or wrong"), "\(run.output)")
  }
}
