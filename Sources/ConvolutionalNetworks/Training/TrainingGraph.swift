/// A network bound for training: forward pass, loss, backward pass and update for one batch size. Used on a ``ComputeThread`` only.
final class TrainingGraph {
  let network: BoundNetwork
  private let backward: BackwardPass
  let states: [OptimizerState]
  private let seed: UInt64

  init(_ layers: [NetworkDescription.Layer], weights: Checkpoint, parameters: TrainingParameters) throws {
    network = try BoundNetwork(layers, batchSize: parameters.batchSize, purpose: .training)
    try network.load(weights)
    seed = parameters.seed
    backward = try BackwardPass(network, goal: .weights)
    states = backward.steps.flatMap { layer, gradient in
      [(layer.parts.weights, gradient.weights), (layer.parts.bias, gradient.bias)].compactMap { weights, slope in
        guard let weights, let slope else { return nil }
        return OptimizerState(parameters.optimizer, weights: weights, gradient: slope)
      }
    }
  }

  /// Where the caller writes the batch: n x c x h x w normalised float32.
  var input: UnsafeMutableBufferPointer<Float> { network.input.values }

  /// Forward and backward pass of the batch in `input`; the gradients are then ready for ``update(learningRate:step:)``.
  /// `step` counts from 1 and selects the dropout masks.
  func forwardAndBackward(labels: [UInt8], step: Int) throws -> SoftmaxCrossEntropy.Result {
    for layer in network.layers {
      layer.dropout?.draw(seed: seed, step: step)
      try layer.forward.execute()
    }
    let logits = try network.plainActivations(layer: network.layers.count)
    let result = SoftmaxCrossEntropy.evaluate(logits: logits, labels: labels, gradient: backward.outputGradient.values)
    try backward.execute()
    return result
  }

  func update(learningRate: Float, step: Int) { for state in states { state.update(learningRate: learningRate, step: step) } }

  /// The weights, row-major.
  func checkpoint() throws -> Checkpoint { try network.checkpoint() }

  /// The gradients of the last backward pass, named and shaped as the weights; frozen layers have none.
  func gradientTensors() throws -> Checkpoint {
    Checkpoint(try backward.steps.reversed().flatMap { layer, gradient in try layer.tensors(of: gradient) })
  }
}
