import COneDNN

/// Layer normalization on oneDNN: (x - mean) / sqrt(variance + epsilon) * scale + shift, the mean and the variance being those of an example or of
/// the channels at each place of its maps (Ba, Kiros, Hinton, arXiv:1607.06450). The variance is the biased one, as in PyTorch.
struct LayerNormalizationGeometry {
  /// (n, c, h, w) or (n, columns), of input and output.
  let dimensions: [Int]
  let over: LayerDescription.NormalizedOver
  let epsilon: Float

  /// oneDNN normalizes the last dimension: all values of an example in one row, or channels last.
  private var rows: [Int] {
    guard over == .channels, dimensions.count == 4 else { return [dimensions[0], dimensions[1...].reduce(1, *)] }
    return [dimensions[0], dimensions[2], dimensions[3], dimensions[1]]
  }

  func bind(_ memory: TensorMemory, _ engine: Engine, sharing lender: BoundLayer.Parts?) throws -> BoundLayer.Parts {
    var operations: [Operation] = []
    let isChannelsLast = rows.count == 4
    let layout = try isChannelsLast ? Layout.channelsLast(dimensions) : .plain(dimensions)
    let source = try operations.adapt(memory, to: layout, engine)
    let output = try TensorMemory(layout, engine)
    let (from, to) = (
      try TensorMemory(viewing: source, as: .plain(rows), engine), try TensorMemory(viewing: output, as: .plain(rows), engine)
    )
    let count = try Layout.plain([rows[rows.count - 1]])
    let scale = try TensorMemory.sharing(lender?.weights, in: count, engine)
    let shift = try TensorMemory.sharing(lender?.bias, in: count, engine)
    var data = from.layout.descriptor
    var description = dnnl_layer_normalization_desc_t()
    try check(
      dnnl_layer_normalization_forward_desc_init(
        &description, dnnl_forward_inference, &data, nil, epsilon, dnnl_use_scale.rawValue | dnnl_use_shift.rawValue),
      "describe a layer normalization of \(dimensions)")
    let descriptor = try PrimitiveDescriptor(engine, description)
    operations.append(
      try descriptor.operation([(DNNL_ARG_SRC, from), (DNNL_ARG_DST, to), (DNNL_ARG_SCALE, scale), (DNNL_ARG_SHIFT, shift)]))
    return BoundLayer.Parts(
      operations: operations, source: source, output: output, descriptor: descriptor, weights: scale, bias: shift)
  }
}
