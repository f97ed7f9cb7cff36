import Foundation

/// Columns of decimal numbers that were stored lately: what a column that is nearly equal to one of them is stored as the difference from.
///
/// Predictions of models that differ in a setting agree in their leading digits and in no bit pattern, so that neither hashes nor MinHash find them
/// alike. As integers of the last decimal place they differ by little, and the differences take few bits (predictions of fifty Zillow
/// pipelines: 10.6 bits each by themselves, 6.3 as differences from the closest one before).
///
/// Memory: 4 bytes per value, `largestBytes` at most; the columns met longest ago go. Complexity: O(rows) to take the differences; to find the closest
/// one, 32 values of each column are looked at, and 1,024 of the most similar 64.
struct DecimalColumns {
  /// A column as integers of its last decimal place.
  struct Decimals: Sendable {
    let digits: Int
    let values: [Int32]
  }

  struct Entry: Sendable {
    let type: ColumnType
    let decimals: Decimals
    let origin: Derivation<StoredSpan>
    fileprivate let sample: [Int32]
    fileprivate let coarse: [Int32]
  }

  static let mostDigits = 6
  /// Differences upon differences: reading such a column reads as many.
  static let mostDifferences = 4
  /// Fewer rows are not worth a manifest of their own.
  static let fewestRows = 256
  private static let sampleSize = 1024
  /// Of many columns, a few sample values per column are enough to choose the candidates: 720 columns of 1,000 rows made logging 25 times slower before.
  private static let coarseSize = 32
  private static let mostCompared = 64
  /// Columns of few rows would be too many to look at.
  private static let mostEntries = 4096
  /// Bits that a value must save; a difference more to read must save a quarter of a bit more.
  private static let leastSaving = 0.75
  private static let bitsPerDifference = 0.25

  private var entries: [Entry] = []
  private var bytes = 0
  let largestBytes: Int

  init(largestBytes: Int) { self.largestBytes = largestBytes }

  /// `column` as integers; `nil` when it is not of decimal numbers that fit, or a value is missing.
  static func decimals(of column: Column) -> Decimals? {
    guard column.validity == nil, column.count >= fewestRows else { return nil }
    switch column.values {
    case .float64(let values): return decimals(values) { $0 }
    case .float32(let values): return decimals(values) { Float($0) }
    default: return nil
    }
  }

  private static func decimals<Value: BinaryFloatingPoint>(_ values: [Value], _ number: (Double) -> Value) -> Decimals? {
    func integers(_ digits: Int, _ rows: some Sequence<Int>) -> [Int32]? {
      let scale = pow(10, Double(digits))
      var result: [Int32] = []
      result.reserveCapacity(rows.underestimatedCount)
      for row in rows {
        let integer = (Double(values[row]) * scale).rounded()
        guard abs(integer) < 1e9, number(integer / scale) == values[row], integer != 0 || values[row].sign == .plus else { return nil }
        result.append(Int32(integer))
      }
      return result
    }
    let few = stride(from: 0, to: values.count, by: max(1, values.count / 64))
    for digits in 0...mostDigits where integers(digits, few) != nil {
      if let all = integers(digits, 0..<values.count) { return Decimals(digits: digits, values: all) }
    }
    return nil
  }

  /// The column closest to `decimals`, if being stored as the difference from it saves enough.
  func closest(to decimals: Decimals, type: ColumnType) -> Entry? {
    let sample = Self.sample(decimals.values)
    var candidates = entries.indices.filter { place in
      entries[place].type == type && entries[place].decimals.digits == decimals.digits
        && entries[place].decimals.values.count == decimals.values.count && entries[place].origin.differences.count < Self.mostDifferences
    }
    guard !candidates.isEmpty else { return nil }
    if candidates.count > Self.mostCompared {
      let coarse = Self.sample(sample, size: Self.coarseSize)
      let ranked = candidates.map { (bits: bits(coarse, entries[$0].coarse, of: $0), place: $0) }.sorted { $0 < $1 }
      candidates = ranked.prefix(Self.mostCompared).map(\.place).sorted()
    }
    var best: (bits: Double, place: Int)?
    for place in candidates {
      let bits = bits(sample, entries[place].sample, of: place)
      if bits <= best?.bits ?? .infinity { best = (bits, place) }
    }
    guard let best, best.bits + Self.leastSaving <= Self.bits(sample) else { return nil }
    return entries[best.place]
  }

  /// About what a value takes as the difference from the column at `place`.
  private func bits(_ sample: [Int32], _ other: [Int32], of place: Int) -> Double {
    Self.bits(zip(sample, other).map { $0 &- $1 }) + Self.bitsPerDifference * Double(entries[place].origin.differences.count)
  }

  mutating func insert(_ decimals: Decimals, type: ColumnType, origin: Derivation<StoredSpan>) {
    let size = decimals.values.count * 4
    guard size <= largestBytes else { return }
    while bytes + size > largestBytes || entries.count >= Self.mostEntries { bytes -= entries.removeFirst().decimals.values.count * 4 }
    let sample = Self.sample(decimals.values)
    entries.append(
      Entry(type: type, decimals: decimals, origin: origin, sample: sample, coarse: Self.sample(sample, size: Self.coarseSize)))
    bytes += size
  }

  private static func sample(_ values: [Int32], size: Int = sampleSize) -> [Int32] {
    guard values.count > size else { return values }
    return (0..<size).map { values[$0 * values.count / size] }
  }

  /// About what a value of the sample takes: the bits of its distance from the median. The entropy of 1,024 values could not tell more than 10 bits.
  private static func bits(_ sample: [Int32]) -> Double {
    let median = sample.sorted()[sample.count / 2]
    return sample.reduce(0) { $0 + log2(1 + 2 * abs(Double($1) - Double(median))) } / Double(sample.count)
  }
}
