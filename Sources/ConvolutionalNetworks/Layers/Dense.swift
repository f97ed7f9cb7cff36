import COneDNN

/// A fully connected layer with bias, on oneDNN's inner product, or on its convolution where that alone gives an image the same bits in every batch. Over
/// maps an inner product reads them in whatever layout they are; its weights are (out, c, h, w), which is (out, columns) row by row.
struct DenseGeometry {
  /// (n, c, h, w) or (n, columns), as ``dimensions(of:_:)`` gives them.
  let input: [Int]
  /// (n, units).
  let output: [Int]

  /// Without AVX-512 oneDNN's inner product is a general matrix product, which divides sums differently with other batches and other numbers of threads.
  private static let isConvolution = KernelKind.instructions != "AVX-512"

  /// Whether a forward pass without gradients, whose bits must depend on nothing but the image, runs as a convolution: it adds up one product after the
  /// other, and is as fast. Training and gradients keep the inner product.
  static func isConvolution(_ purpose: BoundLayer.Purpose) -> Bool { purpose == .inference && isConvolution }

  /// The dimensions in which the kernel sees what a layer reads.
  static func dimensions(of input: [Int], _ purpose: BoundLayer.Purpose) -> [Int] {
    isConvolution(purpose) ? [input[0], input[1...].reduce(1, *), 1, 1] : undivided(input)
  }

  /// Many columns as maps of a few rows, in the same order.
  ///
  /// oneDNN 2.6.3 divides a dense layer's sum among threads where it reads more than 1,024 columns and no maps: the bits would depend on the number of
  /// threads. Maps of 1 x 1 are cut too. A number without a factor of 2 to 64 cannot be, and is left as it is.
  private static func undivided(_ input: [Int]) -> [Int] {
    let isRow = input[2...].allSatisfy { $0 == 1 }
    guard isRow, input[1] > 1_024, let rows = (2...64).first(where: { input[1] % $0 == 0 }) else { return input }
    return [input[0], input[1] / rows, rows, 1]
  }

  private func layouts() throws -> (source: Layout, weights: Layout, bias: Layout, output: Layout) {
    (try .any(input), try .any([output[1]] + input.dropFirst()), try .plain([output[1]]), try .plain(output))
  }

  func bind(
    _ memory: TensorMemory, relu: Bool, _ purpose: BoundLayer.Purpose, _ engine: Engine, sharing lender: BoundLayer.Parts?
  ) throws -> BoundLayer.Parts {
    if Self.isConvolution(purpose) { return try bindConvolution(memory, relu: relu, purpose, engine, sharing: lender) }
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

  /// As a convolution of one map of 1 x n, whose places are the images: a row of weights is read for several images at once.
  private func bindConvolution(
    _ memory: TensorMemory, relu: Bool, _ purpose: BoundLayer.Purpose, _ engine: Engine, sharing lender: BoundLayer.Parts?
  ) throws -> BoundLayer.Parts {
    let (batch, columns, units) = (input[0], input[1], output[1])
    let convolution = ConvolutionGeometry(
      input: [1, columns, 1, batch], weights: [units, columns, 1, 1], output: [1, units, 1, batch], stride: Extent(1), dilation: Extent(1),
      sides: .none)
    var operations: [Operation] = []
    let rows = try operations.adapt(memory, to: .plain(input), engine)
    let images = try TensorMemory(viewing: rows, as: .channelsLast(convolution.input), engine)
    var parts = try convolution.bind(images, relu: relu, purpose, engine, sharing: lender)
    let computed = try parts.operations.adapt(parts.output, to: .channelsLast(convolution.output), engine)
    parts.output = try TensorMemory(viewing: computed, as: .plain(output), engine)
    parts.operations.insert(contentsOf: operations, at: 0)
    return parts
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
