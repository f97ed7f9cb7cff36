import COneDNN

/// One executable step, bound to its memory: a oneDNN primitive or a loop of our own.
struct Operation {
  let execute: () throws -> Void

  /// Copies a tensor into another layout.
  static func reorder(from source: TensorMemory, to target: TensorMemory, _ engine: Engine) throws -> Operation {
    var from = source.layout.descriptor
    var to = target.layout.descriptor
    let descriptor = try PrimitiveDescriptor(engine) { made, attributes in
      dnnl_reorder_primitive_desc_create(&made, &from, engine.handle, &to, engine.handle, attributes)
    }
    return try descriptor.operation([(DNNL_ARG_FROM, source), (DNNL_ARG_TO, target)])
  }
}

extension [Operation] {
  /// `memory`, or a copy in `layout` that an appended operation will make.
  mutating func adapt(_ memory: TensorMemory, to layout: Layout, _ engine: Engine) throws -> TensorMemory {
    if memory.layout.equals(layout) { return memory }
    let copy = try TensorMemory(layout, engine)
    append(try .reorder(from: memory, to: copy, engine))
    return copy
  }

  /// A copy in the same layout that an appended operation will make.
  mutating func copy(_ memory: TensorMemory, _ engine: Engine) throws -> TensorMemory {
    let copy = try TensorMemory(memory.layout, engine)
    append(try .reorder(from: memory, to: copy, engine))
    return copy
  }

  func execute() throws { for operation in self { try operation.execute() } }
}

/// What oneDNN chose for an operation: the kernel and the layouts.
final class PrimitiveDescriptor {
  private let handle: dnnl_primitive_desc_t
  private let engine: Engine

  /// An operation descriptor (`dnnl_convolution_desc_t`, ...), with ReLU on its output if asked, `hint` being the forward pass of a
  /// backward one.
  convenience init<Description>(_ engine: Engine, _ description: Description, relu: Bool = false, hint: PrimitiveDescriptor? = nil) throws {
    try self.init(engine, relu: relu) { made, attributes in
      withUnsafePointer(to: description) {
        dnnl_primitive_desc_create(&made, UnsafeRawPointer($0), attributes, engine.handle, hint?.handle)
      }
    }
  }

  /// The sum of `count` tensors of one layout.
  convenience init(_ engine: Engine, summing layout: Layout, count: Int) throws {
    var target = layout.descriptor
    let sources = Array(repeating: layout.descriptor, count: count)
    let scales = [Float](repeating: 1, count: count)
    try self.init(engine) { made, attributes in
      dnnl_sum_primitive_desc_create(&made, &target, Int32(count), scales, sources, attributes, engine.handle)
    }
  }

  /// What `make` creates, with our attributes.
  init(
    _ engine: Engine, relu: Bool = false, make: (inout dnnl_primitive_desc_t?, dnnl_primitive_attr_t?) -> dnnl_status_t
  ) throws {
    self.engine = engine
    var attributes: dnnl_primitive_attr_t?
    try check(dnnl_primitive_attr_create(&attributes), "create attributes")
    defer { dnnl_primitive_attr_destroy(attributes) }
    // The library's own scratchpad belongs to the thread that makes a primitive and must be released there; ours may be freed anywhere.
    try check(dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "choose the scratchpad")
    if relu {
      var postOperations: dnnl_post_ops_t?
      try check(dnnl_post_ops_create(&postOperations), "create post-operations")
      defer { dnnl_post_ops_destroy(postOperations) }
      try check(dnnl_post_ops_append_eltwise(postOperations, 1, dnnl_eltwise_relu, 0, 0), "append ReLU")
      try check(dnnl_primitive_attr_set_post_ops(attributes, postOperations), "set post-operations")
    }
    var made: dnnl_primitive_desc_t?
    try check(make(&made, attributes), "find a kernel")
    handle = made!
  }

  deinit { dnnl_primitive_desc_destroy(handle) }

  /// The layout that the kernel wants for one of its tensors.
  func layout(_ query: dnnl_query_t) -> Layout { Layout(dnnl_primitive_desc_query_md(handle, query, 0)!.pointee) }

  func memory(_ query: dnnl_query_t) throws -> TensorMemory { try TensorMemory(layout(query), engine) }

  /// The library's name of the chosen kernel, such as `brgconv:avx512_core`.
  var kernelName: String {
    var name: UnsafePointer<CChar>?
    dnnl_primitive_desc_query(handle, dnnl_query_impl_info_str, 0, &name)
    return name.map { String(cString: $0) } ?? "unknown"
  }

  /// The operation on these tensors.
  func operation(_ tensors: [(Int32, TensorMemory)]) throws -> Operation {
    var made: dnnl_primitive_t?
    try check(dnnl_primitive_create(&made, handle), "create a primitive")
    let primitive = Primitive(handle: made!)
    let layout = layout(dnnl_query_scratchpad_md)
    engine.reserveScratchpad(layout.byteCount)
    let scratchpad = try TensorMemory(unbound: layout, engine)
    let kept = tensors.map(\.1) + [scratchpad]
    let arguments =
      tensors.map { dnnl_exec_arg_t(arg: $0.0, memory: $0.1.handle) } + [
        dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: scratchpad.handle)
      ]
    let engine = engine
    return Operation {
      try withExtendedLifetime(kept) {
        // Operations that were bound later may have moved it.
        if layout.byteCount > 0 { dnnl_memory_set_data_handle(scratchpad.handle, engine.scratchpad.baseAddress) }
        try check(dnnl_primitive_execute(primitive.handle, engine.stream, Int32(arguments.count), arguments), "run a primitive")
        try check(dnnl_stream_wait(engine.stream), "finish a primitive")
      }
    }
  }

  private final class Primitive {
    let handle: dnnl_primitive_t
    init(handle: dnnl_primitive_t) { self.handle = handle }
    deinit { dnnl_primitive_destroy(handle) }
  }
}
