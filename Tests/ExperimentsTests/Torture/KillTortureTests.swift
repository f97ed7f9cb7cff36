import TestSupport
import Testing

@testable import experiments

/// The torture of `make torture`, short: a process that logs, asks, materializes, gives up and deletes is killed at random instants.
@Suite(.serialized) struct KillTortureTests {
  let program = ExperimentsProgram()

  @Test("Twenty kills lose nothing that was committed or counted, and leave stores that open, verify and answer", arguments: [1, 2])
  func kills(seed: Int) throws {
    let run = try program.start(["torture", "--kills", "20", "--seed", "\(seed)", "--folder", "store"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("20 kills, seed \(seed):") && run.output.contains("nothing lost or wrong"), "\(run.output)")
  }

  @Test("Kills before which nothing was committed show nothing, which is an error that says what to do")
  func nothingCommitted() throws {
    var tally = KillTorture.Tally(models: 2, committed: 0, unfinished: 3)
    #expect { try tally.summary(kills: 4, seed: 9) } throws: { "\($0)".contains("4 kills, seed 9: no model was committed") }
    tally.add(KillTorture.Tally(models: 5, committed: 1, unfinished: 1))
    #expect(try tally.summary(kills: 8, seed: 9).hasPrefix("8 kills, seed 9: 7 models compared bit for bit, 4 left files"))
  }
}
