import Diagnosis
import TestSupport
import Testing

@Suite struct QuantilesTests {
  @Test("Quantiles and the deviation are NumPy's", .enabled(if: NumPy.isInstalled), arguments: 0..<6 as Range<UInt64>)
  func numpy(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let values = (0..<Int(1 + random.next() % 60)).map { _ in (random.unit() - 0.5) * 1e6 }
    let shares = [0, 0.01, 0.25, 0.5, 0.9, 1] + (0..<5).map { _ in random.unit() }
    let script = """
      import numpy, json, sys
      d = json.load(sys.stdin); v = numpy.array(d["values"])
      print(json.dumps({"quantiles": numpy.quantile(v, d["shares"]).tolist(), "std": [float(v.std())]}))
      """
    let answer = try NumPy.run(script, input: ["values": values, "shares": shares])
    let theirs = try #require(answer["quantiles"] as? [Double])
    for (a, b) in zip(Quantiles.of(values, shares: shares), theirs) { #expect(abs(a - b) <= 1e-9, "seed \(seed)") }
    let deviation = try #require((answer["std"] as? [Double])?.first)
    #expect(abs(try #require(Distribution(values)).deviation - deviation) <= 1e-6, "seed \(seed)")
  }

  @Test("Of no number there is no quantile, and the ends of float64 are quantiles too")
  func extremes() throws {
    #expect(Quantiles.of([.nan, .infinity], shares: [0.5])[0].isNaN)
    #expect(Quantiles.of([7], shares: [0, 0.3, 1]) == [7, 7, 7])
    #expect(
      Quantiles.of([.greatestFiniteMagnitude, -.greatestFiniteMagnitude], shares: [0, 0.5, 1]) == [
        -.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude,
      ])
    #expect(Distribution([5, 5, .nan])?.deviation == 0)
    #expect(Distribution([-1.5e308, 1.5e308])?.deviation == 1.5e308)
    #expect(Distribution([0, 0x1p-1000])?.deviation == 0x1p-1001)
    #expect(Distribution([1e300, -1e300])?.deviation == 1e300)
    let edges = try #require(Distribution([0, 1, 3], bins: 3)).edges
    #expect(edges == [0, 1, 2, 3])
    #expect(try #require(Distribution([-1.7e308, 1.7e308], bins: 2)).edges == [-1.7e308, 0, 1.7e308])
  }
}
