import Foundation
import TestSupport
import Testing

/// Figure 11a at scale smoke: what must hold in the rows whatever the machine.
@Suite struct Fig11aLoggingOverheadTests {
  let program = ExperimentsProgram()

  @Test(
    "Figure 11a: none and adaptive store no chunk while logging, DEDUP and STORE_ALL refer to as many, DEDUP stores fewer bytes, and synced or not they store the same"
  )
  func logging() throws {
    let run = try program.start(["run", "11a", "--scale", "smoke", "--repetitions", "1"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try program.records("smoke/fig11a-logging-overhead")
    for pipeline in ["P1_a", "P5_a", "P9_a"] {
      func value(_ metric: String, _ policy: String, _ writing: String = "one transaction") throws -> Double {
        try records.value(metric, ["pipeline": pipeline, "policy": policy, "writing": writing])
      }
      #expect(try value("chunks", "none") == 0 && value("chunks", "adaptive") == 0)
      #expect(try value("chunks", "DEDUP") == value("chunks", "STORE_ALL") && value("chunks", "DEDUP") > 0)
      #expect(try value("duplicateChunks", "STORE_ALL gzip") == 0)
      let (passed, duplicate) = (try value("passedChunks", "DEDUP+derived"), try value("duplicateChunks", "DEDUP+derived"))
      #expect(try 0 < passed && passed <= duplicate && value("passedChunks", "DEDUP") == 0)
      #expect(try value("storedBytes", "DEDUP+derived") < value("storedBytes", "DEDUP"))
      #expect(try value("storedBytes", "DEDUP") < value("storedBytes", "STORE_ALL"))
      #expect(try value("storedBytes", "STORE_ALL") < value("storedBytes", "STORE_ALL raw"))
      for policy in ["none", "adaptive", "DEDUP"] { #expect(try value("overhead", policy) > 0) }
      for policy in ["DEDUP", "DEDUP+derived", "STORE_ALL gzip", "STORE_ALL", "STORE_ALL raw"] {
        for metric in ["chunks", "duplicateChunks", "passedChunks", "logicalBytes"] {
          #expect(try value(metric, policy, "every write synced") == value(metric, policy), "\(metric) under \(policy)")
        }
        #expect(try value("overhead", policy, "every write synced") > 0)
      }
      #expect(try value("transformerBytes", "none") > 0)
    }
  }
}
