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
    let records = try program.records("bench")
    #expect(try records.value("log_zillow_dedup_vs_none") > 0)
    #expect(try records.value("zillow_store_all_vs_dedup") > 2)
    #expect(try records.value("zillow_growth_10_to_50") > 1)
    #expect(try records.value("zillow_dedup_vs_input") < records.value("zillow_dedup_vs_input_zstd19"))
    let compared = records.all.contains { $0["metric"] == "csv_read_vs_pandas" }
    #expect(compared != run.errors.contains("No Python with pandas was found"))
  }
}
