import COneDNN

/// The maps of several tensors one after the other, on oneDNN. It works on row-major values: blocks of channels would not meet at the seams.
struct Concatenation {
  /// (n, c, h, w).
  let output: [Int]

  /// - Parameter dimensions: of each input.
  func bind(_ memories: [TensorMemory], _ dimensions: [[Int]], _ engine: Engine) throws -> BoundLayer.Parts {
    var operations: [Operation] = []
    let sources = try zip(memories, dimensions).map { try operations.adapt($0, to: .plain($1), engine) }
    let target = try TensorMemory(.plain(output), engine)
    var layout = target.layout.descriptor
    let layouts = sources.map(\.layout.descriptor)
    let descriptor = try PrimitiveDescriptor(engine) { made, attributes in
      dnnl_concat_primitive_desc_create(&made, &layout, Int32(layouts.count), 1, layouts, attributes, engine.handle)
    }
    let tensors = sources.enumerated().map { (DNNL_ARG_MULTIPLE_SRC + Int32($0), $1) }
    operations.append(try descriptor.operation(tensors + [(DNNL_ARG_DST, target)]))
    return BoundLayer.Parts(operations: operations, source: sources[0], output: target, descriptor: descriptor)
  }
}
