import Foundation
import TestSupport
import Testing

/// The experiments on pipelines at scale smoke: what they record, and what must hold in the rows whatever the machine.
@Suite(.serialized) struct PipelineExperimentsTests {
  let program = ExperimentsProgram()

  /// A table by the header's names.
  private func records(_ run: String) throws -> [[String: String]] {
    let rows = try program.rows(run)
    let header = try #require(rows.first).map(String.init)
    return rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0.map { $0.trimmingCharacters(in: .whitespaces) })) }
  }

  private func value(_ records: [[String: String]], _ metric: String, _ place: [String: String]) throws -> Double {
    let found = records.filter { record in record["metric"] == metric && place.allSatisfy { record[$0.key] == $0.value } }
    #expect(found.count == 1, "\(metric) at \(place)")
    return try #require(found.first?["value"].flatMap(Double.init))
  }

  @Test("Figure 5a asks the paper's eight queries, each read as often as it says and equal to the re-run")
  func queries() throws {
    let run = try program.start(["run", "5a", "--scale", "smoke", "--repetitions", "2"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try records("smoke/fig5a-zillow-queries")
    let queries = ["POINTQ", "TOPK", "COL_DIFF", "COL_DIST", "KNN", "ROW_DIFF", "CORR", "VIS"]
    #expect(records.filter { $0["metric"] == "identicalReads" }.map { $0["query"] } == queries)
    for query in queries { #expect(try value(records, "identicalReads", ["query": query]) == 4) }

    // One value of one column decodes one frame; all columns of two rows decode many; two models are re-run for COL_DIFF.
    #expect(try value(records, "framesDecoded", ["query": "POINTQ"]) == 1)
    #expect(try value(records, "framesDecoded", ["query": "ROW_DIFF"]) > 10)
    let (one, two) = (try value(records, "stagesRun", ["query": "COL_DIST"]), try value(records, "stagesRun", ["query": "COL_DIFF"]))
    #expect(two > one)
    #expect(try value(records, "bytesDecoded", ["query": "KNN"]) > value(records, "bytesDecoded", ["query": "POINTQ"]))
    for kind in ["png", "svg", "gp", "dat"] {
      #expect(
        FileManager.default.fileExists(
          atPath: program.folder.path + "/Results/runs/smoke/fig5a-zillow-queries/fig5a-zillow-queries.\(kind)"))
    }
  }

  @Test("Figure 11a: none and adaptive store no chunk while logging, DEDUP and STORE_ALL refer to as many, DEDUP stores fewer bytes")
  func logging() throws {
    let run = try program.start(["run", "11a", "--scale", "smoke", "--repetitions", "1"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try records("smoke/fig11a-logging-overhead")
    for pipeline in ["P1_a", "P5_a", "P9_a"] {
      func value(_ metric: String, _ policy: String) throws -> Double {
        try self.value(records, metric, ["pipeline": pipeline, "policy": policy])
      }
      #expect(try value("chunks", "none") == 0 && value("chunks", "adaptive") == 0)
      #expect(try value("chunks", "DEDUP") == value("chunks", "STORE_ALL") && value("chunks", "DEDUP") > 0)
      #expect(try value("duplicateChunks", "STORE_ALL gzip") == 0)
      #expect(try 0 < value("passedChunks", "DEDUP") && value("passedChunks", "DEDUP") <= value("duplicateChunks", "DEDUP"))
      #expect(try value("storedBytes", "DEDUP") < value("storedBytes", "STORE_ALL"))
      #expect(try value("storedBytes", "STORE_ALL") < value("storedBytes", "STORE_ALL raw"))
      for policy in ["none", "adaptive", "DEDUP"] { #expect(try value("overhead", policy) > 0) }
      #expect(try value("transformerBytes", "none") > 0)
    }
  }

  @Test("The bench of pipelines records its ratios, and says when there is no pandas")
  func bench() throws {
    let run = try program.start(["bench", "--part", "pipelines", "--scale", "smoke", "--repetitions", "3"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try records("bench")
    func value(_ metric: String) throws -> Double { try self.value(records, metric, [:]) }
    #expect(try value("log_zillow_dedup_vs_none") > 0)
    #expect(try value("zillow_store_all_vs_dedup") > 2)
    #expect(try value("zillow_growth_10_to_50") > 1)
    #expect(try value("zillow_dedup_vs_input") < value("zillow_dedup_vs_input_zstd19"))
    let compared = records.contains { $0["metric"] == "csv_read_vs_pandas" }
    #expect(compared != run.errors.contains("No Python with pandas was found"))
  }
}
