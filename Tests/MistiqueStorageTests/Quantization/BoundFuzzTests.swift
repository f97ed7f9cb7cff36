import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// BOUND_QT against values that somebody chose to break it: 65,536 of them in each case. `MISTIQUE_BOUNDS` says how many cases; 15,259 are 10^9 values.
@Suite struct BoundFuzzTests {
  private static let count = 1 << 16

  @Test("No value errs by more than the bound, whatever the values and the bound, coded or rounded")
  func hostile() throws {
    let report = TortureRun("bounds", TortureSettings("MISTIQUE_BOUNDS", small: 20)).run { _, random in
      let bound = Self.bound(&random)
      let (name, values) = Self.values(&random, bound)
      let scheme = QuantizationScheme.Values.bound(bound)
      guard let quantizer = try values.withUnsafeBufferPointer({ try scheme.fitted(column: $0) }) else { return "nothing to fit to" }
      let error = quantizer.grids[0].error
      let rounded = [Float](unsafeUninitializedCapacity: values.count) { target, count in
        values.withUnsafeBufferPointer {
          quantizer.round($0.baseAddress!, rows: values.count, columns: 0..<1, into: target.baseAddress!)
        }
        count = values.count
      }
      try Self.judge(values, rounded, error, "\(name), rounded to \(quantizer)")
      let coded = QuantizedValues(values, quantizer: quantizer)
      guard coded.codeBytes != nil else { return "rounded" }
      try Self.judge(values, coded.decoded, error, "\(name), coded by \(quantizer)")
      return "coded"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(Set(report.outcomes.keys).isSuperset(of: ["coded", "rounded"]))
  }

  private static func judge(_ values: [Float], _ read: [Float], _ error: Double, _ what: @autoclosure () -> String) throws {
    struct Broken: Error { let what: String }
    for place in values.indices where BoundTests.breaks(Double(values[place]), Double(read[place]), error) {
      throw Broken(what: "\(what()): \(values[place]) at \(place) is read as \(read[place]), e = \(error)")
    }
  }

  /// Of usual size mostly, else of any.
  private static func bound(_ random: inout SeededRandom) -> QuantizationScheme.ErrorBound {
    switch random.next() % 8 {
    case 0...2: .relative(pow(10, random.unit() * 4 - 3))
    case 3...5: .absolute(pow(10, random.unit() * 4 - 3))
    case 6: .relative(pow(10, random.unit() * 80 - 40))
    default: .absolute(pow(2, random.unit() * 400 - 200))
    }
  }

  private static func values(_ random: inout SeededRandom, _ bound: QuantizationScheme.ErrorBound) -> (name: String, values: [Float]) {
    let scale = Float(pow(10, random.unit() * 6 - 3))
    func values(_ value: (Int) -> Float) -> [Float] { (0..<count).map(value) }
    switch random.next() % 9 {
    case 0: return ("any bits", values { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) })
    case 1: return ("activations", values { _ in max(0, Float(random.unit() + random.unit() + random.unit() - 1.6) * scale) })
    case 2: return ("subnormal", values { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next()) & 0x80ff_ffff) })
    case 3: return ("nearly equal and huge", values { _ in Float(bitPattern: 0x7e00_0000 + UInt32(random.next() & 63)) })
    case 4: return ("alternating signs", values { ($0 & 1 == 0 ? scale : -scale) * Float(1 + random.unit() * 1e-3) })
    case 5: return ("one number", [Float](repeating: scale, count: count))
    case 6:
      let outlier = Int(random.next() % UInt64(count))
      return ("one outlier", values { $0 == outlier ? 1e9 * scale : Float(random.unit() - 0.5) * scale })
    default:
      // Where rounding turns from one multiple to the next, and a few floats to either side.
      guard case .absolute(let error) = bound else {
        return ("uniform", values { _ in Float(random.unit() - 0.5) * scale })
      }
      let step = UniformGrid([Float](), bound: bound).step
      let width = step > 0 ? step : error
      return (
        "beside the middle between multiples",
        values { _ in
          let bits = random.next()
          let middle = Float((Double(Int(bits & 255) - 127) - 0.5) * width)
          guard middle.isFinite, middle != 0 else { return 0 }
          return Float(bitPattern: middle.bitPattern &+ UInt32(bits >> 8 & 7) &- 3)
        }
      )
    }
  }
}
