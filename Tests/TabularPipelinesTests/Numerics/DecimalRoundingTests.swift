import Foundation
import Mistique
import Testing

@testable import TabularPipelines

struct DecimalRoundingTests {
  @Test("Numbers are rounded to the nearest of the decimal that Python's decimals give")
  func decimals() throws {
    let cases = try #require(try StageGoldenTests.root()["decimals"] as? [[Any]])
    #expect(cases.count >= 400)
    for golden in cases {
      let value = try LearnersGolden.number(golden[0])
      let decimals = try #require(golden[1] as? Int)
      let rounding = try #require(DecimalRounding(decimals: decimals))
      let expected = try LearnersGolden.number(golden[2])
      #expect(rounding(value).bitPattern == expected.bitPattern, "\(value) at \(decimals): \(rounding(value)), not \(expected)")
      #expect(rounding(expected).bitPattern == expected.bitPattern, "\(expected) at \(decimals) again")
      guard !(golden[3] is NSNull) else { continue }
      let single = Float(try LearnersGolden.number(golden[3]))
      #expect(
        rounding(Float(value)).bitPattern == single.bitPattern, "\(Float(value)) at \(decimals): \(rounding(Float(value))), not \(single)")
    }
    let special: [Double] = [.nan, .infinity, -.infinity]
    #expect(special.allSatisfy { DecimalRounding(decimals: 3)!($0).bitPattern == $0.bitPattern })
    #expect(DecimalRounding(decimals: -1) == nil)
  }
}
