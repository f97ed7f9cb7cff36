/// A model's stages, and how the intermediates between them hang together: what must run for one of them, from the input or from others.
struct StageGraph: Sendable {
  let stages: [Stage]
  private let producers: [String: Int]

  /// - Parameter stages: of a whole model; a stage's inputs come before it.
  init(_ stages: [Stage]) {
    self.stages = stages
    producers = Dictionary(
      stages.enumerated().flatMap { place, stage in stage.outputs.map { ($0, place) } }, uniquingKeysWith: { first, _ in first })
  }

  /// The place of the stage that emits `name`.
  func producer(of name: String) -> Int? { producers[name] }

  /// The stages that run for `targets` from the model's input, ascending.
  ///
  /// What stages read decides where it is known; else every stage that the graph names as an input counts.
  func stages(for targets: Set<String>) -> [Int] {
    stages(for: targets, from: [])?.stages
      ?? Array(targets.compactMap { producers[$0] }.reduce(into: Set<Int>()) { $0.formUnion(Stage.ancestors(of: $1, in: stages)) }).sorted()
  }

  /// The stages that run for `targets` when `starts` are there already, ascending, and which of the starts they read.
  ///
  /// - Returns: `nil` when a stage that would run does not say what it reads, or reads what no stage emits.
  func stages(for targets: Set<String>, from starts: Set<String>) -> (stages: [Int], used: Set<String>)? {
    var needed = targets
    var run: [Int] = []
    var used: Set<String> = []
    for place in stages.indices.reversed() where stages[place].outputs.contains(where: needed.contains) {
      run.append(place)
      guard let reads = stages[place].reads else { return nil }
      for name in reads {
        if starts.contains(name) {
          used.insert(name)
        } else {
          guard let producer = producers[name], producer < place else { return nil }
          needed.insert(name)
        }
      }
    }
    return (run.reversed(), used)
  }

  /// Names of the intermediates that a run for `target` from the model's input may compute on its way.
  func ancestors(of target: String) -> Set<String> {
    var names: Set<String> = []
    var needed: Set<String> = [target]
    for place in stages.indices.reversed() where stages[place].outputs.contains(where: needed.contains) {
      needed.formUnion(stages[place].reads ?? [])
      names.formUnion(stages[place].reads ?? [])
    }
    return names
  }
}

extension Stage {
  /// The stages that must run for stage `last`, itself included, ascending.
  ///
  /// - Parameter stages: of a whole model; a stage's inputs come before it.
  static func ancestors(of last: Int, in stages: [Stage]) -> [Int] {
    var needed: Set<Int> = [last]
    for position in stride(from: last, through: 0, by: -1) where needed.contains(position) { needed.formUnion(stages[position].inputs) }
    return needed.sorted()
  }
}
