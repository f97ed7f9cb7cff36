import ExperimentKit
import Mistique

/// What the uses have in common: the counters of reading, and how they are held to their baselines.
enum UseGates {
  /// Records what fetching took. Bytes and frames are exact for a store; nothing is re-run.
  static func record(_ costs: [QueryCost], seconds: Double, at place: MeasurementTable.Parameters, _ context: RunContext) throws {
    func sum(_ counter: (QueryCost) -> Int) -> Int { costs.reduce(0) { $0 + counter($1) } }
    try context.record("bytesRead", sum(\.bytesRead), unit: "B", at: place)
    try context.record("framesDecoded", sum(\.framesDecoded), unit: "frames", at: place)
    try context.record("stagesRun", sum(\.stagesRun), unit: "stages", at: place)
    try context.record("useSeconds", seconds, unit: "s", at: place)
  }

  static func gates(_ differences: [String]) -> [Gate] {
    [
      Gate("framesDecoded", .exact, better: .lower), Gate("stagesRun", .exact, better: .lower),
      Gate(
        "bytesRead",
        .within(0.02, reason: "trained weights differ in their last bits between kinds of processors, and so do compressed sizes"),
        better: .lower),
      Gate("partitionBytes", .reported), Gate("useSeconds", .reported),
    ] + differences.map { Gate($0, .reported) }
  }
}
