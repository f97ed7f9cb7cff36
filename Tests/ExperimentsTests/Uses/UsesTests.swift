import Foundation
import TestSupport
import Testing

/// The uses at scale smoke: what must hold in the rows whatever the machine.
@Suite struct UsesTests {
  let program = ExperimentsProgram()

  @Test("NETDISSECT from bits is that from values, cell by cell, where one RowBlock holds all images")
  func netDissect() throws {
    let run = try program.start(["run", "use-netdissect", "--scale", "smoke", "--repetitions", "1"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try program.records("smoke/use-netdissect")
    func values(_ scheme: String) -> [String?] {
      records.all.filter { $0["metric"] == "intersectionOverUnion" && $0["scheme"] == scheme }.map { $0["value"] }
    }
    #expect(values("full").count == 32 * 10 && values("full") == values("THRESHOLD-per-neuron"))
    #expect(values("full") != values("THRESHOLD"))
    func value(_ metric: String, _ scheme: String) throws -> Double { try records.value(metric, ["scheme": scheme, "neuron": "all"]) }
    #expect(try value("changedBest", "THRESHOLD-per-neuron") == 0 && value("largestDifference", "THRESHOLD-per-neuron") == 0)
    for scheme in ["full", "THRESHOLD-per-neuron", "THRESHOLD"] {
      #expect(try (0...0.00501).contains(value("activeShare", scheme)), "the 99.5 % quantile leaves half of a per cent")
      #expect(try value("stagesRun", scheme) == 0)
    }
    #expect(try value("bytesRead", "THRESHOLD-per-neuron") < value("bytesRead", "full"))
    // Three neurons, six images each, every pixel once.
    #expect(records.all.filter { $0["metric"] == "pixel" }.count == 18 * 1_024)
  }

  @Test("VizML counts every home once, and reads four columns of two pipelines whatever their bytes")
  func vizML() throws {
    let run = try program.start(["run", "use-vizml", "--scale", "smoke", "--repetitions", "1"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try program.records("smoke/use-vizml")
    for scheme in ["full", "8BIT"] {
      let homes = records.all.filter { $0["metric"] == "homes" && $0["scheme"] == scheme }.compactMap { $0["value"].flatMap(Int.init) }
      #expect(homes.count > 3 && homes.reduce(0, +) == 1_000)
      #expect(try records.value("framesDecoded", ["scheme": scheme]) == 4)
    }
    #expect(try records.value("changedHomes", ["scheme": "8BIT"]) == 0)
  }
}
