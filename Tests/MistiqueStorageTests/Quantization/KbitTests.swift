import MistiqueStorage
import TestSupport
import Testing

@Suite struct KbitTests {
  private func edges(_ quantized: QuantizedValues) -> [Float] {
    let count = quantized.quantizer.representatives(column: 0).count
    return (1..<max(1, count)).map {
      Float(quantized.quantizer.bounds(ofCode: UInt8($0), column: 0, extrema: quantized.extrema).lowerBound)
    }
  }

  @Test("Codes and representatives are what NumPy makes of the edges", .enabled(if: NumPy.isInstalled), arguments: [1, 2, 3, 5, 8])
  func numpy(bits: Int) throws {
    let trials = try HardValues.moderate(4000, seed: 21).map { ($0.name, try QuantizedValues($0.values, scheme: .kbit(bits))) }
    let edges = trials.map { self.edges($0.1) }
    let answer = try NumPy.run(
      """
      import json, sys, numpy as np
      d = json.load(sys.stdin)
      x, edges = (np.array(d[k], np.uint32).view(np.float32) for k in ("x", "edges"))
      ends = np.cumsum(np.array(d["counts"], int))
      answer = {"codes": [], "means": []}
      for values, own in zip(x.reshape(-1, 4000), np.split(edges, ends[:-1])):
        codes = np.searchsorted(own, values, side="right")
        def representative(members):
          distinct, counts = np.unique(members + 0, return_counts=True)
          heaviest = counts.argmax()
          if counts[heaviest] * 2 ** int(d["bits"][0]) > len(values): return distinct[heaviest]
          return members.astype(np.float64).mean()
        means = [representative(values[codes == c]) for c in range(len(own) + 1)]
        answer["codes"].append(codes.tolist())
        answer["means"].append(np.array(means, np.float32).view(np.uint32).tolist())
      print(json.dumps(answer))
      """,
      input: [
        "x": NumPy.bits(trials.flatMap(\.1.values)), "edges": NumPy.bits(edges.flatMap { $0 }), "counts": edges.map { Double($0.count) },
        "bits": [Double(bits)],
      ])
    let codes = try #require(answer["codes"] as? [[Int]])
    let means = try #require(answer["means"] as? [Any])
    for (place, (name, quantized)) in trials.enumerated() {
      #expect(quantized.codes.map(Int.init) == codes[place], "\(name)")
      let representatives = quantized.quantizer.representatives(column: 0)
      #expect(representatives.count == edges[place].count + 1)
      for (ours, theirs) in zip(representatives, NumPy.floats(means[place])) {
        #expect(abs(ours - Double(theirs)) <= Double(theirs.ulp), "\(name)")
      }
    }
  }

  @Test("The mean error is NumPy's for exact quantiles, or smaller", .enabled(if: NumPy.isInstalled), arguments: [2, 4, 8])
  func errorAgainstNumPy(bits: Int) throws {
    let trials = HardValues.moderate(20_000, seed: 22)
    let answer = try NumPy.run(
      """
      import json, sys, numpy as np
      d = json.load(sys.stdin)
      errors = []
      for x in np.array(d["x"], np.uint32).view(np.float32).astype(np.float64).reshape(-1, 20000):
        edges = np.unique(np.quantile(x, np.linspace(0, 1, 2 ** int(d["bits"][0]) + 1)[1:-1]))
        codes = np.searchsorted(edges, x, side="right")
        sums, counts = np.bincount(codes, x), np.bincount(codes)
        errors.append(float(np.abs(x - sums[codes] / counts[codes]).mean()))
      print(json.dumps({"errors": errors}))
      """, input: ["x": NumPy.bits(trials.flatMap(\.values)), "bits": [Double(bits)]])
    let errors = try #require(answer["errors"] as? [Double])
    #expect(errors.count == trials.count)
    for ((name, values), theirs) in zip(trials, errors) {
      let quantized = try QuantizedValues(values, width: 8, scheme: .kbit(bits))
      let error = zip(values, quantized.decoded).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(values.count)
      // float32 representatives are up to half an ulp off.
      let rounding = values.reduce(0) { $0 + Double(abs($1)) } / Double(values.count) * 0x1p-24
      #expect(error <= 1.02 * theirs + rounding, "\(name)")
    }
  }

