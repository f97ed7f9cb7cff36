import Foundation
import Mistique
import Synchronization
import TestSupport

/// A model over a graph of stages that says what makes each intermediate. Every value follows from the stage's parameter and from all values of its row
/// that the stage reads, so that a wrong reuse changes every answer after it. Names of stages and intermediates change nothing.
final class RecipeModel: ExecutableModel {
  static let kind = "recipe-model"

  struct Step: Codable, Equatable {
    var name: String
    var parameter: Int
    /// Intermediates of steps before it.
    var reads: [String]
    var outputs: [String]
    /// Whether it learns a state from all rows; in pipelines only.
    var trains = false
    /// Whether it says what makes its outputs.
    var promises = true
  }

  struct Plan: Codable, Equatable {
    var rows: Int
    /// Frames as in pipelines, else layers.
    var hasFrames: Bool
    /// What its input holds.
    var source: Int
    var steps: [Step]
  }

  let plan: Plan
  /// Says something else than it computes, as a faulty model does.
  let isFaulty: Bool
  /// Keeps another state than the one that it computes with.
  let hidesState: Bool
  /// Stands for the machine and the libraries, which decide bits where they are part of a lineage.
  let environment: Int
  /// What each stage says it took: by default so long that reading is always faster, whatever else the machine does.
  let stageSeconds: Double
  let stages: [Stage]
  private let states: Mutex<[String: StoredTransformer]>
  private let trained = Mutex<[String]>([])

  init(
    _ plan: Plan, states: [StoredTransformer] = [], isFaulty: Bool = false, hidesState: Bool = false, environment: Int = 0,
    stageSeconds: Double = 5
  ) {
    self.plan = plan
    self.hidesState = hidesState
    self.stageSeconds = stageSeconds
    self.environment = environment
    self.isFaulty = isFaulty
    self.states = Mutex(Dictionary(uniqueKeysWithValues: states.map { ($0.name, $0) }))
    stages = plan.steps.map { step in
      let producers = plan.steps.indices.filter { plan.steps[$0].outputs.contains(where: step.reads.contains) }
      return Stage(name: step.name, inputs: producers, outputs: step.outputs, reads: step.reads)
    }
  }

  convenience init(restoring stored: StoredModel, environment: Int = 0, stageSeconds: Double = 5) throws {
    let plan = try JSONDecoder().decode(Plan.self, from: Data(stored.specification.utf8))
    self.init(plan, states: stored.transformers, environment: environment, stageSeconds: stageSeconds)
  }

