import COneDNN

extension [Operation] {
  /// Appends the sum of two or more tensors, from the first to the last, into memory of its own in the layout of the first.
  ///
  /// By oneDNN's sum and not by its binary addition, which could apply ReLU on the way: version 2.6.3 of that gives wrong sums of blocked
  /// tensors whose channels do not fill their blocks.
  mutating func sum(_ tensors: [TensorMemory], relu: Bool = false, _ engine: Engine) throws -> TensorMemory {
    precondition(tensors.count >= 2, "a sum of \(tensors.count) tensors")
    let layout = tensors[0].layout
    let target = try TensorMemory(layout, engine)
    let adapted = try tensors.map { try adapt($0, to: layout, engine) }
    let descriptor = try PrimitiveDescriptor(engine, summing: layout, count: adapted.count)
    let sources = adapted.enumerated().map { (DNNL_ARG_MULTIPLE_SRC + Int32($0), $1) }
    append(try descriptor.operation(sources + [(DNNL_ARG_DST, target)]))
    if relu { append(try .rectification(of: target, engine)) }
    return target
  }
}
