import Foundation
import TestSupport
import Testing

/// Figure 5a at scale smoke: what must hold in the rows whatever the machine.
@Suite struct Fig5aZillowQueriesTests {
  let program = ExperimentsProgram()

  @Test("Figure 5a asks the paper's eight queries, each read as often as it says and equal to the re-run")
  func queries() throws {
    let run = try program.start(["run", "5a", "--scale", "smoke", "--repetitions", "2"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try program.records("smoke/fig5a-zillow-queries")
    let queries = ["POINTQ", "TOPK", "COL_DIFF", "COL_DIST", "KNN", "ROW_DIFF", "CORR", "VIS"]
    #expect(records.all.filter { $0["metric"] == "identicalReads" }.map { $0["query"] } == queries)
    // Two cold reads, and five warm ones however often the run repeats.
    for query in queries { #expect(try records.value("identicalReads", ["query": query]) == 7) }

    // One value of one column decodes one frame; all columns of two rows decode many; two models are re-run for COL_DIFF.
    #expect(try records.value("framesDecoded", ["query": "POINTQ"]) == 1)
    #expect(try records.value("framesDecoded", ["query": "ROW_DIFF"]) > 10)
    let (one, two) = (try records.value("stagesRun", ["query": "COL_DIST"]), try records.value("stagesRun", ["query": "COL_DIFF"]))
    #expect(two > one)
    #expect(try records.value("bytesDecoded", ["query": "KNN"]) > records.value("bytesDecoded", ["query": "POINTQ"]))
    for kind in ["png", "svg", "gp", "dat"] {
      #expect(
        FileManager.default.fileExists(
          atPath: program.folder.path + "/Results/runs/smoke/fig5a-zillow-queries/fig5a-zillow-queries.\(kind)"))
    }
  }
}
