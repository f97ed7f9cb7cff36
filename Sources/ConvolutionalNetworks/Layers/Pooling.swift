import COneDNN

/// Maximum over windows that do not overlap, on oneDNN. It keeps the layout of its input.
struct PoolingGeometry {
  /// (n, c, h, w).
  let output: [Int]
  let size: Int

  private var window: [Int64] { [Int64(size), Int64(size)] }
  private static let noPadding: [Int64] = [0, 0]

  func bind(_ memory: TensorMemory, _ purpose: BoundLayer.Purpose, _ engine: Engine) throws -> BoundLayer.Parts {
    var source = memory.layout.descriptor
    var target = try Layout.any(output).descriptor
    var description = dnnl_pooling_desc_t()
    try check(
      dnnl_pooling_forward_desc_init(
        &description, purpose.propagation, dnnl_pooling_max, &source, &target, window, window, Self.noPadding, Self.noPadding),
      "describe a max pooling to \(output)")
    let descriptor = try PrimitiveDescriptor(engine, description)
    let result = try descriptor.memory(dnnl_query_dst_md)
    var tensors = [(DNNL_ARG_SRC, memory), (DNNL_ARG_DST, result)]
    // Training remembers where each maximum was.
    let workspace = purpose == .training ? try descriptor.memory(dnnl_query_workspace_md) : nil
    if let workspace { tensors.append((DNNL_ARG_WORKSPACE, workspace)) }
    return BoundLayer.Parts(
      operations: [try descriptor.operation(tensors)], source: memory, output: result, descriptor: descriptor, workspace: workspace)
  }

  func bindBackward(
    _ parts: BoundLayer.Parts, _ incoming: TensorMemory, _ gradient: inout LayerGradient, _ engine: Engine
  ) throws {
    var source = parts.source.layout.descriptor
    var target = parts.output.layout.descriptor
    var description = dnnl_pooling_desc_t()
    try check(
      dnnl_pooling_backward_desc_init(
        &description, dnnl_pooling_max, &source, &target, window, window, Self.noPadding, Self.noPadding),
      "describe the gradient of a max pooling")
    let descriptor = try PrimitiveDescriptor(engine, description, hint: parts.descriptor)
    let outer = try gradient.operations.adapt(incoming, to: descriptor.layout(dnnl_query_diff_dst_md), engine)
    let inner = try descriptor.memory(dnnl_query_diff_src_md)
    gradient.operations.append(
      try descriptor.operation([(DNNL_ARG_DIFF_DST, outer), (DNNL_ARG_DIFF_SRC, inner), (DNNL_ARG_WORKSPACE, parts.workspace!)]))
    gradient.input = inner
  }
}
