import Testing

@testable import ExperimentKit

/// Other tests share the process: they allocate, free and start new peaks at any instant. Nothing here compares two moments.
struct PeakMemoryTests {
  @Test("The peak is the number of VmHWM, and not that of another line")
  func statusText() {
    let status = "Name:\tswift\nVmPeak:\t  900000 kB\nVmHWM:\t  300001 kB\nVmRSS:\t  200000 kB\n"
    #expect(PeakMemory.bytes(ofStatus: status) == Int64(300_001 * 1024))
    #expect(PeakMemory.bytes(ofStatus: "Name:\tswift\nVmRSS:\t  200000 kB\n") == nil)
    #expect(PeakMemory.bytes(ofStatus: "VmHWM:\n") == nil)
  }

  @Test("A block that is held and was touched is within the peak, also after a new one began")
  func peak() throws {
    let block = [UInt8](repeating: 1, count: 300_000_000)
    #expect(try PeakMemory.bytes() >= Int64(block.count))
    _ = PeakMemory.reset()
    #expect(try PeakMemory.bytes() >= Int64(block.count))
    withExtendedLifetime(block) {}
  }
}
