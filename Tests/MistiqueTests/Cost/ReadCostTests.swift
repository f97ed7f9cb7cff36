import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

@Suite("What reading is predicted to take") struct ReadCostTests {
  private func read(_ bytes: Int) -> ReadEstimate { read(.full, bytes) }

  private func read(_ kind: ReadKind, frames: Int = 1, _ bytes: Int) -> ReadEstimate {
    ReadEstimate(kind, frames: frames, storedBytes: bytes, rawBytes: bytes)
  }

  @Test("Two measured reads give the fixed part and the rate of their kind, and of no other", arguments: ReadKind.allCases)
  func calibration(kind: ReadKind) {
    let cost = ReadCost()
    let before = ReadKind.allCases.filter { $0 != kind }.map { cost.seconds(read($0, frames: 0, 1 << 30)) }
    cost.calibrate(kind, small: (read(kind, frames: 0, 0), 0.0001), large: (read(kind, frames: 0, 1_000_000_000), 1.0001))
    #expect(abs(cost.seconds(read(kind, frames: 0, 500_000_000)) - 0.5001) < 1e-9)
    #expect(ReadKind.allCases.filter(cost.isMeasured) == [kind])
    #expect(ReadKind.allCases.filter { $0 != kind }.map { cost.seconds(read($0, frames: 0, 1 << 30)) } == before)
  }

  @Test("Bytes that come from the disk cost extra, and their constant follows cold reads alone")
  func cold() {
    let cost = ReadCost()
    let estimate = read(1 << 24)
    let warm = cost.seconds(estimate)
    #expect(cost.seconds(estimate, coldBytes: 1 << 24) > warm)
    for _ in 0..<200 {
      cost.observe(estimate, coldBytes: 0, seconds: 0.01)
      cost.observe(estimate, coldBytes: 1 << 24, seconds: 0.25)
    }
    #expect(abs(cost.seconds(estimate) / 0.01 - 1) < 0.1)
    #expect(abs(cost.seconds(estimate, coldBytes: 1 << 24) / 0.25 - 1) < 0.1)
    #expect(abs(cost.seconds(estimate, coldBytes: 1 << 23) / 0.13 - 1) < 0.1)
  }

  @Test(
    "From a start that is wrong by any factor, predictions reach what reads take: small and large, few frames and many",
    arguments: [1e-3, 0.02, 0.5, 1, 2, 50, 1e3], [1e-3, 0.02, 1, 50, 1e3])
  func convergence(fixedFactor: Double, rateFactor: Double) {
    let cost = ReadCost(
      .init([
        .fixed: 2e-4 * fixedFactor, .frames: 8e-6, .bytes(.full): 6e-10 * rateFactor, .bytes(.kbit): 3e-9 * rateFactor, .coldBytes: 2e-9,
      ]))
    var random = SeededRandom(seed: 3)
    func seconds(_ estimate: ReadEstimate) -> Double {
      2e-4 + Double(estimate.frames) * 8e-6 + Double(estimate.rawBytes) * (estimate.parts[.kbit] == nil ? 6e-10 : 3e-9)
    }
    func draw() -> ReadEstimate {
      let bytes = 1 << (4 + Int(random.next() % 26))
      return read(random.next() % 2 == 0 ? .full : .kbit, frames: 1 + bytes >> 16, bytes)
    }
    for _ in 0..<400 {
      let estimate = draw()
      // Measurements differ by a tenth from one to the next.
      cost.observe(estimate, coldBytes: 0, seconds: seconds(estimate) * (0.9 + 0.2 * random.unit()))
    }
    for _ in 0..<100 {
      let estimate = draw()
      let ratio = cost.seconds(estimate) / seconds(estimate)
      #expect((0.67...1.5).contains(ratio), "\(estimate.rawBytes) bytes, \(estimate.parts.keys): \(ratio)")
    }
  }

  @Test("One read that was held up for an hour does not spoil the predictions for long")
  func outlier() {
    let cost = ReadCost()
    let estimate = read(1 << 20)
    for _ in 0..<50 { cost.observe(estimate, coldBytes: 0, seconds: 1e-3) }
    cost.observe(estimate, coldBytes: 0, seconds: 3600)
    #expect(cost.seconds(estimate) < 3e-3)
    for _ in 0..<5 { cost.observe(estimate, coldBytes: 0, seconds: 1e-3) }
    #expect(cost.seconds(estimate) < 1.3e-3)
  }

  @Test("Reads that took next to nothing, or nothing at all, leave predictions above zero", arguments: [0, 1e-12, -1.0, .nan, .infinity])
  func degenerate(seconds: Double) {
    let cost = ReadCost()
    for count in [0, 1, 1 << 30] { for _ in 0..<100 { cost.observe(read(count), coldBytes: 0, seconds: seconds) } }
    #expect(cost.seconds(read(0)) > 0 && cost.seconds(read(1 << 30)) > cost.seconds(read(0)))
  }
}
