import Testing

@testable import ExperimentKit

struct PeakMemoryTests {
  @Test("Peak memory rises with a block that is touched")
  func peak() throws {
    _ = PeakMemory.reset()
    let before = try PeakMemory.bytes()
    var block = [UInt8](repeating: 1, count: 300_000_000)
    block[150_000_000] = 2
    #expect(try PeakMemory.bytes() > before + 100_000_000)
    #expect(block[150_000_000] == 2)
  }
}
