import Foundation
import TestSupport
import Testing

/// The bench of whole layers at scale smoke.
@Suite struct LayerReadsBenchTests {
  let program = ExperimentsProgram()

  @Test("The bench of reads records a ratio for every layer of both networks, and the traffic that bounds it")
  func bench() throws {
    let run = try program.start(["bench", "--part", "reads", "--scale", "smoke", "--repetitions", "3"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try program.records("bench")
    for (network, layers) in [("CIFAR10_CNN", 8), ("CIFAR10_VGG16", 21)] {
      #expect(try records.value("\(network).copy_gb_per_s") > 0)
      let ratios = try (0...layers).map { try records.value("\(network).layer\($0).read_8bit_vs_full") }
      #expect(try records.value("\(network).read_8bit_vs_full_least") == ratios.min())
      #expect(try (0...layers).allSatisfy { try records.value("\(network).layer\($0).8bit_traffic_seconds") > 0 })
    }
  }
}
