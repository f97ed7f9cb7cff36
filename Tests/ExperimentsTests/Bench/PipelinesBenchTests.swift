import Foundation
import TestSupport
import Testing

/// The bench of pipelines at scale smoke.
@Suite struct PipelinesBenchTests {
  let program = ExperimentsProgram()

  @Test("The bench of pipelines records its ratios, and says when there is no pandas")
  func bench() throws {
    let run = try program.start(["bench", "--part", "pipelines", "--scale", "smoke", "--repetitions", "3"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try program.records("bench-pipelines")
    // As every run, it says what it was made of.
    let provenance = try String(
      contentsOf: program.folder.url.appendingPathComponent("Results/runs/bench-pipelines/provenance.json"), encoding: .utf8)
    #expect(provenance.contains("\"experiment\" : \"bench-pipelines\"") && provenance.contains("\"part\" : \"pipelines\""))
    #expect(provenance.contains("\"data\" : \"generated\"") && provenance.contains("properties_2016.csv"))
    #expect(run.output.contains("zillow_store_all_vs_dedup") && run.output.hasSuffix("/Results/runs/bench-pipelines/rows.csv\n"))
    #expect(try program.rows("bench-pipelines")[0] == ["bench", "repetition", "metric", "unit", "value"])
    #expect(try records.value("log_zillow_dedup_vs_none") > 0)
    #expect(try records.value("zillow_store_all_vs_dedup") > 2)
    #expect(try records.value("zillow_growth_10_to_50") > 1)
    #expect(try records.value("zillow_dedup_vs_input") < records.value("zillow_dedup_vs_input_zstd19"))
    let compared = records.all.contains { $0["metric"] == "csv_read_vs_pandas" }
    #expect(compared != run.errors.contains("No Python with pandas was found"))
  }
}
