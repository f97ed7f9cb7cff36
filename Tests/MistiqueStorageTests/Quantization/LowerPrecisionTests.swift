import MistiqueStorage
import TestSupport
import Testing

@Suite struct LowerPrecisionTests {
  private let float16 = QuantizationScheme.Values.lowerPrecision(.float16)

  /// Every binary16 value, the midpoints between neighbours and what lies just beside those, specials, and random bits.
  private func trials() -> [Float] {
    var random = SeededRandom(seed: 16)
    var trials: [Float] = [0, -0.0, .infinity, -.infinity, .nan, -.nan, 65504, -65504, 0x1p-24, 0x1p-25, 0x1.000002p-25, 0x1p-26, 1e-40]
    for half in UInt16(0)..<0x7bff {
      let exponent = Int(half >> 10), fraction = Float(half & 0x3ff)
      let value = exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
      let middle = value + (exponent == 0 ? 0x1p-25 : Float(sign: .plus, exponent: exponent - 26, significand: 1))
      trials += [value, -value, middle, -middle, middle.nextUp, middle.nextDown]
    }
    while trials.count < 250_000 {
      let value = random.anyFloat()
      if abs(value) <= 65504 { trials.append(value) }
    }
    return trials
  }

  private func halves(_ bytes: [UInt8]) -> [Int] {
    stride(from: 0, to: bytes.count, by: 2).map { Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8 }
  }

  @Test("float16 codes and their values are NumPy's, bit for bit", .enabled(if: NumPy.isInstalled))
  func numpy() throws {
    let trials = trials()
    let quantized = try QuantizedValues(trials, scheme: float16)
    let answer = try NumPy.run(
      """
      import json, sys, numpy as np
      x = np.array(json.load(sys.stdin)["x"], np.uint32).view(np.float32).astype(np.float16)
      print(json.dumps({"codes": x.view(np.uint16).tolist(), "values": x.astype(np.float32).view(np.uint32).tolist()}))
      """, input: ["x": NumPy.bits(trials)])
    #expect(halves(try #require(quantized.codeBytes)) == answer["codes"] as? [Int])
    #expect(quantized.decoded.map(\.bitPattern) == NumPy.floats(answer["values"]).map(\.bitPattern))
  }

  @Test("float64 values are rounded to float16 once, not by way of float32", .enabled(if: NumPy.isInstalled))
  func doublesToHalves() throws {
    var random = SeededRandom(seed: 64)
    var trials: [Double] = [
      0, -0.0, 65504, 0x1p-25, 0x1p-25.nextUp, 1e-300, 5e-324, 1 + 0x1p-11, (1 + 0x1p-11).nextUp, (1 + 0x1p-11).nextDown,
    ]
    for _ in 0..<20_000 {
      // A midpoint of binary16 that a first rounding to float32 would hide the way from.
      let middle = (Double(random.next() % 1024 + 1024) + 0.5) * Double(sign: .plus, exponent: Int(random.next() % 24) - 19, significand: 1)
      trials += [middle, middle.nextUp, -middle.nextDown, random.normal()].filter { abs($0) <= 65504 }
    }
    let quantizer = try #require(trials.withUnsafeBufferPointer { try float16.fitted(column: $0) })
    var extrema = EncodedExtrema(for: quantizer)
    var bytes = [UInt8](repeating: 0, count: trials.count * 2)
    #expect(
      bytes.withUnsafeMutableBytes { quantizer.encoder().encode(trials, count: trials.count, into: $0.baseAddress!, extrema: &extrema) })
    let answer = try NumPy.run(
      """
      import json, sys, numpy as np
      d = json.load(sys.stdin)
      x = ((np.array(d["high"], np.uint64) << np.uint64(32)) | np.array(d["low"], np.uint64)).view(np.float64)
      print(json.dumps({"codes": x.astype(np.float16).view(np.uint16).tolist()}))
      """,
      input: ["high": trials.map { Double($0.bitPattern >> 32) }, "low": trials.map { Double($0.bitPattern & 0xffff_ffff) }])
    #expect(halves(bytes) == answer["codes"] as? [Int])
    var back = [Double](repeating: 0, count: 100)
    quantizer.decode(bytes, count: trials.count, rows: 50..<150, into: &back)
    for (row, value) in back.enumerated() { #expect(abs(value - trials[50 + row]) <= max(abs(trials[50 + row]) * 0x1p-11, 0x1p-25)) }
  }

