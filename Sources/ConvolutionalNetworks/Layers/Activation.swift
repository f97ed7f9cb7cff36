import COneDNN

/// Functions of each value, on oneDNN, in inference and as the forward pass of a training.
extension LayerDescription.Activation {
  private var algorithm: (kind: dnnl_alg_kind_t, alpha: Float) {
    switch self {
    case .leakyReLU(let slope): (dnnl_eltwise_relu, slope)
    case .gelu(let isTanh): (isTanh ? dnnl_eltwise_gelu_tanh : dnnl_eltwise_gelu_erf, 0)
    case .silu: (dnnl_eltwise_swish, 1)
    case .sigmoid: (dnnl_eltwise_logistic, 0)
    case .tanh: (dnnl_eltwise_tanh, 0)
    }
  }

  /// The function of a tensor of some dimensions, in the tensor's layout.
  ///
  /// The padding of a blocked layout must stay zero, which not every function does with it: such a tensor is made row-major before.
  func bind(_ memory: TensorMemory, _ dimensions: [Int], _ engine: Engine) throws -> BoundLayer.Parts {
    var operations: [Operation] = []
    let isPadded = memory.layout.byteCount != dimensions.reduce(4, *)
    let source = isPadded ? try operations.adapt(memory, to: .plain(dimensions), engine) : memory
    let output = try TensorMemory(source.layout, engine)
    var data = source.layout.descriptor
    var description = dnnl_eltwise_desc_t()
    try check(
      dnnl_eltwise_forward_desc_init(&description, dnnl_forward_inference, algorithm.kind, &data, algorithm.alpha, 0),
      "describe \(self) of \(dimensions)")
    let descriptor = try PrimitiveDescriptor(engine, description)
    operations.append(try descriptor.operation([(DNNL_ARG_SRC, source), (DNNL_ARG_DST, output)]))
    return BoundLayer.Parts(operations: operations, source: source, output: output, descriptor: descriptor)
  }
}
