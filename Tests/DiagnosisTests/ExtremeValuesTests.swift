import Diagnosis
import Foundation
import TestSupport
import Testing

/// Values of every magnitude that a column may hold, and what must hold of the answers: no trap, and the numbers of exact arithmetic.
struct ExtremeValuesTests {
  /// Finite numbers of any exponent, ends of the range, subnormals and zeros of both signs, many of them again.
  static func numbers(_ random: inout SeededRandom, _ count: Int) -> [Double] {
    let ends = [
      1e308, -1e308, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0, -0.0,
    ]
    let kind = random.next() % 6
    return (0..<count).map { _ in
      switch kind {
      case 0: return ends[Int(random.next() % 8)]
      case 1: return Double(Int(random.next() % 9) - 4) * .leastNonzeroMagnitude
      case 2: return Double(Int(random.next() % 21) - 10)
      case 3: return (random.unit() - 0.5) * 0x1p1023 * 4
      case 4: return 1e15 + Double(random.next() % 5) * 0.125
      default:
        let value = Double(bitPattern: random.next())
        return value.isFinite ? value : 1
      }
    }
  }

  /// Some of them missing or infinite.
  static func holed(_ random: inout SeededRandom, _ count: Int) -> [Double] {
    let values = numbers(&random, count)
    return values.map { value in
      switch random.next() % 12 {
      case 0: .nan
      case 1: random.next() % 2 == 0 ? .infinity : -.infinity
      default: value
      }
    }
  }

  @Test("The distribution that trapped: its range is no float64")
  func range() throws {
    let distribution = try #require(Distribution([-1e308, 1e308, 0], bins: 4))
    #expect(distribution.histogram == [1, 0, 1, 1] && distribution.mean == 0)
    #expect(Distribution([1.5e308, 1.7e308], bins: 2)?.mean == 1.6e308)
    #expect(Distribution([0, .leastNonzeroMagnitude], bins: 50)?.histogram.last == 1)
  }

  @Test(
    "Every finite value is in one bin, bins follow the order of the values, and ends are in the end bins",
    arguments: 0..<200 as Range<UInt64>)
  func bins(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let values = Self.holed(&random, Int(random.next() % 30))
    let bins = 1 + Int(random.next() % 60)
    let finite = values.filter(\.isFinite).sorted()
    guard let distribution = Distribution(values, bins: bins) else {
      #expect(finite.isEmpty)
      return
    }
    #expect(distribution.histogram.reduce(0, +) == finite.count && distribution.missing == values.count - finite.count, "seed \(seed)")
    #expect(distribution.minimum == finite.first && distribution.maximum == finite.last)
    #expect(distribution.mean >= finite[0] && distribution.mean <= finite[finite.count - 1] || finite.count > 1, "seed \(seed)")
    #expect(distribution.mean.isFinite)
    if finite[0] < finite[finite.count - 1] {
      #expect(distribution.histogram[0] > 0 && distribution.histogram[bins - 1] > 0, "seed \(seed)")
    }
    // Each value again, by itself between the ends: its bin is the sum's, and never before that of a smaller value.
    var before = 0
    for value in finite {
      let alone = try #require(Distribution([finite[0], value, finite[finite.count - 1]], bins: bins))
      var counts = alone.histogram
      counts[0] -= 1
      counts[finite[0] < finite[finite.count - 1] ? bins - 1 : 0] -= 1
      let place = try #require(counts.firstIndex(of: 1))
      #expect(place >= before, "seed \(seed)")
      before = place
    }
  }

  @Test("Histograms are NumPy's, at the edges of bins too", .enabled(if: NumPy.isInstalled), arguments: 0..<8 as Range<UInt64>)
  func numpy(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var input: [String: [Double]] = [:]
    for number in 0..<40 {
      // Decimals, whose multiples fall on edges by a rounding; and magnitudes that NumPy itself can count.
      let scale = [0.1, 1e-300, 1e300, 1, 7, 1.0 / 3][Int(random.next() % 6)]
      let offset = Double(random.next() % 3) * scale
      let bins = 1 + Int(random.next() % 40)
      input["\(number)"] = [Double(bins)] + (0..<60).map { _ in offset + Double(random.next() % 41) * scale }
    }
    let script = """
      import json, sys, numpy as np
      print(json.dumps({k: np.histogram(np.array(v[1:]), int(v[0]))[0].tolist() for k, v in json.load(sys.stdin).items()}))
      """
    let answer = try NumPy.run(script, input: input)
    for (name, values) in input where Set(values.dropFirst()).count > 1 {
      #expect(Distribution(Array(values.dropFirst()), bins: Int(values[0]))?.histogram == answer[name] as? [Int], "seed \(seed), \(name)")
    }
  }

