import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Numbers rounded to decimals, against what the C library prints. `MISTIQUE_DECIMALS` says how many.
@Suite("Random decimals")
struct DecimalsFuzzTests {
  @Test("A rounded number is the nearest double of a decimal with so many digits, and no further from the number than half of the last")
  func decimals() {
    let report = TortureRun("decimals", TortureSettings("MISTIQUE_DECIMALS", small: 5_000)).run { _, random in
      let decimals = Int(random.next() % 16)
      let value = Self.value(&random)
      let got = try Self.rounded(value, decimals)
      if KnownFaults.decimals.isThere, abs(value) * pow(10, Double(decimals)) > 0x1p50 { return "looked away" }
      // What the C library prints is exact; where the number lies in the middle, or so near that a product rounds to it, both sides will do.
      func printed(_ value: Double) -> Double { strtod(String(format: "%.\(decimals)f", value), nil) + 0 }
      let near = printed(value)
      let step = pow(10, -Double(decimals))
      let isTie = abs(abs(value - near) - step / 2) <= abs(value) * 0x1p-50
      let right = [near] + (isTie ? [value.nextDown, value.nextUp, value * (1 - 0x1p-50), value * (1 + 0x1p-50)].map(printed) : [])
      guard right.contains(where: { $0.bitPattern == got.bitPattern }) else {
        throw BrokenProperty("\(value) at \(decimals) decimals is \(got), right \(right)")
      }
      return isTie ? "ties" : "rounded"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
  }

  private static func value(_ random: inout SeededRandom) -> Double {
    switch random.next() % 6 {
    case 0: return Double(Int64(random.next() % 2_000_001) - 1_000_000) / 1e3
    case 1: return Double(random.next() % 10_000_000_000) / 10
    case 2: return (random.unit() - 0.5) * pow(10, Double(random.next() % 20))
    case 3: return Double(Int64(random.next() % 2001) - 1000) / 16
    case 4: return Double(bitPattern: random.next() % 9) + random.unit() * 1e-9
    default: return random.unit()
    }
  }

  private static func rounded(_ value: Double, _ decimals: Int) throws -> Double {
    let parameters = Parameters(
      ["weights": .numbers([1]), "decimals": .integer(decimals)], declarations: CombinePredictions.signature.parameters)
    let input = DataFrame(rowIDs: .first(1), columns: [(name: "prediction", column: Column(.float64([value])))])
    let frame = try CombinePredictions(parameters).fit([.frame(input)]).apply([.frame(input)])[0]
    guard let got = frame.columns[0].doubles?.first else { throw BrokenProperty("\(value) is no number any more") }
    return got
  }
}
