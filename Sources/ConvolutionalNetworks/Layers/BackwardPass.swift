/// The backward pass of a bound network: from the gradient of the last layer's output down to all that is asked for.
///
/// A layer that several others read gets the sum of their gradients. Layers without an influence on the output, and those below which
/// nothing is asked for, take no part. Built and run on a ``ComputeThread``, after a forward pass.
final class BackwardPass {
  /// What is asked for: the gradients of all trained weights, or that of the input.
  enum Goal { case weights, input }

  /// The gradient of the last layer's output, row-major: written by the caller before ``execute()``.
  let outputGradient: TensorMemory
  /// From the last layer to the first.
  let steps: [(layer: BoundLayer, gradient: LayerGradient)]
  /// Row-major (n, c, h, w), if it was the goal.
  let inputGradient: TensorMemory?
  private let inputOperations: [Operation]

  init(_ network: BoundNetwork, goal: Goal) throws {
    let engine = network.engine
    let top = network.layers[network.layers.count - 1]
    outputGradient = try TensorMemory(.plain(top.output.dimensions), engine)
    /// Whether a gradient must reach the layer: it or one that it needs is asked for. Element *i* is layer *i*.
    var isReached = [goal == .input]
    for bound in network.layers {
      let isAsked = goal == .weights && bound.layer.isTrained
      isReached.append(isAsked || bound.layer.inputs.contains { isReached[$0] })
    }
    /// The gradients that the layers' readers give them.
    var given = [[TensorGradient]](repeating: [], count: isReached.count)
    given[top.layer.index] = [TensorGradient(outputGradient)]
    var steps: [(layer: BoundLayer, gradient: LayerGradient)] = []
    for bound in network.layers.reversed() where isReached[bound.layer.index] && !given[bound.layer.index].isEmpty {
      var operations: [Operation] = []
      let incoming = try operations.total(given[bound.layer.index], engine)
      let needs = LayerGradient.Needs(
        inputs: bound.layer.inputs.map { isReached[$0] }, weights: goal == .weights && bound.layer.isTrained)
      var gradient = try bound.backward(incoming, needs: needs)
      gradient.operations.insert(contentsOf: operations, at: 0)
      steps.append((bound, gradient))
      for (place, input) in bound.layer.inputs.enumerated() where needs.inputs[place] { given[input].append(gradient.inputs[place]!) }
    }
    var operations: [Operation] = []
    inputGradient =
      try given[0].isEmpty ? nil : operations.adapt(operations.total(given[0], engine).memory, to: network.input.layout, engine)
    inputOperations = operations
    self.steps = steps
  }

  func execute() throws {
    for step in steps { try step.gradient.operations.execute() }
    try inputOperations.execute()
  }
}

extension [Operation] {
  /// The sum of the gradients that a layer's readers give it.
  fileprivate mutating func total(_ gradients: [TensorGradient], _ engine: Engine) throws -> TensorGradient {
    if gradients.count == 1 { return gradients[0] }
    return TensorGradient(try sum(gradients.map(\.memory), engine))
  }
}
