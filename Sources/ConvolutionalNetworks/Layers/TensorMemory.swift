import COneDNN

/// A float32 tensor in a oneDNN layout. Memory is owned, aligned and zero at first; the padding of a blocked layout stays zero.
final class TensorMemory {
  let handle: dnnl_memory_t
  let layout: Layout
  /// Whose memory it is: a `ZeroMemory`, another tensor, or nothing if the caller sees to that.
  private let owner: AnyObject?

  init(_ layout: Layout, _ engine: Engine) throws {
    let memory = try ZeroMemory(byteCount: layout.byteCount)
    self.layout = layout
    owner = memory
    handle = try Self.create(layout, engine, memory.start)
  }

  /// A tensor without memory, which is given some before each use.
  init(unbound layout: Layout, _ engine: Engine) throws {
    self.layout = layout
    owner = nil
    handle = try Self.create(layout, engine, nil)
  }

  /// The same memory in another layout of the same size: how a flatten costs nothing.
  init(viewing memory: TensorMemory, as layout: Layout, _ engine: Engine) throws {
    precondition(layout.byteCount == memory.layout.byteCount, "a view must have the size of its memory")
    self.layout = layout
    owner = memory
    handle = try Self.create(layout, engine, UnsafeMutableRawPointer(memory.values.baseAddress))
  }

  /// Memory of the caller's, which must outlive this object and is only read.
  private init(borrowing values: UnsafeBufferPointer<Float>, as layout: Layout, _ engine: Engine) throws {
    precondition(layout.byteCount == values.count * 4, "borrowed memory must have the size of its layout")
    self.layout = layout
    owner = nil
    handle = try Self.create(layout, engine, UnsafeMutableRawPointer(mutating: values.baseAddress))
  }

  /// The memory of another tensor's first images.
  private init(firstOf memory: TensorMemory, as layout: Layout, _ engine: Engine) throws {
    self.layout = layout
    owner = memory
    handle = try Self.create(layout, engine, UnsafeMutableRawPointer(memory.values.baseAddress))
  }

  /// `other` itself if it has this layout, else a tensor of its own: weights that two bound networks read.
  static func sharing(_ other: TensorMemory?, in layout: Layout, _ engine: Engine) throws -> TensorMemory {
    if let other, other.layout.equals(layout) { return other }
    return try TensorMemory(layout, engine)
  }

  deinit { dnnl_memory_destroy(handle) }

  private static func create(_ layout: Layout, _ engine: Engine, _ data: UnsafeMutableRawPointer?) throws -> dnnl_memory_t {
    var descriptor = layout.descriptor
    var memory: dnnl_memory_t?
    try check(dnnl_memory_create(&memory, &descriptor, engine.handle, data), "allocate \(layout.byteCount) bytes")
    return memory!
  }

  /// All values in the order of the layout, padding included.
  var values: UnsafeMutableBufferPointer<Float> {
    var data: UnsafeMutableRawPointer?
    dnnl_memory_get_data_handle(handle, &data)
    return UnsafeMutableBufferPointer(start: data?.assumingMemoryBound(to: Float.self), count: layout.byteCount / 4)
  }
}

extension TensorMemory {
  /// Fills the tensor from row-major values.
  func load(_ plain: [Float], dimensions: [Int], _ engine: Engine) throws {
    try plain.withUnsafeBufferPointer { plain in
      try Operation.reorder(from: TensorMemory(borrowing: plain, as: .plain(dimensions), engine), to: self, engine).execute()
    }
  }

  /// Takes the first images from row-major values, bit for bit, and sets the others to zero.
  ///
  /// - Parameters:
  ///   - plain: `images` x the dimensions after the first.
  ///   - dimensions: the tensor's, images first.
  /// - Complexity: one copy of the values; two in a layout that interleaves images.
  func take(_ plain: UnsafeBufferPointer<Float>, images: Int, dimensions: [Int], _ engine: Engine) throws {
    precondition(plain.count == images * dimensions[1...].reduce(1, *), "\(plain.count) values for \(images) of \(dimensions)")
    let part = images > 0 ? try layout.ofFirst(images, of: dimensions) : nil
    // Zeros first: see `BoundNetwork.fill`.
    UnsafeMutableBufferPointer(rebasing: values[(part == nil ? 0 : values.count / dimensions[0] * images)...]).update(repeating: 0)
    guard images > 0 else { return }
    if try layout.isRowMajor(dimensions) {
      _ = values.update(fromContentsOf: plain)
    } else if let part {
      let source = try TensorMemory(borrowing: plain, as: .plain([images] + dimensions[1...]), engine)
      try Operation.reorder(from: source, to: TensorMemory(firstOf: self, as: part, engine), engine).execute()
    } else {
      let whole = try TensorMemory(.plain(dimensions), engine)
      _ = whole.values.update(fromContentsOf: plain)
      try Operation.reorder(from: whole, to: self, engine).execute()
    }
  }

  /// The tensor's values in row-major order.
  func plainValues(dimensions: [Int], _ engine: Engine) throws -> [Float] {
    let staging = try TensorMemory(.plain(dimensions), engine)
    try Operation.reorder(from: self, to: staging, engine).execute()
    return Array(staging.values)
  }
}