  var specification: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try! encoder.encode(plan), as: UTF8.self)
  }

  /// Steps that learned their state in runs of this model, not from a store.
  var trainedSteps: [String] { trained.withLock { $0 } }

  func transformers() -> [StoredTransformer] {
    let states = states.withLock { $0 }
    return plan.steps.compactMap { states[$0.name] }
  }

  var untrained: Set<String> {
    let known = states.withLock { Set($0.keys) }
    return Set(plan.steps.filter(\.trains).map(\.name)).subtracting(known)
  }

  func adopt(_ transformers: [StoredTransformer]) {
    states.withLock { for part in transformers { $0[part.name] = part } }
  }

  func lineages() -> ModelLineages {
    var result = ModelLineages()
    for step in plan.steps where step.promises {
      var recipe = LineageRecipe("step of a test")
      recipe.add(number: environment)
      recipe.add(number: step.parameter)
      recipe.add(number: plan.rows)
      recipe.add(text: "\(plan.hasFrames) \(step.trains)")
      if step.reads.isEmpty { recipe.add(number: plan.source) }
      let reads = step.reads.compactMap { result.intermediates[$0] }
      guard reads.count == step.reads.count else { continue }
      for lineage in reads { recipe.add(lineage: lineage) }
      for (place, name) in step.outputs.enumerated() {
        var output = recipe
        output.add(number: place)
        result.intermediates[name] = output.lineage
      }
      guard step.trains else { continue }
      recipe.add(text: "state")
      result.transformers[step.name] = recipe.lineage
    }
    return result
  }

  // MARK: Running

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    var ids = (0..<Int64(plan.rows)).map { $0 }
    if case .ids(let some) = request.rows, !plan.hasFrames { ids = Set(some).filter { (0..<Int64(plan.rows)).contains($0) }.sorted() }
    var needed = request.intermediates
    var run: [Int] = []
    for place in plan.steps.indices.reversed() where plan.steps[place].outputs.contains(where: needed.contains) {
      run.insert(place, at: 0)
      needed.formUnion(plan.steps[place].reads.filter { !request.available.names.contains($0) })
    }
    let size = plan.hasFrames ? max(1, ids.count) : 100
    for start in stride(from: 0, to: ids.count, by: size) {
      if request.isCancelled() { throw CancellationError() }
      let batch = ids[start..<min(start + size, ids.count)]
      var known: [String: [Float]] = [:]
      for step in run.map({ plan.steps[$0] }) {
        for name in step.reads where known[name] == nil { known[name] = try taken(name, batch, request.available) }
        let state = state(of: step, known)
        for (place, name) in step.outputs.enumerated() {
          known[name] = values(of: step, place, batch, known, state)
          if request.intermediates.contains(name) { try hand(known[name]!, name, step, place, batch, to: emit) }
        }
      }
    }
    let batches = (ids.count + size - 1) / size
    return run.map {
      plan.hasFrames
        ? StageMeasurement(stage: $0, seconds: stageSeconds)
        : StageMeasurement(stage: $0, seconds: stageSeconds, batches: batches, rowsPerBatch: size)
    }
  }

  private func width(of name: String) -> Int {
    let step = plan.steps.first { $0.outputs.contains(name) }!
    return Self.schema(step, step.outputs.firstIndex(of: name)!).columnCount
  }

  private static func schema(_ step: Step, _ place: Int) -> IntermediateSchema {
    let sum = step.parameter + place
    return .maps(channels: 1 + sum % 3, height: 1 + sum % 2, width: 1 + sum / 3 % 2)
  }

  private func taken(_ name: String, _ ids: ArraySlice<Int64>, _ available: AvailableIntermediates) throws -> [Float] {
    guard plan.hasFrames else {
      var values: [Float] = []
      try available.maps(name, rows: ids) { values = Array($0) }
      return values
    }
    let columns = try available.frame(name).columns.map { column -> [Float] in
      guard case .float32(let values) = column.values else { preconditionFailure("frames are of float32") }
      return values
    }
    return (0..<ids.count).flatMap { row in columns.map { $0[row] } }
  }

  /// What the step has learned: four bytes that follow from all that it read when it was trained; 0 for one that learns nothing.
  private func state(of step: Step, _ known: [String: [Float]]) -> Float {
    guard step.trains else { return 0 }
    if let stored = states.withLock({ $0[step.name] }) { return stored.bytes.withUnsafeBytes { $0.loadUnaligned(as: Float.self) } }
    let learned = step.reads.reduce(Float(step.parameter)) { sum, name in known[name]!.reduce(sum) { ($0 + $1).remainder(dividingBy: 50) } }
    trained.withLock { $0.append(step.name) }
    let lineage = lineages().transformers[step.name]
    states.withLock {
      $0[step.name] = StoredTransformer(
        name: step.name, bytes: withUnsafeBytes(of: hidesState ? learned + 1 : learned) { Array($0) }, lineage: lineage)
    }
    return learned
  }

  private func values(
    of step: Step, _ place: Int, _ ids: ArraySlice<Int64>, _ known: [String: [Float]], _ state: Float
  ) -> [Float] {
    let width = Self.schema(step, place).columnCount
    return ids.enumerated().flatMap { row, id -> [Float] in
      var base = Float(step.parameter) * 0.61 + Float(place) * 0.5 + state * 0.3 + (isFaulty ? 1 : 0)
      if step.reads.isEmpty { base += Float(id) * 0.37 + Float(plan.source) * 1.7 }
      for (weight, read) in step.reads.enumerated() {
        let count = self.width(of: read)
        for value in known[read]![row * count..<(row + 1) * count] { base += value * (1.25 + Float(weight)) }
      }
      var values = (0..<width).map { max(0, (base * (1 + Float($0))).remainder(dividingBy: 7.5)) }
      if let passed = Self.passed(by: step, place) { values[0] = known[passed]![row * self.width(of: passed)] }
      return values
    }
  }

  /// The intermediate whose first column is the first of the output, unchanged.
  private static func passed(by step: Step, _ place: Int) -> String? { step.parameter % 2 == 0 && place == 0 ? step.reads.first : nil }

  private func hand(
    _ values: [Float], _ name: String, _ step: Step, _ place: Int, _ ids: ArraySlice<Int64>,
    to emit: (String, IntermediateRows) throws -> Void
  ) throws {
    let schema = Self.schema(step, place)
    let passedOn = Self.passed(by: step, place).map { [0: PassedColumn(intermediate: $0, column: 0)] } ?? [:]
    let rows = EmittedRows(values, ids, columnCount: schema.columnCount)
    try plan.hasFrames ? emit(name, rows.frame(passedOn: passedOn)) : rows.withMaps(schema) { try emit(name, $0) }
  }
}

