extension NetworkDescription {
  /// Activations per image, or weights, that a layer may have: 2^32, 17 GB in float32.
  package static let largestValueCount = 1 << 32

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
    if case .add = description.kind {
      guard inputs.count >= 2 else { throw refuse(.inputCount(expected: "two or more layers", got: inputs.count)) }
    } else {
      guard inputs.count == 1 else { throw refuse(.inputCount(expected: "one layer", got: inputs.count)) }
    }
    for input in inputs where layers[input].shape != from { throw refuse(.unequalInput(input, shape: layers[input].shape)) }
    guard description.dropoutRate >= 0, description.dropoutRate < 1 else { throw refuse(.dropoutRate(description.dropoutRate)) }
    if description.kind == .softmax {
      guard index == layerDescriptions.count else { throw refuse(.softmaxBelow) }
      guard description.dropoutRate == 0 else { throw refuse(.softmaxDropout) }
    }
    let facts: Facts
    do { facts = try Facts(description.kind, from: from, inputCount: inputs.count) } catch { throw refuse(error.reason) }
    return Layer(
      index: index, name: "\(description.kindName)\(index)", description: description, inputs: inputs, inputShape: from,
      shape: facts.shape, flopsPerImage: facts.flops, parameterShapes: facts.parameters, statisticsShapes: facts.statistics)
  }

  /// What follows from a layer's kind and the shape of its input.
  private struct Facts {
    let shape: ActivationShape
    var flops = 0.0
    var parameters: [[Int]] = []
    var statistics: [[Int]] = []

    init(_ kind: LayerDescription.Kind, from: ActivationShape, inputCount: Int) throws(LayerProblem) {
      switch kind {
      case .convolution(let channels, let kernel, _, let padding, let stride):
        guard channels > 0 else { throw LayerProblem(.size("channels", channels)) }
        guard kernel > 0 else { throw LayerProblem(.size("kernel", kernel)) }
        guard stride > 0 else { throw LayerProblem(.size("stride", stride)) }
        guard padding == .valid || kernel % 2 == 1 else { throw LayerProblem(.evenKernel(kernel)) }
        let loss = padding == .same ? 0 : kernel - 1
        guard from.height > loss, from.width > loss else { throw LayerProblem(.windowTooLarge(kernel)) }
        shape = ActivationShape(
          channels: channels, height: (from.height - loss - 1) / stride + 1, width: (from.width - loss - 1) / stride + 1)
        parameters = [[channels, from.channels, kernel, kernel], [channels]]
        try Self.checkSizes(shape, parameters)
        flops = 2 * Double(from.channels * kernel * kernel) * Double(shape.columnCount)
      case .maxPool(let size):
        shape = try Self.pooled(from, size)
        flops = Double(shape.columnCount) * Double(size * size - 1)
      case .averagePool(let size):
        shape = try Self.pooled(from, size)
        flops = Double(shape.columnCount) * Double(size * size)
      case .globalAveragePool:
        shape = ActivationShape(channels: from.channels)
        flops = Double(from.columnCount)
      case .batchNormalization:
        shape = from
        parameters = [[from.channels], [from.channels]]
        statistics = parameters
        flops = 2 * Double(from.columnCount)
      case .add:
        shape = from
        flops = Double(from.columnCount) * Double(inputCount - 1)
      case .flatten:
        shape = ActivationShape(channels: from.columnCount)
      case .relu:
        shape = from
        flops = Double(from.columnCount)
      case .softmax:
        shape = from
        // Per channel a comparison, a subtraction, an exponential counted as one, an addition and a division.
        flops = 5 * Double(from.columnCount)
      case .dropout:
        shape = from
      case .dense(let units, _):
        guard units > 0 else { throw LayerProblem(.size("units", units)) }
        shape = ActivationShape(channels: units)
        parameters = [[units, from.columnCount], [units]]
        try Self.checkSizes(shape, parameters)
        flops = 2 * Double(from.columnCount) * Double(units)
      }
    }

    private static func checkSizes(_ shape: ActivationShape, _ parameters: [[Int]]) throws(LayerProblem) {
      let activations = [shape.channels, shape.height, shape.width]
      guard isPossible(activations) else { throw LayerProblem(.tooLarge("activations", factors: activations)) }
      for factors in parameters where !isPossible(factors) { throw LayerProblem(.tooLarge("weights", factors: factors)) }
    }

    private static func pooled(_ from: ActivationShape, _ size: Int) throws(LayerProblem) -> ActivationShape {
      guard size > 0 else { throw LayerProblem(.size("window", size)) }
      guard from.height >= size, from.width >= size else { throw LayerProblem(.windowTooLarge(size)) }
      return ActivationShape(channels: from.channels, height: from.height / size, width: from.width / size)
    }
  }
}