  @Test("Bins of continuous values have equal mass")
  func equalMass() throws {
    var random = SeededRandom(seed: 23)
    let values = random.normals(25_600)
    let quantized = try QuantizedValues(values, scheme: .kbit(8))
    var counts = [Int](repeating: 0, count: 256)
    for code in quantized.codes { counts[Int(code)] += 1 }
    #expect(counts.allSatisfy { (99...101).contains($0) })
  }

  @Test("A value that holds more than its share is reconstructed exactly, and nothing else becomes it", arguments: [2, 3, 8])
  func heavyValues(bits: Int) throws {
    var random = SeededRandom(seed: 24)
    let values = (0..<20_000).map { _ in [0, -1.5, Float(random.normal()), Float(random.normal())][Int(random.next() % 4)] }
    let quantized = try QuantizedValues(values, scheme: .kbit(bits))
    #expect(quantized.quantizer.representatives(column: 0).count <= 1 << bits)
    guard bits > 2 else { return }
    for (value, decoded) in zip(values, quantized.decoded) {
      for heavy: Float in [0, -1.5] { #expect((value == heavy) == (decoded == heavy)) }
    }
  }

  @Test("Up to 2^k different values are all reconstructed exactly", arguments: 1...8)
  func fewDistinct(bits: Int) throws {
    var random = SeededRandom(seed: 25)
    let distinct = (0..<1 << bits).map { _ in random.anyFloat() }.filter(\.isFinite)
    let values = distinct + (0..<3000).map { _ in distinct[Int(random.next() % UInt64(distinct.count))] }
    #expect(try QuantizedValues(values, scheme: .kbit(bits)).decoded == values)
  }

  @Test("A constant is one bin, whose value is exact; what comes later is bounded by what was encoded")
  func constant() throws {
    let quantized = try QuantizedValues([7, -3, 7, 40], scheme: .kbit(8), sample: [7, 7, 7])
    #expect(quantized.decoded == [7, 7, 7, 7])
    #expect(quantized.quantizer.representatives(column: 0) == [7])
    #expect(quantized.quantizer.bounds(ofCode: 0, column: 0, extrema: quantized.extrema) == -3...40)
  }

  @Test("A sample without a number fits nothing", arguments: [[Float.nan], [.nan, .infinity, -.infinity], [-.infinity]])
  func emptySample(sample: [Float]) throws {
    for scheme in [QuantizationScheme.Values.kbit(8), .kbit(1), .threshold()] {
      let schema = IntermediateSchema.maps(channels: 1, height: 1, width: 1)
      #expect(try sample.withUnsafeBufferPointer { try scheme.fitted(sample: $0.baseAddress!, rows: sample.count, schema: schema) } == nil)
      #expect(try sample.withUnsafeBufferPointer { try scheme.fitted(column: $0) } == nil)
    }
  }

  @Test("A NaN cannot be represented, wherever it is, and leaves the extrema alone", arguments: 1...8)
  func nans(bits: Int) throws {
    var random = SeededRandom(seed: 26)
    for (width, granularity) in [(1, QuantizationScheme.Granularity.intermediate), (5, .intermediate), (5, .column), (600, .channel)] {
      let sample = random.normals(3 * width)
      for place in [0, width - 1, 3 * width - 1] {
        var values = sample
        values[place] = place % 2 == 0 ? .nan : -.nan
        let quantized = try QuantizedValues(values, width: width, scheme: .kbit(bits, per: granularity), sample: sample)
        #expect(quantized.codeBytes == nil)
        #expect(quantized.extrema == EncodedExtrema(for: quantized.quantizer))
      }
    }
  }

  @Test("0 and -0 are the same bin, infinities go to the outermost ones")
  func specials() throws {
    var random = SeededRandom(seed: 27)
    let quantized = try QuantizedValues(
      [0, -0.0, .infinity, -.infinity, 1e38, -1e38], scheme: .kbit(4), sample: random.normals(1000) + [0])
    let codes = quantized.codes
    #expect(codes[0] == codes[1])
    #expect(codes[2...] == [15, 0, 15, 0])
    #expect(quantized.bounds(0).lowerBound == -.infinity && quantized.bounds(15).upperBound == .infinity)
    #expect(quantized.decoded.allSatisfy { $0.isFinite })
  }

  @Test("Every value lies within the bounds of its code, and its reconstruction gets the same code", arguments: 1...8)
  func boundsAndIdempotence(bits: Int) throws {
    for (name, values) in HardValues.all(3000, seed: UInt64(bits)) {
      for (width, granularity) in [(1, QuantizationScheme.Granularity.intermediate), (6, .channel), (3, .column), (60, .channel)] {
        // Fitted to a part only, so that later values lie outside the sample.
        let quantized = try QuantizedValues(
          values, width: width, scheme: .kbit(bits, per: granularity), sample: Array(values.prefix(1500)), channels: width == 1 ? 1 : 3)
        let (codes, decoded) = (quantized.codes, quantized.decoded)
        let correct = values.indices.allSatisfy { place in
          quantized.bounds(codes[place], column: place % width).contains(Double(values[place]))
        }
        #expect(correct, "\(name), \(granularity)")
        let again = QuantizedValues(decoded, width: width, quantizer: quantized.quantizer)
        #expect(again.codeBytes == quantized.codeBytes, "\(name), \(granularity)")
      }
    }
  }

  @Test("A codebook of its own is fitted to a channel's columns and to no others")
  func granularity() throws {
    var random = SeededRandom(seed: 28)
    let (width, channels, rows) = (12, 3, 500)
    let scales: [Float] = [1, 100, 10_000]
    let values = (0..<rows * width).map { place in Float(random.normal()) * scales[place % width / 4] }
    let quantized = try QuantizedValues(values, width: width, scheme: .kbit(6, per: .channel), channels: channels)
    #expect(quantized.quantizer.bookCount == 3)
    for channel in 0..<channels {
      let own = values.indices.filter { $0 % width / 4 == channel }.map { values[$0] }
      let alone = try QuantizedValues(own, width: 4, scheme: .kbit(6), channels: 1)
      #expect(quantized.quantizer.representatives(column: channel * 4 + 3) == alone.quantizer.representatives(column: 0))
      let part = quantized.chunk.part(rows: 0..<rows, columns: channel * 4..<channel * 4 + 4)
      #expect(quantized.decoded(part) == alone.decoded)
    }
  }

  @Test("A large sample is thinned out without missing columns, the same way each time")
  func thinning() throws {
    var random = SeededRandom(seed: 29)
    let (rows, width) = (1 << 15, 32)
    // Every column has a level of its own: an aligned stride would see a few of them only.
    let values = (0..<rows * width).map { Float($0 % width) + Float(random.unit()) * 0.01 }
    let quantizer = try QuantizedValues(values, width: width, scheme: .kbit(8)).quantizer
    #expect(try QuantizedValues(values, width: width, scheme: .kbit(8)).quantizer == quantizer)
    #expect(Set(quantizer.representatives(column: 0).map { Int($0) }) == Set(0..<width))
  }

  @Test("A float64 column has its codebook in double")
  func doubles() throws {
    var random = SeededRandom(seed: 30)
    // float32 cannot tell these apart.
    let values = (0..<2001).map { _ in 1e9 + random.normal() } + [-.infinity]
    for bits in 1...8 {
      let quantizer = try #require(values.withUnsafeBufferPointer { try QuantizationScheme.Values.kbit(bits).fitted(column: $0) })
      var extrema = EncodedExtrema(for: quantizer)
      var bytes = [UInt8](repeating: 0, count: quantizer.codeFormat.byteCount(rows: values.count, width: 1))
      #expect(quantizer.encoder().encode(values, count: values.count, into: &bytes, extrema: &extrema))
      var back = [Double](repeating: 0, count: values.count)
      quantizer.decode(bytes, count: values.count, rows: 0..<values.count, into: &back)
      var codes = [UInt8](repeating: 0, count: values.count)
      quantizer.unpackCodes(bytes, CodedChunk(rows: values.count, columns: 0..<1).all, into: &codes, rowStride: 1)
      for (row, value) in values.enumerated() {
        #expect(quantizer.bounds(ofCode: codes[row], column: 0, extrema: extrema).contains(value))
        #expect(back[row] == quantizer.representatives(column: 0)[Int(codes[row])])
      }
      #expect(Set(codes).count == 1 << bits)
      var some = [Double](repeating: 0, count: 11)
      quantizer.decode(bytes, count: values.count, rows: 13..<24, into: &some)
      #expect(some == Array(back[13..<24]))
      #expect(!quantizer.encoder().encode([.nan], count: 1, into: &bytes, extrema: &extrema))
    }
  }
}

extension QuantizedValues {
  func bounds(_ code: UInt8, column: Int = 0) -> ClosedRange<Double> { quantizer.bounds(ofCode: code, column: column, extrema: extrema) }
}
