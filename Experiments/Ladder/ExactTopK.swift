import Diagnosis
import ExperimentKit
import Foundation
import Groundwork
import Mistique

/// Beyond the paper: exact answers from a base that is a fraction of the bytes.
///
/// VGG16 is stored in full, and in rungs with a base within a fifth of each layer's root mean square. The rows that most excite a neuron, and a group of 3 and of
/// 10, are searched in the base and decided by the exact values of those alone that could be among them; beside it everything is read, and re-run.
enum ExactTopK {
  static let name = "exact-topk"
  static let parameters = ["layer", "neurons", "k"]
  static let layers = [6, 11, 16]
  static let groups = [1, 3, 10]
  static let counts = [10, 50]
  static let bound = NamedScheme.baseBound
  /// The place of what is measured of a layer as a whole.
  static let wholeLayer = "all"

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: name, aliases: ["ladder"], title: "Exact top-k from a base within a bound",
        source: "beyond the paper: DeepEverest (arXiv 2104.02234), MaskSearch (arXiv 2305.02375)"),
      parameters: parameters,
      costs: [
        .smoke: Cost(seconds: 10, diskBytes: 60_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 40, diskBytes: 400_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 180, diskBytes: 2_000_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 5_000, diskBytes: 50_000_000_000, memoryBytes: 22_000_000_000),
      ],
      outcome: .init(
        claims: ExactTopKClaims.all, figures: [Figure("exact-topk", chart: ExactTopKFigure.chart)],
        gates: [
          Gate("wrongAnswers", .exact, better: .lower), Gate("candidateShare", .reported), Gate("refinedFrameShare", .reported),
          Gate("activeShare", .reported), Gate("codeBits", .reported),
          Gate("baseOfFull", .reported), Gate("baseOfRaw", .reported), Gate("neighbourShare", .reported), Gate("speedup", .reported),
          Gate("ladderSeconds", .reported), Gate("fullSeconds", .reported), Gate("rerunSeconds", .reported),
        ], keyFigures: ExactTopKClaims.keyFigures)
    ) { context in
      let stores = try SchemeStores(context, settings, layers: Set(layers))
      let (whole, rungs) = (try stores.store(.full), try stores.store(.ladder))
      for layer in layers {
        try context.checkpointed("layer \(layer)") { try measure(layer, whole, rungs, context) }
      }
      try stores.remove(whole)
      try stores.remove(rungs)
    }
  }

  private struct NotInRungs: Error, CustomStringConvertible {
    let layer: Int
    var description: String { "layer \(layer) is not stored in rungs: this is a defect of the store" }
  }

  private static func measure(_ layer: Int, _ whole: IntermediateStore, _ rungs: IntermediateStore, _ context: RunContext) throws {
    let place: MeasurementTable.Parameters = ["layer": layer, "neurons": wholeLayer, "k": 0]
    let keys = [SchemeStores.key(layer: layer)]
    let all = try whole.getIntermediates(keys, plan: .read)[0]
    let base = try rungs.getIntermediates(keys, plan: .read, accuracy: .within(bound))[0]
    let values = try all.requiredMatrix()
    try context.record("images", values.rows, unit: "images", at: place)
    try context.record("baseOfFull", Double(base.cost.bytesRead) / Double(all.cost.bytesRead), unit: "1", at: place)
    try context.record("baseOfRaw", Double(base.cost.bytesRead) / Double(values.rows * values.columns * 4), unit: "1", at: place)
    try context.record("codeBits", codeBits(try base.requiredMatrix()), unit: "bits", at: place)
    var random = SplitMix64(seed: context.seed &+ UInt64(layer))
    try measureNeighbours(layer, values, rungs, &random, context)
    for count in groups {
      let asked = (0..<questions(context.scale)).map { _ in (0..<count).map { _ in Int(random.next() % UInt64(values.columns)) } }
      for k in counts { try measure(asked, k, layer, all, whole, rungs, context) }
    }
  }

  /// What a value of the base takes at least, where each is encoded by itself: the entropy of the distinct ones.
  private static func codeBits(_ base: FloatMatrix) -> Double {
    let counts = base.withValues { values in values.reduce(into: [Float: Int]()) { $0[$1, default: 0] += 1 } }
    let total = Double(base.rows * base.columns)
    return counts.values.reduce(0) { $0 - Double($1) / total * log2(Double($1) / total) }
  }

  /// Random neurons, or groups of them, asked for.
  private static func questions(_ scale: ExperimentKit.Scale) -> Int { scale <= .ci ? 4 : 10 }

  private static func measure(
    _ asked: [[Int]], _ k: Int, _ layer: Int, _ all: IntermediateResult, _ whole: IntermediateStore, _ rungs: IntermediateStore,
    _ context: RunContext
  ) throws {
    let place: MeasurementTable.Parameters = ["layer": layer, "neurons": asked[0].count, "k": k]
    var (near, full, reruns): ([Double], [Double], [Double]) = ([], [], [])
    var (candidates, frames, wrong) = (0.0, 0.0, 0)
    /// Of those that are active in at least k images: where they are in fewer, the k-th best is zero.
    var active: [Double] = []
    for (number, columns) in asked.enumerated() {
      try context.checkCancelled()
      let keys = Set(columns).sorted().map { column -> String in
        let key = SchemeStores.key(layer: layer)
        return IntermediateKey(model: key.model, intermediate: key.intermediate, column: all.schema.columnName(column)).description
      }
      var (found, read) = (try rungs.topRows(keys, k: k, by: .sum), try whole.topRows(keys, k: k, by: .sum))
      for _ in 0..<context.repetitions {
        let timed = try Stopwatch.time { try rungs.topRows(keys, k: k, by: .sum) }
        near.append(timed.seconds)
        found = timed.result
        let reading = try Stopwatch.time { try whole.topRows(keys, k: k, by: .sum) }
        full.append(reading.seconds)
        read = reading.result
      }
      // A forward pass takes a second: one of the questions is enough. The first time touches memory that the process never used, and is not timed.
      if number == 0 {
        _ = try whole.getIntermediates(keys, plan: .rerun)
        let rerun = try Stopwatch.time { try whole.getIntermediates(keys, plan: .rerun)[0].requiredMatrix() }
        reruns.append(rerun.seconds)
      }
      if found.rowIDs != read.rowIDs || found.scores != read.scores { wrong += 1 }
      let share = Double(found.candidates) / Double(max(1, found.rows))
      candidates += share
      if let kth = found.scores.last, kth > 0 { active.append(share) }
      frames += Double(found.refined.framesDecoded) / Double(max(1, found.searched.framesDecoded))
    }
    try context.record("ladderSeconds", Timings(seconds: near), at: place)
    try context.record("fullSeconds", Timings(seconds: full), at: place)
    try context.record("rerunSeconds", Timings(seconds: reruns), at: place)
    try context.record("speedup", Timings.median(of: reruns) / Timings.median(of: near), unit: "x", at: place)
    try context.record("candidateShare", candidates / Double(asked.count), unit: "1", at: place)
    try context.record("activeShare", Double(active.count) / Double(asked.count), unit: "1", at: place)
    if !active.isEmpty {
      try context.record("candidateShareOfActive", active.reduce(0, +) / Double(active.count), unit: "1", at: place)
    }
    try context.record("refinedFrameShare", frames / Double(asked.count), unit: "1", at: place)
    try context.record("wrongAnswers", wrong, unit: "answers", at: place)
  }

  /// What part of the rows may be among the nearest, by the base alone; the exact nearest must be among them.
  private static func measureNeighbours(
    _ layer: Int, _ values: FloatMatrix, _ rungs: IntermediateStore, _ random: inout SplitMix64, _ context: RunContext
  ) throws {
    for k in counts where k < values.rows {
      let place: MeasurementTable.Parameters = ["layer": layer, "neurons": wholeLayer, "k": k]
      var (share, wrong) = (0.0, 0)
      let queries = questions(context.scale)
      for _ in 0..<queries {
        let row = Int(random.next() % UInt64(values.rows))
        guard let found = try rungs.neighbourCandidates([SchemeStores.key(layer: layer).description], of: Int64(row), k: k) else {
          throw NotInRungs(layer: layer)
        }
        let nearest = values.withValues { NearestNeighbours.of(row: row, in: MatrixView($0, columns: values.columns), count: k) }
        if !Set(nearest.map { Int64($0.row) }).isSubset(of: found.rowIDs) { wrong += 1 }
        share += Double(found.rowIDs.count) / Double(values.rows)
      }
      try context.record("neighbourShare", share / Double(queries), unit: "1", at: place)
      try context.record("wrongAnswers", wrong, unit: "answers", at: place)
    }
  }
}
