import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

@Suite("What reading is predicted to take") struct ReadCostTests {
  private func bytes(_ count: Int) -> ReadEstimate { ReadEstimate(frames: 1, storedBytes: count, rawBytes: count) }

  @Test("Two measured reads give the fixed part and the rate")
  func calibration() {
    let cost = ReadCost()
    cost.calibrate(small: (bytes(0), 0.002), large: (bytes(1_000_000_000), 1.002))
    #expect(abs(cost.seconds(bytes(500_000_000)) - 0.502) < 1e-9)
    #expect(cost.constants.samples == 1)
  }

  @Test("Observed reads move a calibrated prediction to what reads take now", arguments: [0.5, 2])
  func tracking(factor: Double) {
    // Calibrated when reading took half as long, or twice as long.
    let cost = ReadCost(.init(fixedSeconds: 5e-4 * factor, secondsPerByte: 2e-9 * factor))
    var random = SeededRandom(seed: 3)
    func seconds(_ count: Int) -> Double { 5e-4 + Double(count) * 2e-9 }
    for _ in 0..<2000 {
      let count = 1 << (4 + Int(random.next() % 26))
      cost.observe(bytes(count), seconds: seconds(count))
    }
    for count in [1 << 8, 1 << 20, 1 << 28] {
      let ratio = cost.seconds(bytes(count)) / seconds(count)
      #expect((0.8...1.25).contains(ratio), "\(count) bytes: \(ratio)")
    }
  }

  @Test("Reads that took next to nothing, or nothing at all, leave predictions above zero", arguments: [0, 1e-12, -1.0])
  func degenerate(seconds: Double) {
    let cost = ReadCost()
    for count in [0, 1, 1 << 30] { for _ in 0..<100 { cost.observe(bytes(count), seconds: seconds) } }
    #expect(cost.seconds(bytes(0)) > 0 && cost.seconds(bytes(1 << 30)) > cost.seconds(bytes(0)))
  }
}
