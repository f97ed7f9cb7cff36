/// Which stages have to run, and on what, to produce the wanted intermediates. Decided before anything runs.
///
/// The plan goes back from the wanted intermediates. Another that is available is taken as it is. A training stage that has a stored state needs no
/// inputs, and a fitted stage that transforms a second frame needs only that frame. A model whose training stage has a stored state is restored,
/// and its stage does not run.
struct RunPlan {
  /// Places of the stages that run, in order.
  private(set) var stages: Set<Int> = []
  /// Training stages whose model is restored although they do not run.
  private(set) var restoredModels: Set<Int> = []
  /// How many running stages need each intermediate as a frame.
  private(set) var uses: [String: Int] = [:]
  /// The frames that each running stage takes; none for a training stage whose state is stored.
  private(set) var framesTaken: [Int: [String]] = [:]

  /// - Parameters:
  ///   - available: intermediates that need not be computed; a wanted one is computed all the same.
  ///   - fitted: names of the stages whose states are stored.
  init(pipeline: Pipeline, wanted: Set<String>, available: Set<String>, fitted: Set<String>) {
    var producer: [String: Int] = [:]
    for (place, stage) in pipeline.stages.enumerated() { for output in stage.outputs { producer[output] = place } }
    var needed = wanted
    for (place, stage) in pipeline.stages.enumerated().reversed() where stage.outputs.contains(where: needed.contains) {
      stages.insert(place)
      let signature = pipeline.registry[stage.transformer]!.signature
      let places = fitted.contains(stage.name) ? signature.inputsToApply(stage.inputs.count) : stage.inputs.indices
      for (index, input) in zip(places, stage.inputs[places]) {
        guard let source = producer[input] else { continue }
        if signature.inputKind(at: index) == .model {
          if fitted.contains(pipeline.stages[source].name) { restoredModels.insert(source) } else { needed.insert(input) }
        } else {
          uses[input, default: 0] += 1
          framesTaken[place, default: []].append(input)
          if !available.contains(input) { needed.insert(input) }
        }
      }
    }
  }
}
