extension NetworkDescription {
  /// Activations per image, or weights, that a layer may have: 2^32, 17 GB in float32.
  package static let largestValueCount = 1 << 32

  /// Rows or columns that a padding or a dilated kernel may take, and maps of zeros of a shortcut.
  static let largestReach = 65_536

  /// Whether a product is at most ``largestValueCount``; of positive factors, which need no product of their own.
  static func isPossible(_ factors: [Int]) -> Bool {
    var product = 1
    for factor in factors {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      guard !overflow, next <= largestValueCount else { return false }
      product = next
    }
    return true
  }

  /// The input and all layers, in order: element *i* is layer *i*.
  /// - Throws: ``NetworkError`` naming the layer that cannot be.
  public func layers() throws -> [Layer] {
    guard input.channels > 0, input.height > 0, input.width > 0 else { throw NetworkError.emptyInput(network: name, shape: input) }
    guard Self.isPossible([input.channels, input.height, input.width]) else {
      throw NetworkError.inputTooLarge(network: name, shape: input)
    }
    guard normalization?.fits(channels: input.channels) ?? true else {
      throw NetworkError.wrongNormalization(network: name, channels: input.channels)
    }
    guard !layerDescriptions.isEmpty else { throw NetworkError.noLayers(network: name) }
    var layers = [
      Layer(
        index: 0, name: "input", description: nil, inputs: [], inputShape: input, shape: input, flopsPerImage: 0, parameterShapes: [],
        statisticsShapes: [])
    ]
    for description in layerDescriptions { layers.append(try layer(description, after: layers)) }
    return layers
  }

  private func layer(_ description: LayerDescription, after layers: [Layer]) throws -> Layer {
    let index = layers.count
    let inputs = description.inputs ?? [index - 1]
    let first = inputs.first.flatMap { layers.indices.contains($0) ? $0 : nil }
    let from = layers[first ?? index - 1].shape
    func refuse(_ problem: LayerProblem.Reason) -> NetworkError {
      .impossibleLayer(network: name, layer: index, input: from, problem: LayerProblem(problem))
    }
    for input in inputs where !layers.indices.contains(input) { throw refuse(.noSuchInput(input, last: index - 1)) }
    if description.kind.readsSeveral {
      guard inputs.count >= 2 else { throw refuse(.inputCount(expected: "two or more layers", got: inputs.count)) }
    } else {
      guard inputs.count == 1 else { throw refuse(.inputCount(expected: "one layer", got: inputs.count)) }
    }
    for input in inputs {
      let shape = layers[input].shape
      if description.kind == .concatenate {
        guard (shape.height, shape.width) == (from.height, from.width) else { throw refuse(.unequalMaps(input, shape: shape)) }
      } else {
        guard shape == from else { throw refuse(.unequalInput(input, shape: shape)) }
      }
    }
    guard description.dropoutRate >= 0, description.dropoutRate < 1 else { throw refuse(.dropoutRate(description.dropoutRate)) }
    if description.kind == .softmax {
      guard index == layerDescriptions.count else { throw refuse(.softmaxBelow) }
      guard description.dropoutRate == 0 else { throw refuse(.softmaxDropout) }
    }
    let facts: Facts
    do { facts = try Facts(description.kind, inputs.map { layers[$0].shape }) } catch { throw refuse(error.reason) }
    return Layer(
      index: index, name: "\(description.kindName)\(index)", description: description, inputs: inputs, inputShape: from,
      shape: facts.shape, flopsPerImage: facts.flops, parameterShapes: facts.parameters, statisticsShapes: facts.statistics)
  }
}
