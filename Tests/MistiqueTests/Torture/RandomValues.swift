import Mistique
import TestSupport

/// Numbers, texts and columns as models put them out and as they should never be: ties, gaps, NaN, infinities, subnormal and huge numbers.
struct RandomValues {
  /// Which numbers a column or layer keeps to.
  enum Kind: CaseIterable {
    case activations, few, same, decimals, noise, subnormal, huge, special, whole
  }

  static func kind(_ random: inout SeededRandom) -> Kind { Kind.allCases.randomElement(using: &random)! }

  static func float64(_ kind: Kind, _ random: inout SeededRandom) -> Double {
    switch kind {
    case .activations: return max(0, random.unit() * 3 - 2)
    case .few: return Double(random.next() % 4) - 1
    case .same: return 0.1
    case .decimals: return Double(Int64(random.next() % 2_000_000) - 1_000_000) / 1e4
    case .noise: return random.unit() * 2 - 1
    case .subnormal: return Double(bitPattern: random.next() % 9) * (random.next() % 2 == 0 ? 1 : -1)
    case .huge: return (random.unit() * 2 - 1) * 1.7e308
    case .special:
      return [.nan, .infinity, -.infinity, -0.0, 0, 1.5, -1.5, Double(nan: 5, signaling: false)].randomElement(using: &random)!
    case .whole: return Double(Int64(random.next() % 1_000_000))
    }
  }

  static func float32(_ kind: Kind, _ random: inout SeededRandom) -> Float {
    switch kind {
    case .subnormal: return Float(bitPattern: UInt32(random.next() % 9)) * (random.next() % 2 == 0 ? 1 : -1)
    case .huge: return Float((random.unit() * 2 - 1) * 3.4e38)
    case .special: return [.nan, .infinity, -.infinity, -0.0, 0, 1.5, -1.5, Float(nan: 5, signaling: false)].randomElement(using: &random)!
    default: return Float(float64(kind, &random))
    }
  }

  /// `count` numbers of one kind, now and then with one of another kind, or with a beginning of NaN.
  static func floats(_ count: Int, _ random: inout SeededRandom) -> [Float] {
    let (kind, other) = (kind(&random), kind(&random))
    let rare = random.next() % 3 == 0
    let nans = random.next() % 8 == 0 ? Int(random.next() % UInt64(count + 1)) : 0
    return (0..<count).map { $0 < nans ? .nan : float32(rare && random.next() % 8 == 0 ? other : kind, &random) }
  }

  static func doubles(_ count: Int, _ random: inout SeededRandom) -> [Double] {
    let (kind, other) = (kind(&random), kind(&random))
    let rare = random.next() % 3 == 0
    let nans = random.next() % 8 == 0 ? Int(random.next() % UInt64(count + 1)) : 0
    return (0..<count).map { $0 < nans ? .nan : float64(rare && random.next() % 8 == 0 ? other : kind, &random) }
  }

  static func column(_ count: Int, _ random: inout SeededRandom) -> Column {
    var validity = Validity(count: count, present: true)
    switch random.next() % 4 {
    case 0: for row in 0..<count where random.next() % 3 == 0 { validity[row] = false }
    case 1: if random.next() % 6 == 0 { for row in 0..<count { validity[row] = false } }
    default: break
    }
    let integers: [Int64] = [.min, .max, 0, -1, 1, 1 << 53, (1 << 53) + 1, -(1 << 53) - 1]
    let texts = ["", "a", "é", "e\u{301}", "\u{0}", "漢字", "a,b\n", String(repeating: "x", count: 40)]
    let values: Column.Values
    switch random.next() % 8 {
    case 0, 1: values = .float32(floats(count, &random))
    case 2, 3: values = .float64(doubles(count, &random))
    case 4:
      let wide = random.next() % 2 == 0
      values = .int64((0..<count).map { _ in wide ? integers.randomElement(using: &random)! : Int64(random.next() % 7) - 3 })
    case 5: values = .boolean((0..<count).map { _ in random.next() % 2 == 0 })
    case 6:
      values = .date((0..<count).map { _ in random.next() % 9 == 0 ? [.min, .max][Int(random.next() % 2)] : Int32(random.next() % 9) })
    default: values = .text(TextValues((0..<count).map { _ in texts.randomElement(using: &random)! }))
    }
    return Column(values, validity: validity)
  }

  /// Row ids: consecutive from anywhere, or any, in any order.
  static func rowIDs(_ count: Int, _ random: inout SeededRandom) -> [Int64] {
    let start = [Int64(0), 5, -3, 1 << 40, Int64.max - 100, .min, .max - Int64(max(0, count - 1))][Int(random.next() % 7)]
    if random.next() % 2 == 0 { return (0..<Int64(count)).map { start + $0 } }
    var ids = Set<Int64>()
    while ids.count < count { ids.insert(random.next() % 8 == 0 ? Int64(bitPattern: random.next()) : Int64(random.next() % 200) - 50) }
    return ids.sorted().shuffled(using: &random)
  }
}
