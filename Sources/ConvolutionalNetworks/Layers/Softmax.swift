import COneDNN

/// Softmax over the channels of each place of the maps, on oneDNN, in inference only.
///
/// The largest logit is subtracted before the exponential, so that no finite logits overflow. It works on row-major values: blocks of
/// channels would be summed with their padding.
struct SoftmaxGeometry {
  /// (n, c, h, w) or (n, columns), of input and output.
  let dimensions: [Int]

  func bind(_ memory: TensorMemory, _ engine: Engine) throws -> BoundLayer.Parts {
    var operations: [Operation] = []
    let source = try operations.adapt(memory, to: .plain(dimensions), engine)
    let output = try TensorMemory(source.layout, engine)
    var data = source.layout.descriptor
    var description = dnnl_softmax_desc_t()
    try check(
      dnnl_softmax_forward_desc_init(&description, dnnl_forward_inference, &data, 1), "describe a softmax of \(dimensions)")
    let descriptor = try PrimitiveDescriptor(engine, description)
    operations.append(try descriptor.operation([(DNNL_ARG_SRC, source), (DNNL_ARG_DST, output)]))
    return BoundLayer.Parts(operations: operations, source: source, output: output, descriptor: descriptor)
  }
}
