import COneDNN

/// A convolution with bias, which is zero where the layer has none, on oneDNN.
///
/// Always `convolution_direct`: `convolution_auto` may choose Winograd's algorithm, whose rounding differs between batch sizes, and a
/// re-run of an intermediate must give the stored bits.
struct ConvolutionGeometry {
  /// (n, c, h, w).
  let input: [Int]
  /// (out, in, rows, columns), or (groups, out, in, rows, columns) of each group.
  let weights: [Int]
  let output: [Int]
  /// Rows or columns from one window to the next.
  let stride: Extent
  /// Rows or columns from one tap of the kernel to the next.
  let dilation: Extent
  /// Rows and columns of zeros.
  let sides: Sides

  private var strides: [Int64] { stride.both.map(Int64.init) }
  /// oneDNN counts what lies between two taps.
  private var dilations: [Int64] { dilation.both.map { Int64($0 - 1) } }
  private var before: [Int64] { [Int64(sides.top), Int64(sides.left)] }
  private var behind: [Int64] { [Int64(sides.bottom), Int64(sides.right)] }

  /// Whether ``bindBackward(_:_:_:_:_:)`` can be called.
  var hasGradient: Bool { dilation == Extent(1) && weights.count == 4 }

  /// The four tensors, in layouts of oneDNN's choice.
  private func layouts() throws -> (source: Layout, weights: Layout, bias: Layout, output: Layout) {
    (try .any(input), try .any(weights), try .plain([output[1]]), try .any(output))
  }

  func bind(
    _ memory: TensorMemory, relu: Bool, _ purpose: BoundLayer.Purpose, _ engine: Engine, sharing lender: BoundLayer.Parts?
  ) throws -> BoundLayer.Parts {
    var layouts = try layouts()
    var description = dnnl_convolution_desc_t()
    try check(
      dnnl_dilated_convolution_forward_desc_init(
        &description, purpose.propagation, dnnl_convolution_direct, &layouts.source.descriptor, &layouts.weights.descriptor,
        &layouts.bias.descriptor, &layouts.output.descriptor, strides, dilations, before, behind),
      "describe a convolution of \(input) to \(output)")
    let descriptor = try PrimitiveDescriptor(engine, description, relu: relu)
    var operations: [Operation] = []
    let source = try operations.adapt(memory, to: descriptor.layout(dnnl_query_src_md), engine)
    let weights = try TensorMemory.sharing(lender?.weights, in: descriptor.layout(dnnl_query_weights_md), engine)
    let bias = try TensorMemory.sharing(lender?.bias, in: layouts.bias, engine)
    let output = try descriptor.memory(dnnl_query_dst_md)
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
      var description = dnnl_convolution_desc_t()
      try check(
        dnnl_convolution_backward_weights_desc_init(
          &description, dnnl_convolution_direct, &layouts.source.descriptor, &layouts.weights.descriptor, &layouts.bias.descriptor,
          &layouts.output.descriptor, strides, before, behind), "describe the gradient of a convolution's weights")
      let descriptor = try PrimitiveDescriptor(engine, description, hint: parts.descriptor)
      try gradient.bindWeights(descriptor, parts, incoming, engine)
    }
    if needs.anyInput {
      var description = dnnl_convolution_desc_t()
      try check(
        dnnl_convolution_backward_data_desc_init(
          &description, dnnl_convolution_direct, &layouts.source.descriptor, &layouts.weights.descriptor, &layouts.output.descriptor,
          strides, before, behind), "describe the gradient of a convolution's input")
      let descriptor = try PrimitiveDescriptor(engine, description, hint: parts.descriptor)
      try gradient.bindInput(descriptor, parts, incoming, engine)
    }
  }
}

extension LayerGradient {
  /// Appends the gradient of weights and bias, brought to the layout of the weights so that the optimizer can walk both side by side.
  mutating func bindWeights(
    _ descriptor: PrimitiveDescriptor, _ parts: BoundLayer.Parts, _ incoming: TensorMemory, _ engine: Engine
  ) throws {
    let source = try operations.adapt(parts.source, to: descriptor.layout(dnnl_query_src_md), engine)
    let outer = try operations.adapt(incoming, to: descriptor.layout(dnnl_query_diff_dst_md), engine)
    let weights = try descriptor.memory(dnnl_query_diff_weights_md)
    let bias = try TensorMemory(parts.bias!.layout, engine)
    operations.append(
      try descriptor.operation([
        (DNNL_ARG_SRC, source), (DNNL_ARG_DIFF_DST, outer), (DNNL_ARG_DIFF_WEIGHTS, weights), (DNNL_ARG_DIFF_BIAS, bias),
      ]))
    self.weights = try operations.adapt(weights, to: parts.weights!.layout, engine)
    self.bias = bias
  }

  /// Appends the gradient of the layer's input.
  mutating func bindInput(
    _ descriptor: PrimitiveDescriptor, _ parts: BoundLayer.Parts, _ incoming: TensorMemory, _ engine: Engine
  ) throws {
    let weights = try operations.adapt(parts.weights!, to: descriptor.layout(dnnl_query_weights_md), engine)
    let outer = try operations.adapt(incoming, to: descriptor.layout(dnnl_query_diff_dst_md), engine)
    let inner = try descriptor.memory(dnnl_query_diff_src_md)
    operations.append(
      try descriptor.operation([(DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_DIFF_DST, outer), (DNNL_ARG_DIFF_SRC, inner)]))
    inputs = [TensorGradient(inner)]
  }
}
