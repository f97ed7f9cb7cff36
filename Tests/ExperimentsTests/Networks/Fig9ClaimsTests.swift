import ExperimentKit
import Testing

@testable import experiments

/// Figure 9's claims over rows that nobody measured.
@Suite struct Fig9ClaimsTests {
  private func rows(_ other: [String: Double] = [:]) throws -> MadeUpRows {
    let shares = ["full": 0, "LP": 0, "8BIT": 0.002, "pool(2)": 0, "KBIT(3)": 0.2, "THRESHOLD": 0.8, "BOUND(0.2 rms)": 0.01]
    var rows = try MadeUpRows(Fig9HeatMaps.parameters)
    for scheme in Fig9HeatMaps.schemes {
      let place: MeasurementTable.Parameters = ["scheme": scheme.name, "class": "all", "neuron": "all"]
      try rows.add("visibleShare", [other[scheme.name] ?? shares[scheme.name]!], at: place)
      if scheme.name != NamedScheme.pool2.name {
        try rows.add("valueDifference", [0.1], at: place)
        try rows.add("cellDifference", [0.01], at: place)
      }
      try rows.addCount("images", 2_000, at: place)
      for cell in 0..<20 {
        try rows.add("meanActivation", [Double(cell)], at: ["scheme": scheme.name, "class": cell / 2, "neuron": cell % 2])
      }
    }
    return rows
  }

  private func outcome(_ rows: MadeUpRows, _ id: String, at scale: ExperimentKit.Scale = .small) throws -> ClaimResult.Outcome {
    try rows.outcome(of: Fig9Claims.all, id, at: scale)
  }

  @Test("The shares of cells that change are measurements, with what single values and cells are off by")
  func measurements() throws {
    let figures = try Fig9Claims.keyFigures.map { try $0.text(rows().table) }
    #expect(figures == ["0 %, 0.2 %, 0 %, 20 %, 80 %", "0.1 / 0.01, 0.1 / 0.01, 0.1 / 0.01"], "\(figures)")
  }

  @Test("Each of LP, 8BIT and pool(2) must change fewer cells than each of KBIT(3) and THRESHOLD")
  func closer() throws {
    let id = "fig9.lp-8bit-pool-closer"
    #expect(try outcome(rows(["KBIT(3)": 0.003]), id) == .holds && outcome(rows(["KBIT(3)": 0.002]), id) == .doesNotHold)
    #expect(try outcome(rows(["pool(2)": 0.3]), id) == .doesNotHold && outcome(rows(), id, at: .smoke) == .notApplicable)
  }

  @Test("The figure says how many images there were")
  func figure() throws {
    let chart = try Fig9Claims.chart(rows().table)
    #expect(chart.title.contains("2,000 images") && chart.panels.count == Fig9HeatMaps.schemes.count)
  }
}
