import Groundwork
import Mistique
import TestSupport

@testable import TabularPipelines

/// A random table and a random stage for it, both decided by a seed.
struct RandomTable {
  private var random: SplitMix64

  init(seed: Int) { random = SplitMix64(seed: UInt64(seed), stream: 77, index: 0) }

  mutating func number(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

  mutating func pick<Value>(_ values: [Value]) -> Value { values[number(values.count)] }

  /// Up to 70 rows of a few columns of any type: gaps, NaN, infinities, ties, and numbers of every size.
  mutating func frame() -> DataFrame {
    let rows = pick([0, 1, 2, 3, 17, 64, 70])
    let magnitude = pick([0, 0, 0, 0, 400, -400, 1_000, -1_000])
    let types: [ColumnType] = [.float64, .float64, .int64, pick(ColumnType.allCases), pick(ColumnType.allCases)]
    let hasSpecials = number(3) == 0
    let columns = types.enumerated().map { place, type in
      (name: "c\(place)", column: column(type, rows, magnitude: magnitude, hasSpecials: hasSpecials))
    }
    return DataFrame(rowIDs: .list((0..<rows).map { Int64($0 * 7 - 20) }), columns: columns)
  }

  private mutating func column(_ type: ColumnType, _ rows: Int, magnitude: Int, hasSpecials: Bool) -> Column {
    var present = Validity(count: rows, present: true)
    if number(2) == 0 { for row in 0..<rows where number(6) == 0 { present[row] = false } }
    func list<Value>(_ make: () -> Value) -> [Value] { (0..<rows).map { _ in make() } }
    let unit = Double(sign: .plus, exponent: magnitude, significand: 1)
    let values: Column.Values =
      switch type {
      case .float64:
        .float64(
          list { hasSpecials && number(8) == 0 ? pick([.nan, .infinity, -.infinity, -0.0]) : (random.normal() * Double(number(5))) * unit })
      case .float32: .float32(list { hasSpecials && number(8) == 0 ? .nan : Float(random.normal()) })
      case .int64: .int64(list { number(3) == 0 ? Int64(number(2_000_000)) - 1_000_000 : Int64(number(9)) - 4 })
      case .boolean: .boolean(list { number(2) == 0 })
      case .date: .date(list { Int32(number(40)) * 1_000 - 20_000 })
      case .timestamp: .timestamp(list { Int64(number(40)) * 43_200_000_000 })
      case .text: .text(TextValues(list { pick(["", "a", "b", "caf\u{e9}", "cafe\u{301}", "12", "-2.5", "🏠"]) }))
      }
    return Column(values, validity: present)
  }

  /// Stages whose outputs have a row for each of the input's, in its order, that depends on this row alone once fitted.
  mutating func stage() -> (type: any Transformer.Type, values: [String: ParameterValue]) {
    let column = "c\(number(5))"
    switch number(12) {
    case 0: return (FillNA.self, ["strategy": .text(pick(["constant", "mean", "median", "most_frequent"]))])
    case 1: return (FillNA.self, ["strategy": .text(pick(["mean", "median"])), "columns": .texts([column])])
    case 2: return (Scale.self, ["method": .text(pick(["standard", "minmax", "robust"]))])
    case 3:
      return (
        OneHotEncoding.self,
        ["columns": .texts([column]), "max_categories": .integer(pick([1, 3, 100])), "drop": .boolean(number(2) == 0)]
      )
    case 4: return (Avg.self, ["columns": .texts(["c0", "c2"]), "by": .text(column)])
    case 5:
      return (
        PCA.self, ["components": .integer(1 + number(3)), "standardize": .boolean(number(2) == 0), "whiten": .boolean(number(2) == 0)]
      )
    case 6:
      return (ComputeNeighborhood.self, ["latitude": .text("c0"), "longitude": .text("c2"), "cell_size": .number(pick([0.5, 2, 1_000]))])
    case 7: return (GetConstructionRecency.self, ["column": .text(column)])
    case 8: return (IsResidential.self, ["column": .text(column), "codes": .texts(["1", "12", "-3"])])
    case 9: return (Cast.self, ["types": .mapping(of: [(column, "\(pick(ColumnType.allCases))")])])
    case 10: return (Rename.self, ["names": .mapping(of: [(column, "new")])])
    default: return (pick([SelectColumn.self, DropColumns.self] as [any Transformer.Type]), ["columns": .texts([column])])
    }
  }

  mutating func permutation(_ count: Int) -> [Int] {
    var rows = Array(0..<count)
    for place in rows.indices.dropFirst() { rows.swapAt(place, number(place + 1)) }
    return rows
  }
}
