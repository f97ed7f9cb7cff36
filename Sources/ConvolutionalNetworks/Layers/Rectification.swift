import COneDNN

/// ReLU where no kernel applies it on the way, and its gradient.
extension Operation {
  /// Sets the negative values of a tensor to zero.
  static func rectification(of tensor: TensorMemory, _ engine: Engine) throws -> Operation {
    try rectification(of: tensor, to: tensor, engine)
  }

  /// Writes a tensor into another one of the same layout, with zeros for negative values.
  static func rectification(of source: TensorMemory, to target: TensorMemory, _ engine: Engine) throws -> Operation {
    try forward(source.layout, engine).operation([(DNNL_ARG_SRC, source), (DNNL_ARG_DST, target)])
  }

  /// inner = outer where `output`, the values after ReLU, is above zero, else 0. All have one layout; `inner` may be `outer`.
  static func reluBackward(output: TensorMemory, from outer: TensorMemory, to inner: TensorMemory, _ engine: Engine) throws -> Operation {
    var layout = output.layout.descriptor
    var backward = dnnl_eltwise_desc_t()
    try check(
      dnnl_eltwise_backward_desc_init(&backward, dnnl_eltwise_relu_use_dst_for_bwd, &layout, &layout, 0, 0), "describe ReLU's gradient")
    let descriptor = try PrimitiveDescriptor(engine, backward, hint: try forward(output.layout, engine))
    return try descriptor.operation([(DNNL_ARG_DST, output), (DNNL_ARG_DIFF_DST, outer), (DNNL_ARG_DIFF_SRC, inner)])
  }

  private static func forward(_ layout: Layout, _ engine: Engine) throws -> PrimitiveDescriptor {
    var layout = layout.descriptor
    var forward = dnnl_eltwise_desc_t()
    try check(
      dnnl_eltwise_forward_desc_init(&forward, dnnl_forward_training, dnnl_eltwise_relu_use_dst_for_bwd, &layout, 0, 0), "describe ReLU")
    return try PrimitiveDescriptor(engine, forward)
  }
}
