import COneDNN

/// One layer bound to memory for a fixed batch: the tensors it reads and writes and the operations of its forward pass.
///
/// The kernels choose the layouts; `output` is in the layout that suits the layer, and the layers that read it adapt it if they must. No
/// layer writes to what it reads. One that repeats it has its output in the same memory, unless the layouts differ or dropout will change it.
/// Built and run on a ``ComputeThread``. What only the backward pass needs is not kept for inference.
final class BoundLayer {
  enum Purpose {
    case inference
    case training
    /// Inference with a backward pass: no dropout, running statistics.
    case inputGradient

    var propagation: dnnl_prop_kind_t { self == .inference ? dnnl_forward_inference : dnnl_forward_training }
  }

  /// A tensor and its logical dimensions: (n, c, h, w), or (n, columns) after a flatten or a dense layer.
  struct Activation {
    let memory: TensorMemory
    let dimensions: [Int]

    /// Whether the values lie as (n, h, w, c), without blocks or padding.
    var isChannelsLast: Bool {
      guard dimensions.count == 4, let layout = try? Layout.channelsLast(dimensions) else { return false }
      return memory.layout.equals(layout)
    }
  }

  /// What a layer kind builds.
  struct Parts {
    var operations: [Operation] = []
    /// The input as the kernel reads it; of a sum, the first.
    var source: TensorMemory
    var output: TensorMemory
    var descriptor: PrimitiveDescriptor?
    var weights: TensorMemory?
    var bias: TensorMemory?
    var workspace: TensorMemory?
    /// A batch normalization's, as a checkpoint holds them.
    var runningStatistics: BatchNormalizationGeometry.Statistics?
    /// And those of the last forward pass: the same, or the batch's.
    var usedStatistics: BatchNormalizationGeometry.Statistics?
  }

  let layer: NetworkDescription.Layer
  /// The same layer bound for another batch, whose weights this one reads where the layouts are equal.
  let lender: BoundLayer?
  let purpose: Purpose
  let engine: Engine
  /// The dimensions of what it reads, as the layers below have them.
  let inputDimensions: [[Int]]
  /// The first input in the dimensions in which the kernel sees it.
  let input: Activation
  let output: Activation
  let parts: Parts
  let dropout: DropoutMask?
  let forward: [Operation]

  init(
    _ layer: NetworkDescription.Layer, inputs: [Activation], purpose: Purpose, engine: Engine, sharing lender: BoundLayer? = nil
  ) throws {
    self.layer = layer
    self.lender = lender
    self.purpose = purpose
    self.engine = engine
    inputDimensions = inputs.map(\.dimensions)
    let batch = inputs[0].dimensions[0]
    let dimensions = layer.outputDimensions(of: inputs[0].dimensions)
    let isDropping = purpose == .training && layer.description!.dropoutRate > 0
    var forward: [Operation] = []
    let seen = layer.kernelDimensions(of: inputs[0].dimensions, purpose)
    let memories = try inputs.map {
      try forward.reshape($0.memory, from: $0.dimensions, to: layer.kernelDimensions(of: $0.dimensions, purpose), engine)
    }
    input = Activation(memory: memories[0], dimensions: seen)
    switch layer.description!.kind {
    case .convolution(let convolution):
      parts = try layer.convolution(batch: batch)!.bind(memories[0], relu: convolution.relu, purpose, engine, sharing: lender?.parts)
    case .maxPool, .averagePool, .globalAveragePool, .globalMaxPool:
      parts = try layer.pooling(batch: batch)!.bind(memories[0], purpose, engine)
    case .batchNormalization(let relu, _):
      parts = try layer.batchNormalization(seen, purpose)!.bind(memories[0], relu: relu, purpose, engine, sharing: lender?.parts)
    case .add(let relu):
      var operations: [Operation] = []
      let sum = try operations.sum(memories, relu: relu, engine)
      parts = Parts(operations: operations, source: memories[0], output: sum)
    case .concatenate:
      parts = try Concatenation(output: dimensions).bind(
        memories, inputs.map { layer.kernelDimensions(of: $0.dimensions, purpose) }, engine)
    case .shortcut(let stride, let before, _):
      parts = try Shortcut(input: seen, output: dimensions, stride: stride, before: before).bind(memories[0], engine)
    case .layerNormalization(let over, let epsilon):
      parts = try LayerNormalizationGeometry(dimensions: seen, over: over, epsilon: epsilon)
        .bind(memories[0], engine, sharing: lender?.parts)
    case .activation(let activation):
      parts = try activation.bind(memories[0], seen, engine)
    case .flatten:
      var operations: [Operation] = []
      let output = try operations.flatten(memories[0], from: seen, copies: isDropping, engine)
      parts = Parts(operations: operations, source: memories[0], output: output)
    case .relu:
      let output = try TensorMemory(memories[0].layout, engine)
      parts = Parts(
        operations: [try .rectification(of: memories[0], to: output, engine)], source: memories[0], output: output)
    case .softmax where purpose == .inference:
      parts = try SoftmaxGeometry(dimensions: seen).bind(memories[0], engine)
    case .softmax, .dropout:
      var operations: [Operation] = []
      let output = try isDropping ? operations.copy(memories[0], engine) : memories[0]
      parts = Parts(operations: operations, source: memories[0], output: output)
    case .dense(_, let relu, _):
      parts = try DenseGeometry(input: seen, output: dimensions)
        .bind(memories[0], relu: relu, purpose, engine, sharing: lender?.parts)
    }
    output = Activation(memory: parts.output, dimensions: dimensions)
    forward += parts.operations
    dropout =
      isDropping ? DropoutMask(rate: layer.description!.dropoutRate, layer: layer.index, count: parts.output.values.count) : nil
    if let dropout { forward.append(dropout.operation(on: parts.output)) }
    self.forward = forward
  }

  var convolution: ConvolutionGeometry? { layer.convolution(batch: input.dimensions[0]) }
  var pooling: PoolingGeometry? { layer.pooling(batch: input.dimensions[0]) }
  var batchNormalization: BatchNormalizationGeometry? { layer.batchNormalization(input.dimensions, purpose) }

  /// The dimensions in which the kernel sees the weights: a dense layer over maps keeps (out, c, h, w), a convolution has its groups in front, and a
  /// layer normalization has a row of values.
  var weightDimensions: [Int] {
    switch layer.description!.kind {
    case .dense(let units, _, _): [units] + input.dimensions.dropFirst()
    case .convolution(let convolution): NetworkDescription.Layer.grouped(layer.parameterShapes[0], groups: convolution.groups)
    case .layerNormalization: [layer.parameterShapes[0].reduce(1, *)]
    default: layer.parameterShapes[0]
    }
  }
}

extension [Operation] {
  /// The same values in other dimensions: the same memory if the dimensions are equal, else a view of a row-major tensor.
  mutating func reshape(_ memory: TensorMemory, from: [Int], to: [Int], _ engine: Engine) throws -> TensorMemory {
    if from == to { return memory }
    let plain = try adapt(memory, to: .plain(from), engine)
    return try TensorMemory(viewing: plain, as: .plain(to), engine)
  }

  /// A row-major copy of the input if it is not yet row-major, seen as (n, columns); a copy in any case if it will be written to.
  fileprivate mutating func flatten(
    _ memory: TensorMemory, from: [Int], copies: Bool, _ engine: Engine
  ) throws -> TensorMemory {
    var plain = try adapt(memory, to: .plain(from), engine)
    if copies, plain === memory { plain = try copy(memory, engine) }
    return try TensorMemory(viewing: plain, as: .plain([from[0], from.dropFirst().reduce(1, *)]), engine)
  }
}
