import COneDNN

/// The backward pass of one layer: operations that turn the gradient of the output into those of the input and of the weights.
struct LayerGradient {
  /// What the training needs from the layer: a frozen layer trains no weights, the lowest trained layer passes no gradient on.
  struct Needs {
    let input: Bool
    let weights: Bool
  }

  var operations: [Operation] = []
  var input: TensorMemory?
  var weights: TensorMemory?
  var bias: TensorMemory?
}

extension BoundLayer {
  /// Binds the backward pass for the gradient in `outputGradient`, which the operations may overwrite.
  func backward(_ outputGradient: TensorMemory, needs: LayerGradient.Needs) throws -> LayerGradient {
    precondition(purpose == .training, "only a layer bound for training has a backward pass")
    var gradient = LayerGradient()
    var incoming = outputGradient
    if let dropout {
      incoming = try gradient.operations.adapt(incoming, to: parts.output.layout, engine)
      gradient.operations.append(dropout.operation(on: incoming))
    }
    switch layer.description!.kind {
    case .convolution(_, let kernel, let relu, let padding):
      if relu { incoming = try reluBackward(incoming, &gradient.operations) }
      let geometry = ConvolutionGeometry(
        input: input.dimensions, weights: layer.parameterShapes[0], output: output.dimensions, padding: padding == .same ? kernel / 2 : 0)
      try geometry.bindBackward(parts, incoming, needs, &gradient, engine)
    case .dense(_, let relu):
      if relu { incoming = try reluBackward(incoming, &gradient.operations) }
      try DenseGeometry(input: input.dimensions, output: output.dimensions).bindBackward(parts, incoming, needs, &gradient, engine)
    case .maxPool(let size):
      guard needs.input else { break }
      try PoolingGeometry(output: output.dimensions, size: size).bindBackward(parts, incoming, &gradient, engine)
    case .flatten:
      guard needs.input else { break }
      let plain = try gradient.operations.adapt(incoming, to: .plain(output.dimensions), engine)
      gradient.input = try TensorMemory(viewing: plain, as: .plain(input.dimensions), engine)
    }
    return gradient
  }

  /// Sets the gradient to zero where the activation is zero. It looks at the output, so that the value before ReLU need not be kept;
  /// a dropped output is zero too, and so is its gradient.
  private func reluBackward(_ gradient: TensorMemory, _ operations: inout [Operation]) throws -> TensorMemory {
    let adapted = try operations.adapt(gradient, to: parts.output.layout, engine)
    var layout = parts.output.layout.descriptor
    var forward = dnnl_eltwise_desc_t()
    try check(
      dnnl_eltwise_forward_desc_init(&forward, dnnl_forward_training, dnnl_eltwise_relu_use_dst_for_bwd, &layout, 0, 0), "describe ReLU")
    var backward = dnnl_eltwise_desc_t()
    try check(
      dnnl_eltwise_backward_desc_init(&backward, dnnl_eltwise_relu_use_dst_for_bwd, &layout, &layout, 0, 0), "describe ReLU's gradient")
    let descriptor = try PrimitiveDescriptor(engine, backward, hint: try PrimitiveDescriptor(engine, forward))
    operations.append(
      try descriptor.operation([(DNNL_ARG_DST, parts.output), (DNNL_ARG_DIFF_DST, adapted), (DNNL_ARG_DIFF_SRC, adapted)]))
    return adapted
  }
}
