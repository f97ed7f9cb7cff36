import Groundwork
import Testing

@testable import TabularPipelines

struct OrderedBitsTests {
  @Test("Floating-point numbers keep their order as integers, and ranks are those of a sort")
  func orderedBits() {
    let special: [Double] = [
      -.infinity, -.greatestFiniteMagnitude, -1, -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 1, .greatestFiniteMagnitude, .infinity,
    ]
    let integers = special.map { OrderedBits.integer($0) }
    #expect(integers == integers.sorted() && Set(integers).count == special.count)
    #expect(integers.map { OrderedBits.double($0) } == special)
    #expect(OrderedBits.integer(-0.0) == OrderedBits.integer(0))
    for shift in [0, 20, 45, 63] as [UInt64] {
      let values = (0..<501 as Range<UInt64>).map { row -> Int64 in
        var random = SplitMix64(seed: 5, stream: shift, index: row)
        return Int64(bitPattern: random.next()) >> shift
      }
      let sorted = values.sorted()
      for rank in values.indices { #expect(OrderedBits.select(rank, in: values) == sorted[rank], "shift \(shift), rank \(rank)") }
    }
  }
}