extension RecipeModel.Plan {
  /// A chain of `parameters.count` steps of one output each, which are called `prefix` and their number.
  static func chain(_ parameters: [Int], rows: Int = 300, hasFrames: Bool = false, source: Int = 1, prefix: String = "step") -> Self {
    var steps: [RecipeModel.Step] = []
    for (place, parameter) in parameters.enumerated() {
      steps.append(
        .init(name: "\(prefix) \(place)", parameter: parameter, reads: steps.last.map(\.outputs) ?? [], outputs: ["\(prefix) \(place)"]))
    }
    return Self(rows: rows, hasFrames: hasFrames, source: source, steps: steps)
  }

  /// Two to seven steps of one or two intermediates each, which read some of those before.
  static func random(_ random: inout SeededRandom) -> Self {
    let hasFrames = random.next() % 2 == 0
    var steps: [RecipeModel.Step] = []
    var names: [String] = []
    for place in 0..<Int.random(in: 2...7, using: &random) {
      let outputs = (0...Int.random(in: 0...1, using: &random)).map { "step \(place).\($0)" }
      var reads = names.filter { _ in random.unit() < 0.35 }
      if place > 0, reads.isEmpty, random.unit() < 0.8 { reads = [names.last!] }
      steps.append(
        .init(
          name: "step \(place)", parameter: Int.random(in: 0..<6, using: &random), reads: reads, outputs: outputs,
          trains: hasFrames && random.unit() < 0.3, promises: random.unit() < 0.9))
      names += outputs
    }
    let rows = [1, 7, 99, 100, 101, 1000, 1001, 2200].randomElement(using: &random)!
    return Self(rows: rows, hasFrames: hasFrames, source: Int.random(in: 0..<3, using: &random), steps: steps)
  }

  /// The same plan with something about it changed, or nothing.
  func changed(_ random: inout SeededRandom) -> Self {
    var plan = self
    let place = Int(random.next() % UInt64(steps.count))
    switch random.next() % 7 {
    case 0: break
    case 1: plan.steps[place].parameter = Int.random(in: 0..<6, using: &random)
    case 2: plan.source = Int.random(in: 0..<3, using: &random)
    case 3: plan.rows = [1, 100, 1001].randomElement(using: &random)!
    case 4: plan.steps[place].promises.toggle()
    case 5: plan.steps[place].trains = hasFrames && !steps[place].trains
    default:
      // Other names for all that there is.
      let names = Dictionary(uniqueKeysWithValues: steps.flatMap(\.outputs).map { ($0, "other \($0)") })
      plan.steps = steps.map { step in
        var step = step
        step.name = "other \(step.name)"
        step.reads = step.reads.map { names[$0]! }
        step.outputs = step.outputs.map { names[$0]! }
        return step
      }
    }
    return plan
  }
}

extension IntermediateStore {
  /// A store that restores recipe models.
  ///
  /// - Parameter stageSeconds: what their stages say they took.
  static func withRecipes(at url: URL, options: StoreOptions = StoreOptions(), stageSeconds: Double = 5) throws -> IntermediateStore {
    let store = try IntermediateStore(at: url, options: options)
    store.register(kind: RecipeModel.kind) { try RecipeModel(restoring: $0, stageSeconds: stageSeconds) }
    return store
  }

  /// Names of intermediates that are read with other bits than a run of `plan` from nothing gives.
  func differing(from plan: RecipeModel.Plan, _ identity: ModelIdentity, how preference: QueryPlan.Preference = .read) throws -> [String] {
    let alone = TemporaryDirectory.fast("alone")
    let other = try IntermediateStore(at: alone.url)
    let name = ModelIdentity(project: "alone", name: "alone")
    try other.logIntermediates(of: RecipeModel(plan), as: name)
    defer { try? FileManager.default.removeItem(at: alone.url) }
    return try plan.steps.flatMap(\.outputs).filter { output in
      let expected = try other.getIntermediates([IntermediateKey(model: name, intermediate: output)], plan: .read)[0]
      let got = try getIntermediates([IntermediateKey(model: identity, intermediate: output)], plan: preference)[0]
      return !got.isIdentical(to: expected)
    }
  }
}
