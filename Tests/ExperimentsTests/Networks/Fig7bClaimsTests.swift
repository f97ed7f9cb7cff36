import ExperimentKit
import Testing

@testable import experiments

/// Figure 7b's claims over rows that nobody measured.
@Suite struct Fig7bClaimsTests {
  /// The paper's times, or others; cold takes twice as long.
  private func rows(
    _ warm: (NamedScheme, Int) -> Double? = { _, _ in nil }, cold: (NamedScheme, Int) -> Double? = { _, _ in nil },
    bytes: (NamedScheme) -> Int = { $0.name == "8BIT" ? 160 : 100 }
  ) throws -> MadeUpRows {
    let paper: [String: [Int: Double]] = [
      "full": [1: 70, 6: 10, 11: 9, 16: 3, 21: 0.07],
      "LP": [1: 63.7, 6: 8.7, 11: 8.0, 16: 2.9, 21: 0.07], "8BIT": [1: 56.2, 6: 11.7, 11: 17.6, 16: 14.9, 21: 5.8],
      "pool(2)": [1: 16.2, 6: 2.6, 11: 2.7, 16: 0.71, 21: 0.08], "pool(S)": [1: 0.16, 6: 0.31, 11: 0.61, 16: 0.69, 21: 0.07],
    ]
    var rows = try MadeUpRows(Fig7bReadCost.parameters)
    for scheme in Fig7bReadCost.schemes {
      for layer in Fig7bReadCost.layers {
        let place: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer]
        let seconds = paper[scheme.name]![layer]!
        try rows.add("readSeconds", [warm(scheme, layer) ?? seconds], at: place)
        try rows.add("readColdSeconds", [cold(scheme, layer) ?? 2 * seconds], at: place)
        try rows.addCount("bytesRead", bytes(scheme), at: place)
        try rows.addCount("images", 2_000, at: place)
      }
    }
    for reading in Fig7bReadCost.beyond.flatMap(\.readings) {
      for layer in Fig7bReadCost.layers {
        let place: MeasurementTable.Parameters = ["scheme": reading.name, "layer": layer]
        try rows.add("readSeconds", [1], at: place)
        try rows.add("readColdSeconds", [2], at: place)
      }
    }
    return rows
  }

  private func outcome(_ rows: MadeUpRows, _ id: String, at scale: ExperimentKit.Scale = .small) throws -> ClaimResult.Outcome {
    try rows.outcome(of: Fig7bClaims.all, id, at: scale)
  }

  @Test("The paper's own times hold in every claim, and none is judged at scale smoke")
  func paper() throws {
    for claim in Fig7bClaims.all {
      #expect(try outcome(rows(), claim.id) == .holds, "\(claim.id)")
      #expect(try outcome(rows(), claim.id, at: .smoke) == .notApplicable)
    }
  }

  @Test("Cold reads count as much as warm ones")
  func cold() throws {
    func slow(_ name: String, _ layer: Int, _ seconds: Double) -> (NamedScheme, Int) -> Double? {
      { $0.name == name && $1 == layer ? seconds : nil }
    }
    for id in ["fig7b.smaller-reads-faster", "fig7b.reconstruction-costs"] {
      let broken = id == "fig7b.smaller-reads-faster" ? slow("pool(2)", 1, 1_000) : slow("8BIT", 21, 0.01)
      #expect(try outcome(rows(broken), id) == .doesNotHold && outcome(rows(cold: broken), id) == .doesNotHold, "\(id)")
    }
    let fast = slow("8BIT", 11, 2.7 * 2 * 5.9)
    #expect(try outcome(rows(cold: fast), "fig7b.8bit-6x-slower-than-pool2") == .doesNotHold)
    #expect(try outcome(rows(slow("8BIT", 16, 4)), "fig7b.8bit-6x-slower-than-pool2") == .doesNotHold)
  }

  @Test("8BIT must take 1.5 times the bytes of pool(2)")
  func bytes() throws {
    #expect(try outcome(rows(bytes: { $0.name == "8BIT" ? 149 : 100 }), "fig7b.8bit-larger-than-pool2") == .doesNotHold)
    #expect(try outcome(rows(bytes: { $0.name == "8BIT" ? 150 : 100 }), "fig7b.8bit-larger-than-pool2") == .holds)
  }

  @Test("The figure has a panel of warm reads and one of cold reads, with the number of images")
  func figure() throws {
    let chart = try Fig7bFigure.chart(rows().table)
    #expect(chart.panels.map(\.title) == ["warm", "cold"] && chart.title.contains("2,000 images"))
    #expect(chart.notes.joined().contains("pool(2) is the paper's default scheme"))
  }
}
