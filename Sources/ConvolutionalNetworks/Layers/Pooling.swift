import COneDNN

/// Maximum or mean over windows, on oneDNN. It keeps the layout of its input.
struct PoolingGeometry {
  enum Kind {
    case maximum, average
    /// The zeros of the padding count.
    case averageWithPadding

    fileprivate var algorithm: dnnl_alg_kind_t {
      switch self {
      case .maximum: dnnl_pooling_max
      case .average: dnnl_pooling_avg_exclude_padding
      case .averageWithPadding: dnnl_pooling_avg_include_padding
      }
    }
  }

  let kind: Kind
  /// (n, c, h, w).
  let output: [Int]
  /// Rows and columns of a window.
  let window: Extent
  /// Rows and columns from one window to the next.
  let stride: Extent
  let sides: Sides

  private var windows: [Int64] { window.both.map(Int64.init) }
  private var strides: [Int64] { stride.both.map(Int64.init) }
  private var before: [Int64] { [Int64(sides.top), Int64(sides.left)] }
  private var behind: [Int64] { [Int64(sides.bottom), Int64(sides.right)] }

  func bind(_ memory: TensorMemory, _ purpose: BoundLayer.Purpose, _ engine: Engine) throws -> BoundLayer.Parts {
    var source = memory.layout.descriptor
    var target = try Layout.any(output).descriptor
    var description = dnnl_pooling_desc_t()
    try check(
      dnnl_pooling_forward_desc_init(
        &description, purpose.propagation, kind.algorithm, &source, &target, strides, windows, before, behind),
      "describe a pooling to \(output)")
    let descriptor = try PrimitiveDescriptor(engine, description)
    let result = try descriptor.memory(dnnl_query_dst_md)
    var tensors = [(DNNL_ARG_SRC, memory), (DNNL_ARG_DST, result)]
    // A backward pass must know where each maximum was.
    let workspace = purpose != .inference && kind == .maximum ? try descriptor.memory(dnnl_query_workspace_md) : nil
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
        &description, kind.algorithm, &source, &target, strides, windows, before, behind),
      "describe the gradient of a pooling")
    let descriptor = try PrimitiveDescriptor(engine, description, hint: parts.descriptor)
    let outer = try gradient.operations.adapt(incoming, to: descriptor.layout(dnnl_query_diff_dst_md), engine)
    let inner = try descriptor.memory(dnnl_query_diff_src_md)
    var tensors = [(DNNL_ARG_DIFF_DST, outer), (DNNL_ARG_DIFF_SRC, inner)]
    if let workspace = parts.workspace { tensors.append((DNNL_ARG_WORKSPACE, workspace)) }
    gradient.operations.append(try descriptor.operation(tensors))
    gradient.inputs = [TensorGradient(inner)]
  }
}
