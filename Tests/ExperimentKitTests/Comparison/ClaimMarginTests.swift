import Testing

@testable import ExperimentKit

struct ClaimMarginTests {
  /// Two policies, fifty layers, three repetitions: LP takes `lp` times of DEDUP, and both store bytes in the same ratio.
  private func table(lp: Double, unit: String = "s") throws -> MeasurementTable {
    var table = try MeasurementTable(parameters: ["policy", "layer", MeasurementTable.repetition])
    for (policy, value) in [("DEDUP", 1.0), ("LP", lp)] {
      for layer in 1...50 {
        for repetition in 1...3 {
          try table.append("cost", value, unit: unit, at: ["policy": policy, "layer": layer, MeasurementTable.repetition: repetition])
        }
      }
    }
    return table
  }

  private static func total(_ table: MeasurementTable, _ policy: String) -> Double {
    table.rows.filter { $0.coordinates[0] == policy }.map(\.value.double).reduce(0, +)
  }

  /// LP costs at most 1.2 times DEDUP over all layers.
  private let sum = Claim("sum", "LP costs at most 1.2 times DEDUP.", source: "section 8") { table in
    let ratio = Self.total(table, "LP") / Self.total(table, "DEDUP")
    return ClaimVerdict(holds: ratio <= 1.2, numbers: ["ratio": ratio])
  }

  /// The same of the first layer alone.
  private let one = Claim("one", "LP costs at most 1.2 times DEDUP at layer 1.", source: "section 8") { table in
    let first = table.rows.filter { $0.coordinates[1] == "1" }
    let values = ["DEDUP", "LP"].map { policy in Timings.median(of: first.filter { $0.coordinates[0] == policy }.map(\.value.double)) }
    return ClaimVerdict(holds: values[1] / values[0] <= 1.2, numbers: ["ratio": values[1] / values[0]])
  }

  @Test("A ratio within a quarter up of one time and a quarter down of the other is close, on either side; one farther away is not")
  func ratio() throws {
    for claim in [sum, one] {
      for (lp, isClose) in [(0.7, false), (0.8, true), (1.1, true), (1.19, true), (1.3, true), (1.8, true), (1.95, false)] {
        #expect(claim.changesWithTimes(in: try table(lp: lp), at: .ci, gates: []) == isClose, "\(claim.id) at \(lp)")
      }
    }
  }

  @Test("Of many that must hold, one that fails by little makes a claim close; one that fails by far does not, nor do two")
  func conjunction() throws {
    let every = Claim("every", "LP is no slower than DEDUP at any layer.", source: "section 8") { table in
      let slow = (1...50).count { layer in
        let values = ["DEDUP", "LP"].map { policy in
          Timings.median(of: table.rows.filter { $0.coordinates[0] == policy && $0.coordinates[1] == "\(layer)" }.map(\.value.double))
        }
        return values[1] > values[0]
      }
      return ClaimVerdict(holds: slow == 0, numbers: ["slow": Double(slow)])
    }
    func changed(_ layers: [Int], _ factor: Double) throws -> MeasurementTable {
      try table(lp: 0.95).withValues { _, row in
        let isOne = row.coordinates[0] == "LP" && layers.contains(Int(row.coordinates[1])!)
        return .real(isOne ? row.value.double * factor : row.value.double)
      }
    }
    #expect(every.changesWithTimes(in: try changed([7], 1.1), at: .ci, gates: []))
    #expect(!every.changesWithTimes(in: try changed([7], 2), at: .ci, gates: []))
    #expect(!every.changesWithTimes(in: try changed([7, 8], 2), at: .ci, gates: []))
  }

  @Test("Bytes, and what a gate holds to a number, are never close")
  func exact() throws {
    #expect(!sum.changesWithTimes(in: try table(lp: 1.19, unit: "B"), at: .ci, gates: []))
    for rule in [Gate.Rule.exact, .within(0.02, reason: "compression"), .choice] {
      #expect(!sum.changesWithTimes(in: try table(lp: 1.19), at: .ci, gates: [Gate("cost", rule)]), "\(rule)")
    }
    #expect(sum.changesWithTimes(in: try table(lp: 1.19, unit: "1"), at: .ci, gates: [Gate("cost", .ratioAtLeast(0.25))]))
  }

  @Test("A claim that is not made at this scale, or that cannot be judged, is not close")
  func notJudged() throws {
    let elsewhere = Claim("elsewhere", "So.", source: "section 8", scales: [.paper], judge: sum.judge)
    #expect(!elsewhere.changesWithTimes(in: try table(lp: 1.19), at: .ci, gates: []))
    let broken = Claim("broken", "So.", source: "section 8") { _ in throw Boom() }
    #expect(!broken.changesWithTimes(in: try table(lp: 1.19), at: .ci, gates: []))
  }
}
