import Foundation
import TestSupport
import Testing

/// Figure 11a at scale smoke: what must hold in the rows whatever the machine.
@Suite struct Fig11aLoggingOverheadTests {
  let program = ExperimentsProgram()

  @Test("Figure 11a: none and adaptive store no chunk while logging, DEDUP and STORE_ALL refer to as many, DEDUP stores fewer bytes")
  func logging() throws {
    let run = try program.start(["run", "11a", "--scale", "smoke", "--repetitions", "1"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try program.records("smoke/fig11a-logging-overhead")
    for pipeline in ["P1_a", "P5_a", "P9_a"] {
      func value(_ metric: String, _ policy: String) throws -> Double {
        try records.value(metric, ["pipeline": pipeline, "policy": policy])
      }
      #expect(try value("chunks", "none") == 0 && value("chunks", "adaptive") == 0)
      #expect(try value("chunks", "DEDUP") == value("chunks", "STORE_ALL") && value("chunks", "DEDUP") > 0)
      #expect(try value("duplicateChunks", "STORE_ALL gzip") == 0)
      #expect(try 0 < value("passedChunks", "DEDUP") && value("passedChunks", "DEDUP") <= value("duplicateChunks", "DEDUP"))
      #expect(try value("storedBytes", "DEDUP") < value("storedBytes", "STORE_ALL"))
      #expect(try value("storedBytes", "STORE_ALL") < value("storedBytes", "STORE_ALL raw"))
      for policy in ["none", "adaptive", "DEDUP"] { #expect(try value("overhead", policy) > 0) }
      #expect(try value("transformerBytes", "none") > 0)
    }
  }
}
