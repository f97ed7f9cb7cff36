import Foundation
import TestSupport
import Testing

/// Figures 5b to 5d at scale smoke: what must hold in the rows whatever the machine.
@Suite struct Fig5QueryTimeTests {
  let program = ExperimentsProgram()

  @Test("Figure 5 asks the eight queries of three layers under two schemes, and of layer 1 with gzip; every answer equals the re-run")
  func queries() throws {
    let run = try program.start(["run", "5", "--scale", "smoke", "--repetitions", "1"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try program.records("smoke/fig5-query-time")
    let names = ["POINTQ", "TOPK", "COL_DIFF", "COL_DIST", "KNN", "ROW_DIFF", "SVCCA", "VIS"]
    func queries(_ scheme: String, _ target: String) -> [String?] {
      records.all.filter { $0["metric"] == "identicalReads" && $0["scheme"] == scheme && $0["target"] == target }.map { $0["query"] }
    }
    for scheme in ["pool(2)", "full"] {
      for layer in [21, 11, 1] { #expect(queries(scheme, "layer \(layer)") == names) }
      for (layer, query) in [4: "POINTQ", 13: "TOPK", 6: "ROW_DIFF", 17: "SVCCA", 5: "VIS"] {
        #expect(queries(scheme, "layer \(layer)") == [query])
      }
    }
    for scheme in ["full gzip", "pool(2) gzip"] { #expect(queries(scheme, "layer 1") == names.filter { $0 != "SVCCA" }) }

    func value(_ metric: String, _ query: String, _ layer: Int, _ scheme: String = "full") throws -> Double {
      try records.value(metric, ["query": query, "target": "layer \(layer)", "scheme": scheme])
    }
    // One cold read, and five warm ones.
    #expect(try value("framesDecoded", "POINTQ", 1) == 1 && value("identicalReads", "POINTQ", 1) == 6)
    // A quarter of the values under pool(2), for all of a layer of 8 maps of 32 x 32 and 70 images.
    #expect(try value("bytesDecoded", "VIS", 1) >= 8 * 1_024 * 70 * 4)
    #expect(try value("bytesDecoded", "VIS", 1, "pool(2)") < value("bytesDecoded", "VIS", 1) / 3)
    #expect(try value("bytesDecoded", "TOPK", 1) < value("bytesDecoded", "VIS", 1) / 4)
    // Layer by layer from the input; two networks for COL_DIFF, the network twice for KNN.
    #expect(try value("stagesRun", "VIS", 1) == 2 && value("stagesRun", "VIS", 21) == 22)
    #expect(try value("stagesRun", "KNN", 1) == 2 + 22 && value("stagesRun", "COL_DIFF", 1) == 2 + 3)
    #expect(try value("stagesRun", "SVCCA", 1) == 22 && value("stagesRun", "ROW_DIFF", 6) == 7 + 7)
    // Every question is re-run by models that are loaded and by models that are there.
    #expect(records.all.filter { $0["metric"] == "rerunLoadingSeconds" }.count >= 72)
    #expect(try records.value("loadSeconds", ["scheme": "full"]) > 0 && records.value("batch", ["scheme": "full"]) == 70)
    for metric in ["plan_regret", "predictions_within_2x"] { #expect(try records.value(metric) >= 0) }
    #expect(try records.value("plannedQuestions") == 72)
    for figure in ["fig5-query-time", "fig5-query-time-full", "fig5-query-time-gzip", "fig5-query-time-pool2-gzip"] {
      let script = program.folder.path + "/Results/runs/smoke/fig5-query-time/\(figure).gp"
      #expect(try String(contentsOfFile: script, encoding: .utf8).contains("generated data"))
    }
  }
}
