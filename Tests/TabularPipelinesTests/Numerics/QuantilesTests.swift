import Groundwork
import Testing

@testable import TabularPipelines

struct QuantilesTests {
  /// Orders and repetitions that make bad pivots, of many lengths.
  private static func lists() -> [[Double]] {
    var random = SplitMix64(seed: 17)
    var lists: [[Double]] = []
    for count in Array(1...40) + [1_000, 4_099] {
      lists.append((0..<count).map { _ in random.normal() })
      lists.append((0..<count).map { _ in Double(random.next() % 3) })
      lists.append((0..<count).map(Double.init))
      lists.append((0..<count).map { -Double($0) })
      lists.append(Array(repeating: 4, count: count))
      lists.append((0..<count).map { Double(min($0, count - $0)) })
      lists.append((0..<count).map { $0 % 2 == 0 ? Double($0) : Double(count - $0) })
    }
    return lists
  }

  @Test("Quantiles are those of the sorted values, whatever the order")
  func asSorted() {
    let shares = [0, 0.1, 0.25, 0.5, 0.5, 0.75, 0.999, 1]
    for values in Self.lists() {
      let sorted = values.sorted()
      let expected = shares.map { share in
        let position = share * Double(values.count - 1)
        let upper = sorted[min(Int(position) + 1, values.count - 1)]
        return sorted[Int(position)] + (upper - sorted[Int(position)]) * (position - Double(Int(position)))
      }
      var rearranged = values
      #expect(Quantiles.linear(shares, of: &rearranged) == expected, "\(values.count) values")
      #expect(rearranged.sorted() == sorted, "values were lost")
    }
  }
}
