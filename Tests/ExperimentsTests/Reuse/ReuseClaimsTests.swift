import ExperimentKit
import Testing

@testable import experiments

@Suite("The statements about reuse are judged by the rows") struct ReuseClaimsTests {
  /// Rows in which every statement holds, with `changes` of single values.
  private static func rows(_ changes: [String: Double] = [:]) throws -> MadeUpRows {
    var values: [(metric: String, workload: String, way: String, value: Double)] = []
    let (cnn, vgg16) = (ImageWorkload.Network.cnn.rawValue, ImageWorkload.Network.vgg16.rawValue)
    for workload in [ReuseExperiment.pipelines, cnn, vgg16] {
      values.append(("partitionBytesDifference", workload, ReuseExperiment.reusing, 0))
    }
    values += [
      ("versusDistinct", ReuseExperiment.pipelines, ReuseExperiment.reusing, 1.1),
      ("versusRunning", ReuseExperiment.pipelines, ReuseExperiment.reusing, 0.85),
      ("versusRunning", vgg16, ReuseExperiment.reusing, 0.19), ("versusComputing", cnn, ReuseExperiment.reusing, 1.01),
      ("relog", vgg16, ReuseExperiment.reusing, 0.009),
    ]
    for change in ReuseEdit.Change.allCases {
      values += [
        ("ratio", ReuseExperiment.edited, change.rawValue, 0.3), ("share", ReuseExperiment.edited, change.rawValue, 0.26),
      ]
    }
    var rows = try MadeUpRows(ReuseExperiment.parameters)
    for value in values {
      let key = "\(value.metric) \(value.workload) \(value.way)"
      try rows.add(value.metric, [changes[key] ?? value.value], at: ["workload": value.workload, "way": value.way])
    }
    return rows
  }

  @Test("All hold for rows in which all hold, and each fails by its own row alone")
  func judged() throws {
    let rows = try Self.rows()
    for claim in ReuseClaims.all { #expect(claim.result(for: rows.table, at: .small).outcome == .holds, "\(claim.id)") }
    let (cnn, vgg16) = (ImageWorkload.Network.cnn.rawValue, ImageWorkload.Network.vgg16.rawValue)
    let broken: [(key: String, value: Double, claim: String)] = [
      ("versusDistinct \(ReuseExperiment.pipelines) \(ReuseExperiment.reusing)", 1.16, "reuse.pipelines-near-distinct"),
      ("versusRunning \(ReuseExperiment.pipelines) \(ReuseExperiment.reusing)", 0.91, "reuse.pipelines-faster-than-running"),
      ("versusRunning \(vgg16) \(ReuseExperiment.reusing)", 0.21, "reuse.vgg16-faster-than-running"),
      ("versusComputing \(cnn) \(ReuseExperiment.reusing)", 1.03, "reuse.cnn-costs-nothing"),
      ("relog \(vgg16) \(ReuseExperiment.reusing)", 0.011, "reuse.relog"),
      ("ratio \(ReuseExperiment.edited) \(ReuseEdit.Change.lastStage.rawValue)", 0.32, "reuse.edit-last-stage"),
      ("ratio \(ReuseExperiment.edited) \(ReuseEdit.Change.join.rawValue)", 0.32, "reuse.edit-join"),
      ("partitionBytesDifference \(cnn) \(ReuseExperiment.reusing)", 1, "reuse.same-bytes"),
    ]
    #expect(broken.count == ReuseClaims.all.count)
    for change in broken {
      let rows = try Self.rows([change.key: change.value])
      let failing = ReuseClaims.all.filter { $0.result(for: rows.table, at: .small).outcome != .holds }.map(\.id)
      #expect(failing == [change.claim])
    }
  }

  @Test("What logging takes beyond the distinct stages is called storing only where looking up was measured, and takes next to nothing")
  func storing() throws {
    func remark(relog: Double?) throws -> String {
      let (pipelines, reusing) = (ReuseExperiment.pipelines, ReuseExperiment.reusing)
      var rows = try Self.rows(["versusDistinct \(pipelines) \(reusing)": 1.4])
      if let relog { try rows.add("relog", [relog], at: ["workload": pipelines, "way": reusing]) }
      for (way, seconds) in [(reusing, 28.0), (ReuseExperiment.distinct, 20)] {
        try rows.add("seconds", [seconds], at: ["workload": pipelines, "way": way])
      }
      try rows.add("intermediates", [800], at: ["workload": pipelines, "way": reusing])
      try rows.add("reused", [550], at: ["workload": pipelines, "way": reusing])
      return try #require(try rows.judge(ReuseClaims.all, "reuse.pipelines-near-distinct").remark)
    }
    let known = try remark(relog: 0.007)
    #expect(
      known.contains("0.7 % of its first logging") && known.contains("The 8 s beyond") && known.contains("store 250 new intermediates"),
      "\(known)")
    #expect(!known.contains(Claim.noCause))
    #expect(try remark(relog: 0.3).contains(Claim.noCause) && remark(relog: nil).contains(Claim.noCause))
  }
}
