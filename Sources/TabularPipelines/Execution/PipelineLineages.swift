import Mistique

/// What made the intermediates and states of a pipeline: transformers with their parameters, and the content of its files.
///
/// Names of files, stages and intermediates are left out: equal work has equal lineages in all pipelines. Owns the recipe of a stage. Never does: read a
/// file or run a stage.
struct PipelineLineages {
  let pipeline: Pipeline
  /// States that the model has, by stage. A stage does not fit again what is in here, whatever it was fitted on.
  let known: [String: KnownState]
  /// Of the content of a file; `nil` for one that cannot be read.
  let file: (PipelineSpecification.Input) -> Lineage?

  /// Complexity: O(stages), and what `file` takes.
  func lineages() -> ModelLineages {
    var result = ModelLineages()
    // Of files and intermediates; their names differ.
    var sources: [String: Lineage] = [:]
    for input in pipeline.inputs { sources[input.name] = file(input) }
    for stage in pipeline.stages {
      guard let type = pipeline.registry[stage.transformer], let begun = recipe(of: stage, type) else { continue }
      let signature = type.signature
      func lineages(of places: Range<Int>) -> [Lineage]? {
        let found = places.compactMap { place in
          signature.inputKind(at: place) == .model ? result.transformers[stage.inputs[place]] : sources[stage.inputs[place]]
        }
        return found.count == places.count ? found : nil
      }
      let fitted = lineages(of: stage.inputs.indices).map { Self.recipe(begun, reading: $0) }
      let state = fitted.map { Self.lineage($0, "state", 0) }
      var outputs = fitted
      var stateLineage = state
      // A state that was fitted on something else than is there now, or nobody knows on what.
      if let given = known[stage.name], !given.bytes.isEmpty, given.lineage == nil || given.lineage != state {
        stateLineage = given.identity
        outputs = lineages(of: signature.inputsToApply(stage.inputs.count)).map {
          Self.recipe(begun, reading: $0, givenState: given.identity)
        }
      }
      result.transformers[stage.name] = stateLineage
      for (place, name) in stage.outputs.enumerated() {
        guard let outputs else { continue }
        let lineage = Self.lineage(outputs, "output", place)
        sources[name] = lineage
        result.intermediates[name] = lineage
      }
    }
    return result
  }

  /// What a stage is, its inputs left out; `nil` when it promises nothing.
  private func recipe(of stage: Pipeline.Stage, _ type: any Transformer.Type) -> LineageRecipe? {
    guard let bits = type.bits, let code = ProcessorKind.code else { return nil }
    var recipe = LineageRecipe("pipeline stage")
    recipe.add(text: stage.transformer)
    recipe.add(number: bits.revision)
    recipe.add(text: code)
    // A state is adopted as the bytes that it was stored as.
    recipe.add(number: FittedState.version)
    if let library = bits.library {
      guard let kind = library.libraryKind else { return nil }
      recipe.add(text: kind)
    } else {
      recipe.add(text: "")
    }
    recipe.add(number: stage.parameters.values.count)
    for (name, value) in stage.parameters.values.sorted(by: { $0.key < $1.key }) {
      recipe.add(text: name)
      recipe.add(text: value.canonicalText)
    }
    return recipe
  }

  private static func recipe(_ begun: LineageRecipe, reading inputs: [Lineage], givenState: Lineage? = nil) -> LineageRecipe {
    var recipe = begun
    if let givenState {
      recipe.add(text: "given state")
      recipe.add(lineage: givenState)
    }
    recipe.add(number: inputs.count)
    for input in inputs { recipe.add(lineage: input) }
    return recipe
  }

  private static func lineage(_ begun: LineageRecipe, _ what: String, _ place: Int) -> Lineage {
    var recipe = begun
    recipe.add(text: what)
    recipe.add(number: place)
    return recipe.lineage
  }
}

extension Lineage {
  /// Of a file, by its content.
  init(of digest: FileDigest) {
    var recipe = LineageRecipe("file")
    recipe.add(number: digest.byteCount)
    recipe.add(text: digest.text)
    self = recipe.lineage
  }
}
