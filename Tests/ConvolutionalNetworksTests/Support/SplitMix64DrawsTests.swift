import Groundwork
import Testing

@testable import ConvolutionalNetworks

struct SplitMix64DrawsTests {
  @Test("Random numbers have the stated moments")
  func moments() {
    var generator = SplitMix64(seed: 5, path: 1)
    let normal = (0..<20_000).map { _ in generator.normal() }
    let mean = normal.reduce(0, +) / 20_000
    #expect(abs(mean) < 0.03)
    #expect(abs(normal.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000 - 1) < 0.05)
    #expect(generator.permutation(of: 1_000).sorted() == Array(0..<1_000))
    #expect((0..<1_000).allSatisfy { _ in (0..<7).contains(generator.next(below: 7)) && (0..<1).contains(generator.unit()) })
  }
}
