import MistiqueStorage
import TestSupport
import Testing

@Suite struct ThresholdTests {
  @Test("Threshold, bits and the two means are NumPy's", .enabled(if: NumPy.isInstalled), arguments: [0, 0.25, 0.5, 0.9, 0.995])
  func numpy(quantile: Double) throws {
    let trials = HardValues.moderate(3001, seed: 41)
    let answer = try NumPy.run(
      """
      import json, sys, numpy as np
      d = json.load(sys.stdin)
      answer = {"t": [], "bits": [], "means": []}
      for x in np.array(d["x"], np.uint32).view(np.float32).reshape(-1, 3001):
        t = np.float32(np.quantile(x.astype(np.float64), d["q"][0]))
        above = x > t
        upper = x[above].astype(np.float64).mean() if above.any() else np.nextafter(t, np.float32(np.inf))
        means = np.array([x[~above].astype(np.float64).mean(), upper], np.float32)
        answer["t"].append(int(t.view(np.uint32)))
        answer["bits"].append(above.astype(int).tolist())
        answer["means"] += means.view(np.uint32).tolist()
      print(json.dumps(answer))
      """, input: ["x": NumPy.bits(trials.flatMap(\.values)), "q": [quantile]])
    let (thresholds, means) = (NumPy.floats(answer["t"]), NumPy.floats(answer["means"]))
    let bits = try #require(answer["bits"] as? [[Int]])
    #expect(bits.count == trials.count)
    for (place, (name, values)) in trials.enumerated() {
      let quantized = try QuantizedValues(values, scheme: .threshold(quantile))
      #expect(quantized.quantizer.threshold(column: 0) == Double(thresholds[place]), "\(name)")
      #expect(quantized.codes.map(Int.init) == bits[place], "\(name)")
      for (ours, theirs) in zip(quantized.quantizer.representatives(column: 0), means[(2 * place)...]) {
        #expect(abs(ours - Double(theirs)) <= Double(theirs.ulp), "\(name)")
      }
    }
  }

  @Test("Values lie within the bounds of their bit; a reconstruction has the bit it came from")
  func boundsAndIdempotence() throws {
    for (name, values) in HardValues.all(2000, seed: 42) {
      for (width, granularity) in [(1, QuantizationScheme.Granularity.intermediate), (5, .intermediate), (5, .column), (50, .channel)] {
        let quantized = try QuantizedValues(
          values, width: width, scheme: .threshold(0.8, per: granularity), sample: Array(values.prefix(1000)),
          channels: width == 50 ? 2 : nil)
        let codes = quantized.codes
        #expect(values.indices.allSatisfy { quantized.bounds(codes[$0], column: $0 % width).contains(Double(values[$0])) }, "\(name)")
        let thresholds = try (0..<width).map { try #require(quantized.quantizer.threshold(column: $0)) }
        #expect(values.indices.allSatisfy { (Double(values[$0]) > thresholds[$0 % width]) == (codes[$0] == 1) }, "\(name)")
        let again = QuantizedValues(quantized.decoded, width: width, quantizer: quantized.quantizer)
        #expect(again.codeBytes == quantized.codeBytes, "\(name)")
      }
    }
  }

  @Test("The default marks the top half percent, one bit per value")
  func topHalfPercent() throws {
    var random = SeededRandom(seed: 43)
    let quantized = try QuantizedValues(random.normals(20_000), scheme: .threshold())
    #expect(quantized.codes.count { $0 == 1 } == 100)
    #expect(quantized.codeBytes?.count == 2500)
  }

  @Test("A NaN has no bit")
  func nans() throws {
    for place in [0, 7, 600, 999] {
      var values = [Float](repeating: 1, count: 1000)
      values[place] = .nan
      #expect(try QuantizedValues(values, scheme: .threshold()).codeBytes == nil)
    }
  }
}
