import COneDNN

/// One layer bound to memory for a fixed batch: the tensors it reads and writes and the operations of its forward pass.
///
/// The kernels choose the layouts; `output` is in the layout that suits the layer, and the next layer adapts it if it must. Built and run
/// on a ``ComputeThread``. What only the backward pass needs is kept only when training.
final class BoundLayer {
  enum Purpose {
    case inference, training

    var propagation: dnnl_prop_kind_t { self == .training ? dnnl_forward_training : dnnl_forward_inference }
  }

  /// A tensor and its logical dimensions: (n, c, h, w), or (n, columns) after a flatten or a dense layer.
  struct Activation {
    let memory: TensorMemory
    let dimensions: [Int]
  }

  /// What a layer kind builds.
  struct Parts {
    var operations: [Operation] = []
    /// The input as the kernel reads it.
    var source: TensorMemory
    var output: TensorMemory
    var descriptor: PrimitiveDescriptor?
    var weights: TensorMemory?
    var bias: TensorMemory?
    var workspace: TensorMemory?
  }

  let layer: NetworkDescription.Layer
  let purpose: Purpose
  let engine: Engine
  let input: Activation
  let output: Activation
  let parts: Parts
  let dropout: DropoutMask?
  let forward: [Operation]

  init(_ layer: NetworkDescription.Layer, input: Activation, purpose: Purpose, engine: Engine) throws {
    self.layer = layer
    self.purpose = purpose
    self.engine = engine
    self.input = input
    let batch = input.dimensions[0]
    let shape = layer.shape
    let dimensions: [Int]
    switch layer.description!.kind {
    case .convolution(_, let kernel, let relu, let padding):
      dimensions = [batch, shape.channels, shape.height, shape.width]
      let geometry = ConvolutionGeometry(
        input: input.dimensions, weights: layer.parameterShapes[0], output: dimensions, padding: padding == .same ? kernel / 2 : 0)
      parts = try geometry.bind(input.memory, relu: relu, purpose, engine)
    case .maxPool(let size):
      dimensions = [batch, shape.channels, shape.height, shape.width]
      parts = try PoolingGeometry(output: dimensions, size: size).bind(input.memory, purpose, engine)
    case .flatten:
      dimensions = [batch, shape.channels]
      parts = try Self.bindFlatten(input, dimensions: dimensions, engine)
    case .dense(let units, let relu):
      dimensions = [batch, units]
      parts = try DenseGeometry(input: input.dimensions, output: dimensions).bind(input.memory, relu: relu, purpose, engine)
    }
    output = Activation(memory: parts.output, dimensions: dimensions)
    let rate = layer.description!.dropoutRate
    dropout = purpose == .training && rate > 0 ? DropoutMask(rate: rate, layer: layer.index, count: parts.output.values.count) : nil
    var forward = parts.operations
    if let dropout { forward.append(dropout.operation(on: parts.output)) }
    self.forward = forward
  }

  /// Row-major copy of the input if it is not yet row-major, seen as (n, columns).
  private static func bindFlatten(_ input: Activation, dimensions: [Int], _ engine: Engine) throws -> Parts {
    var operations: [Operation] = []
    let plain = try operations.adapt(input.memory, to: .plain(input.dimensions), engine)
    let output = try TensorMemory(viewing: plain, as: .plain(dimensions), engine)
    return Parts(operations: operations, source: plain, output: output)
  }

  /// The dimensions in which the kernel sees the weights: a dense layer over maps keeps (out, c, h, w).
  var weightDimensions: [Int] {
    if case .dense(let units, _) = layer.description!.kind { return [units] + input.dimensions.dropFirst() }
    return layer.parameterShapes[0]
  }
}

extension BoundLayer {
  /// Names of the tensors of a layer in a ``Checkpoint``.
  static func tensorNames(layer index: Int) -> (weights: String, bias: String) { ("layer\(index).weights", "layer\(index).bias") }

  /// Copies the layer's tensors out of a checkpoint that ``Checkpoint/validate(for:)`` has accepted.
  func load(_ checkpoint: Checkpoint) throws {
    guard let weights = parts.weights, let bias = parts.bias else { return }
    let names = Self.tensorNames(layer: layer.index)
    try weights.load(checkpoint[names.weights]!.values, dimensions: weightDimensions, engine)
    try bias.load(checkpoint[names.bias]!.values, dimensions: layer.parameterShapes[1], engine)
  }

  /// `weights` and `bias` (the layer's own, or their gradients) as named row-major tensors.
  func tensors(weights: TensorMemory?, bias: TensorMemory?) throws -> [Checkpoint.Tensor] {
    guard let weights, let bias else { return [] }
    let names = Self.tensorNames(layer: layer.index)
    return [
      Checkpoint.Tensor(
        name: names.weights, shape: layer.parameterShapes[0], values: try weights.plainValues(dimensions: weightDimensions, engine)),
      Checkpoint.Tensor(
        name: names.bias, shape: layer.parameterShapes[1], values: try bias.plainValues(dimensions: layer.parameterShapes[1], engine)),
    ]
  }
}