  @Test("Means of groups whose sums are no float64 are the means", arguments: 0..<300 as Range<UInt64>)
  func means(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let values = Self.numbers(&random, 1 + Int(random.next() % 20))
    let groups = values.map { _ in random.next() % 4 == 0 ? nil : Optional(Int(random.next() % 3)) }
    let means = GroupMeans.of([values], groups: groups, groupCount: 4)
    for group in 0..<4 {
      let own = zip(values, groups).filter { $1 == group }.map(\.0)
      guard let least = own.min(), let largest = own.max() else {
        #expect(means[group].isNaN)
        continue
      }
      let slack = max(abs(least), abs(largest)) * 1e-14
      #expect(means[group] >= least - slack && means[group] <= largest + slack, "seed \(seed): \(own)")
    }
    #expect(GroupMeans.of([[1.7e308, 1.7e308, .infinity]], groups: [0, 0, 1], groupCount: 2) == [1.7e308, .infinity])
  }

  @Test("ROW_DIFF names exactly the columns that differ, the largest difference first", arguments: 0..<200 as Range<UInt64>)
  func rows(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let count = Int(random.next() % 12)
    let (first, other) = (Self.holed(&random, count), Self.holed(&random, count))
    let second = (0..<count).map { random.next() % 3 == 0 ? first[$0] : other[$0] }
    let difference = RowDifference(first, second, count: count)
    let numbers = (0..<count).filter { !first[$0].isNaN && !second[$0].isNaN }
    #expect(Set(difference.columns.map(\.column)) == Set(numbers.filter { first[$0] != second[$0] }), "seed \(seed)")
    #expect(difference.missing == (0..<count).filter { first[$0].isNaN != second[$0].isNaN })
    let plain = difference.columns.map { abs($0.first - $0.second) }
    let overflows = zip(plain, difference.columns).contains { $0 == .infinity && $1.first.isFinite && $1.second.isFinite }
    let sizes = overflows ? difference.columns.map { abs($0.first / 2 - $0.second / 2) } : plain
    #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 >= $1 }, "seed \(seed)")
    #expect(difference.euclidean >= difference.maximum * (1 - 1e-14) && !difference.euclidean.isNaN, "seed \(seed)")
    #expect(RowDifference([.leastNonzeroMagnitude], [0], count: 1).maximum == .leastNonzeroMagnitude)
  }

  @Test("COL_DIFF is the definition, value by value", arguments: 0..<300 as Range<UInt64>)
  func columns(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let count = Int(random.next() % 12)
    let (first, second) = (Self.holed(&random, count), Self.holed(&random, count))
    let tolerance = [0, 1, 1e300, .leastNonzeroMagnitude][Int(random.next() % 4)]
    let expected = (0..<count).filter { place in
      let (one, other) = (first[place], second[place])
      if one.isNaN || other.isNaN { return one.isNaN != other.isNaN }
      if one == other { return false }
      return one.isInfinite || other.isInfinite || !((one - other).magnitude <= tolerance)
    }
    #expect(ColumnDifference(first, second, tolerance: tolerance).rows == expected, "seed \(seed)")
  }

  @Test("Coefficients lie in -1...1 or are NaN, and are the same for multiples by powers of two", arguments: 0..<200 as Range<UInt64>)
  func correlation(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let count = Int(random.next() % 12)
    let (first, second) = (Self.holed(&random, count), Self.holed(&random, count))
    let correlation = Correlation(first, second)
    #expect(correlation.coefficient.isNaN || abs(correlation.coefficient) <= 1, "seed \(seed)")
    let pairs = (0..<count).filter { first[$0].isFinite && second[$0].isFinite }
    #expect(correlation.pairs == pairs.count)
    let varies = Set(pairs.map { first[$0] }).count > 1 && Set(pairs.map { second[$0] }).count > 1
    #expect(correlation.coefficient.isNaN != varies, "seed \(seed)")
    if varies { #expect(abs(Correlation(first, first).coefficient - 1) < 1e-12, "seed \(seed)") }
  }

  @Test("Heat maps of any numbers have finite shares, and a map is no different from itself", arguments: 0..<200 as Range<UInt64>)
  func heatMaps(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let count = Int(random.next() % 12)
    let (reference, other) = (Self.numbers(&random, count), Self.numbers(&random, count))
    guard Set(reference).count > 1 else {
      #expect(throws: DiagnosisError.self) { try HeatMapDifference(reference: reference, other: other) }
      return
    }
    let difference = try HeatMapDifference(reference: reference, other: other)
    #expect((0...1).contains(difference.visibleShare), "seed \(seed)")
    #expect(difference.rootMeanSquare <= difference.maximum * (1 + 1e-14), "seed \(seed): \(difference)")
    let same = try HeatMapDifference(reference: reference, other: reference)
    #expect(same.maximum == 0 && same.rootMeanSquare == 0 && same.visibleShare == 0 && same.compared == count)
  }
}
