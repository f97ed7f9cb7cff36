import ExperimentKit
import Testing

@testable import experiments

/// The statements about similar columns, figure 14 and similarity placement, over rows that nobody measured.
@Suite struct ColumnClaimsTests {
  /// MB by similarity: apart, together, and under gzip with eight columns in a stream, and all of them unless said otherwise.
  private func columns(
    apart: [Double] = [35, 35, 35, 35, 35], together: [Double] = [34, 31, 23, 17, 5], streams: [Double] = [35, 31, 23, 17, 5],
    one: [Double]? = nil
  ) throws -> MadeUpRows {
    var rows = try MadeUpRows(["similarity", "method"])
    for (index, similarity) in Fig14ColumnCompression.similarities.enumerated() {
      for (method, sizes) in [
        ("gzip, each column", apart), ("DEDUP + similarity", together), ("gzip, 8 columns a stream", streams),
        ("gzip, all columns a stream", one ?? streams),
      ] {
        try rows.add("storedBytes", [sizes[index] * 1e6], at: ["similarity": similarity, "method": method])
      }
    }
    return rows
  }

  private func outcome(_ id: String, _ rows: MadeUpRows) throws -> ClaimResult.Outcome {
    try rows.judge(Fig14Claims.all, "fig14.\(id)").outcome
  }

  @Test("Of the paper's own numbers every statement of figure 14 holds, and of no rows none")
  func paper() throws {
    let (paper, none) = (try columns(), try MadeUpRows(["similarity", "method"]))
    for claim in Fig14Claims.all {
      #expect(claim.result(for: paper.table, at: .paper).outcome == .holds, "\(claim.id)")
      #expect(claim.result(for: none.table, at: .paper).outcome == .error, "\(claim.id)")
    }
  }

  @Test("Placement that gains nothing from similarity fails")
  func trivial() throws {
    #expect(try outcome("similar-columns-compress-together", columns(streams: [35, 35, 35, 35, 35])) == .doesNotHold)
    #expect(try outcome("similar-columns-compress-together", columns(one: [5, 5, 5, 5, 5])) == .doesNotHold, "all a stream count too")
    #expect(try outcome("six-times-better", columns(one: [33, 33, 33, 33, 33])) == .doesNotHold)
    #expect(try outcome("six-times-better", columns(together: [34, 31, 23, 17, 1], streams: [33, 33, 33, 33, 33])) == .doesNotHold)
    #expect(try outcome("not-larger-than-gzip", columns(streams: [33, 33, 33, 33, 33])) == .doesNotHold)
    #expect(try outcome("apart-gains-nothing", columns(apart: [35, 35, 33, 35, 35])) == .doesNotHold)
  }

  private func similarity(
    networks: (with: Double, cost: Double) = (0.999, 1.4), pipelines: (with: Double, cost: Double) = (0.84, 0.3)
  ) throws -> MadeUpRows {
    var rows = try MadeUpRows(["workload"])
    for (workload, made) in [(SimilarityCost.networks, networks), (SimilarityCost.pipelines, pipelines)] {
      let place: MeasurementTable.Parameters = ["workload": workload]
      for (metric, value) in [
        ("bytesWithout", 1e6), ("bytesWith", made.with * 1e6), ("secondsWithout", 1), ("secondsOfSimilarity", made.cost),
      ] { try rows.add(metric, [value], at: place) }
    }
    return rows
  }

  @Test("Similarity placement must gain more on pipelines than on networks")
  func placement() throws {
    func outcomes(_ rows: MadeUpRows) throws -> [ClaimResult.Outcome] {
      try ["networks-gain-nothing", "pipelines-gain"].map { try rows.judge(SimilarityCost.claims, "similarity.\($0)").outcome }
    }
    #expect(try outcomes(similarity()) == [.holds, .holds])
    #expect(try outcomes(similarity(networks: (0.8, 1.4))) == [.doesNotHold, .holds])
    #expect(try outcomes(similarity(networks: (0.999, 0.2))) == [.holds, .holds], "times of unlike things are not judged")
    #expect(try outcomes(similarity(pipelines: (1, 0.3))) == [.doesNotHold, .doesNotHold])
    #expect(try outcomes(MadeUpRows(["workload"])) == [.error, .error])
  }
}
