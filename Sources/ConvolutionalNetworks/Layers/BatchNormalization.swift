import COneDNN

/// Batch normalization on oneDNN: (x - mean) / sqrt(variance + epsilon) * scale + shift per channel (Ioffe and Szegedy, ICML 2015).
///
/// It keeps the layout of its input. Training takes mean and variance of the batch and moves the running ones a tenth of the way towards
/// them, the variance unbiased, as PyTorch does; everything else uses the running ones.
struct BatchNormalizationGeometry {
  /// The share of a running statistic that a training step keeps.
  static let momentum: Float = 0.9

  /// (n, c, h, w) or (n, columns), of input and output.
  let dimensions: [Int]
  let epsilon: Float
  let usesBatchStatistics: Bool

  private var flags: UInt32 {
    dnnl_use_scale.rawValue | dnnl_use_shift.rawValue | (usesBatchStatistics ? 0 : dnnl_use_global_stats.rawValue)
  }

  func bind(
    _ memory: TensorMemory, relu: Bool, _ purpose: BoundLayer.Purpose, _ engine: Engine, sharing lender: BoundLayer.Parts?
  ) throws -> BoundLayer.Parts {
    var data = memory.layout.descriptor
    var description = dnnl_batch_normalization_desc_t()
    try check(
      dnnl_batch_normalization_forward_desc_init(&description, purpose.propagation, &data, epsilon, flags),
      "describe a batch normalization of \(dimensions)")
    let isFused = relu && purpose == .inference
    let descriptor = try PrimitiveDescriptor(engine, description, relu: isFused)
    let output = try TensorMemory(memory.layout, engine)
    let perChannel = try Layout.plain([dimensions[1]])
    let scale = try TensorMemory.sharing(lender?.weights, in: perChannel, engine)
    let shift = try TensorMemory.sharing(lender?.bias, in: perChannel, engine)
    let running = Statistics(
      mean: try TensorMemory.sharing(lender?.runningStatistics?.mean, in: perChannel, engine),
      variance: try TensorMemory.sharing(lender?.runningStatistics?.variance, in: perChannel, engine))
    let used =
      usesBatchStatistics
      ? Statistics(mean: try TensorMemory(perChannel, engine), variance: try TensorMemory(perChannel, engine)) : running
    var operations = [
      try descriptor.operation([
        (DNNL_ARG_SRC, memory), (DNNL_ARG_DST, output), (DNNL_ARG_SCALE, scale), (DNNL_ARG_SHIFT, shift), (DNNL_ARG_MEAN, used.mean),
        (DNNL_ARG_VARIANCE, used.variance),
      ])
    ]
    if relu && !isFused { operations.append(try .rectification(of: output, engine)) }
    if usesBatchStatistics { operations.append(update(running, with: used)) }
    return BoundLayer.Parts(
      operations: operations, source: memory, output: output, descriptor: descriptor, weights: scale, bias: shift,
      runningStatistics: running, usedStatistics: used)
  }

  func bindBackward(
    _ parts: BoundLayer.Parts, _ incoming: TensorMemory, _ needs: LayerGradient.Needs, _ gradient: inout LayerGradient, _ engine: Engine
  ) throws {
    guard needs.weights || needs.anyInput else { return }
    var data = parts.source.layout.descriptor
    var description = dnnl_batch_normalization_desc_t()
    // The library has no kernel for the input's gradient alone: scale's and shift's are computed and left if nobody needs them.
    try check(
      dnnl_batch_normalization_backward_desc_init(&description, dnnl_backward, &data, &data, epsilon, flags),
      "describe the gradient of a batch normalization")
    let descriptor = try PrimitiveDescriptor(engine, description, hint: parts.descriptor)
    let outer = try gradient.operations.adapt(incoming, to: parts.source.layout, engine)
    let inner = try TensorMemory(parts.source.layout, engine)
    let scale = try TensorMemory(parts.weights!.layout, engine)
    let shift = try TensorMemory(parts.bias!.layout, engine)
    gradient.operations.append(
      try descriptor.operation([
        (DNNL_ARG_SRC, parts.source), (DNNL_ARG_MEAN, parts.usedStatistics!.mean), (DNNL_ARG_VARIANCE, parts.usedStatistics!.variance),
        (DNNL_ARG_SCALE, parts.weights!), (DNNL_ARG_SHIFT, parts.bias!), (DNNL_ARG_DIFF_DST, outer), (DNNL_ARG_DIFF_SRC, inner),
        (DNNL_ARG_DIFF_SCALE, scale), (DNNL_ARG_DIFF_SHIFT, shift),
      ]))
    if needs.weights { (gradient.weights, gradient.bias) = (scale, shift) }
    gradient.inputs = [TensorGradient(inner)]
  }

  struct Statistics {
    let mean: TensorMemory
    let variance: TensorMemory
  }

  private func update(_ running: Statistics, with batch: Statistics) -> Operation {
    let values = dimensions.reduce(1, *) / dimensions[1]
    let correction = values > 1 ? Float(values) / Float(values - 1) : 1
    return Operation {
      for channel in 0..<running.mean.values.count {
        Self.move(&running.mean.values[channel], towards: batch.mean.values[channel])
        Self.move(&running.variance.values[channel], towards: correction * batch.variance.values[channel])
      }
    }
  }

  private static func move(_ running: inout Float, towards value: Float) { running = momentum * running + (1 - momentum) * value }
}
