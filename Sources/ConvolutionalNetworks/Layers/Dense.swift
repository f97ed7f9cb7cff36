import COneDNN

/// A fully connected layer with bias, on oneDNN's inner product. Over maps it reads them in whatever layout they are; its weights are
/// (out, c, h, w), which is (out, columns) row by row.
struct DenseGeometry {
  /// (n, c, h, w) or (n, columns).
  let input: [Int]
  /// (n, units).
  let output: [Int]

  private func layouts() throws -> (source: Layout, weights: Layout, bias: Layout, output: Layout) {
    (try .any(input), try .any([output[1]] + input.dropFirst()), try .plain([output[1]]), try .plain(output))
  }

  func bind(
    _ memory: TensorMemory, relu: Bool, _ purpose: BoundLayer.Purpose, _ engine: Engine, sharing lender: BoundLayer.Parts?
  ) throws -> BoundLayer.Parts {
    var layouts = try layouts()
    var description = dnnl_inner_product_desc_t()
    try check(
      dnnl_inner_product_forward_desc_init(
        &description, purpose.propagation, &layouts.source.descriptor, &layouts.weights.descriptor, &layouts.bias.descriptor,
        &layouts.output.descriptor), "describe a dense layer of \(input) to \(output)")
    let descriptor = try PrimitiveDescriptor(engine, description, relu: relu)
    var operations: [Operation] = []
    let source = try operations.adapt(memory, to: descriptor.layout(dnnl_query_src_md), engine)
    let weights = try TensorMemory.sharing(lender?.weights, in: descriptor.layout(dnnl_query_weights_md), engine)
    let bias = try TensorMemory.sharing(lender?.bias, in: layouts.bias, engine)
    let output = try TensorMemory(layouts.output, engine)
    operations.append(
      try descriptor.operation([
        (DNNL_ARG_SRC, source), (DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_BIAS, bias), (DNNL_ARG_DST, output),
      ]))
    return BoundLayer.Parts(
      operations: operations, source: source, output: output, descriptor: descriptor, weights: weights, bias: bias)
  }

  func bindBackward(
    _ parts: BoundLayer.Parts, _ incoming: TensorMemory, _ needs: LayerGradient.Needs, _ gradient: inout LayerGradient, _ engine: Engine
  ) throws {
    var layouts = try layouts()
    if needs.weights {
      var description = dnnl_inner_product_desc_t()
      try check(
        dnnl_inner_product_backward_weights_desc_init(
          &description, &layouts.source.descriptor, &layouts.weights.descriptor, &layouts.bias.descriptor, &layouts.output.descriptor),
        "describe the gradient of a dense layer's weights")
      try gradient.bindWeights(try PrimitiveDescriptor(engine, description, hint: parts.descriptor), parts, incoming, engine)
    }
    if needs.anyInput {
      var description = dnnl_inner_product_desc_t()
      try check(
        dnnl_inner_product_backward_data_desc_init(
          &description, &layouts.source.descriptor, &layouts.weights.descriptor, &layouts.output.descriptor),
        "describe the gradient of a dense layer's input")
      try gradient.bindInput(try PrimitiveDescriptor(engine, description, hint: parts.descriptor), parts, incoming, engine)
    }
  }
}