  @Test(
    "Finite values that float16 cannot hold are refused, wherever they are",
    arguments: [Float(65504.004), 65519, 1e30, -65505, -Float.greatestFiniteMagnitude])
  func tooLarge(value: Float) throws {
    for place in [0, 15, 16, 99] {
      var values = [Float](repeating: 1, count: 100)
      values[place] = value
      #expect(try QuantizedValues(values, scheme: float16).codeBytes == nil)
    }
  }

  @Test("The error of float16 is within its bound, and the interval of a stored value holds what was encoded")
  func bounds() throws {
    let trials = trials().filter { !$0.isNaN }
    let quantized = try QuantizedValues(trials, scheme: float16)
    let outside = zip(trials, quantized.decoded).first { value, stored in
      guard value.isFinite else { return stored != value }
      let error = abs(Double(value) - Double(stored))
      let isInside = quantized.quantizer.bounds(ofValue: Double(stored))?.contains(Double(value)) == true
      return error > max(0x1p-11 * abs(Double(value)), 0x1p-25) || !isInside
    }
    #expect(outside == nil)
    #expect(quantized.quantizer.bounds(ofValue: .nan) == nil)
    #expect(quantized.quantizer.bounds(ofValue: .infinity) == .infinity ... .infinity)
  }

  @Test("float32 leaves float32 values as they are, under the name of values that are not quantized")
  func identity() throws {
    var random = SeededRandom(seed: 32)
    let values = (0..<999).map { _ in random.anyFloat() } + [.nan]
    for scheme in [QuantizationScheme.Values.full, .lowerPrecision(.float32)] {
      let quantized = try QuantizedValues(values, width: 10, scheme: scheme)
      #expect(quantized.decoded.map(\.bitPattern) == values.map(\.bitPattern))
      #expect(quantized.quantizer.identity == 0)
    }
  }

  @Test("float64 to float32 rounds to nearest, keeps specials and refuses what float32 cannot hold")
  func doublesToFloats() throws {
    var random = SeededRandom(seed: 33)
    let values = (0..<1000).map { _ in random.normal() * 1e10 } + [.infinity, -.infinity, 0, -0.0]
    let quantizer = try #require(
      values.withUnsafeBufferPointer { try QuantizationScheme.Values.lowerPrecision(.float32).fitted(column: $0) })
    var extrema = EncodedExtrema(for: quantizer)
    var codes = [Float](repeating: 0, count: values.count)
    #expect(quantizer.codeFormat == .float32 && quantizer.identity != 0)
    #expect(quantizer.encoder().encode(values, count: values.count, into: &codes, extrema: &extrema))
    #expect(codes == values.map { Float($0) })
    for value in values where value.isFinite {
      #expect(quantizer.bounds(ofValue: Double(Float(value)))?.contains(value) == true)
    }
    // Half a step beyond the largest float32 is rounded to it.
    let largest = Double(Float.greatestFiniteMagnitude)
    for value in [largest, largest + 0x1p102, -largest - 0x1p102] {
      #expect(quantizer.encoder().encode([value], count: 1, into: &codes, extrema: &extrema) && abs(codes[0]) == .greatestFiniteMagnitude)
      #expect(quantizer.bounds(ofValue: Double(codes[0]))?.contains(value) == true, "\(value)")
    }
    #expect(!quantizer.encoder().encode([1, 1e39], count: 2, into: &codes, extrema: &extrema))
    #expect(quantizer.encoder().encode([1, .nan], count: 2, into: &codes, extrema: &extrema) && codes[1].isNaN)
  }
}
