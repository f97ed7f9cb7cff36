import COneDNN

/// A oneDNN CPU engine with its stream. Used on a ``ComputeThread`` only.
final class Engine {
  let handle: dnnl_engine_t
  let stream: dnnl_stream_t
  /// Working memory of the operation that runs, shared by all, as they run one after the other. It grows to the largest that is asked for.
  private(set) var scratchpad = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  init() throws {
    var engine: dnnl_engine_t?
    try check(dnnl_engine_create(&engine, dnnl_cpu, 0), "create a CPU engine")
    var stream: dnnl_stream_t?
    let status = dnnl_stream_create(&stream, engine, dnnl_stream_default_flags.rawValue)
    if status != dnnl_success { dnnl_engine_destroy(engine) }
    try check(status, "create a stream")
    self.handle = engine!
    self.stream = stream!
  }

  /// Makes room for an operation that is being bound. Never called while one runs.
  func reserveScratchpad(_ byteCount: Int) {
    guard byteCount > scratchpad.count else { return }
    scratchpad.deallocate()
    scratchpad = .allocate(byteCount: byteCount, alignment: 4_096)
  }

  deinit {
    scratchpad.deallocate()
    dnnl_stream_destroy(stream)
    dnnl_engine_destroy(handle)
  }
}

/// Throws what oneDNN reports, with what was being done.
func check(_ status: dnnl_status_t, _ operation: @autoclosure () -> String) throws {
  guard status != dnnl_success else { return }
  throw NetworkError.library(operation: operation(), status: String(cString: dnnl_status2str(status)))
}

/// How a float32 tensor lies in memory.
struct Layout {
  var descriptor: dnnl_memory_desc_t

  init(_ descriptor: dnnl_memory_desc_t) { self.descriptor = descriptor }

  /// Row-major: the last dimension is the densest (n, c, h, w).
  static func plain(_ dimensions: [Int]) throws -> Layout {
    let tags = [dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd, dnnl_abcde]
    return try Layout(dimensions, tags[dimensions.count - 1])
  }

  /// (n, h, w, c) of the dimensions (n, c, h, w).
  static func channelsLast(_ dimensions: [Int]) throws -> Layout { try Layout(dimensions, dnnl_acdb) }

  /// Left to oneDNN to choose.
  static func any(_ dimensions: [Int]) throws -> Layout { try Layout(dimensions, dnnl_format_tag_any) }

  private init(_ dimensions: [Int], _ tag: dnnl_format_tag_t) throws {
    descriptor = dnnl_memory_desc_t()
    try check(
      dnnl_memory_desc_init_by_tag(&descriptor, Int32(dimensions.count), dimensions.map(Int64.init), dnnl_f32, tag),
      "describe a tensor of \(dimensions)")
  }

  /// Whether values lie in row-major order: (n, h, w, c) is that too where there is one channel or maps are 1 x 1.
  func isRowMajor(_ dimensions: [Int]) throws -> Bool {
    if equals(try .plain(dimensions)) { return true }
    guard dimensions.count == 4, dimensions[1] == 1 || dimensions[2] * dimensions[3] == 1 else { return false }
    return equals(try .channelsLast(dimensions))
  }

  /// The layout of a tensor's first images in the memory of the whole; `nil` if images do not lie one after the other.
  func ofFirst(_ images: Int, of dimensions: [Int]) throws -> Layout? {
    guard Int(descriptor.format_desc.blocking.strides.0) * dimensions[0] == byteCount / 4 else { return nil }
    var part = dnnl_memory_desc_t()
    var whole = descriptor
    let counts = [Int64(images)] + dimensions[1...].map(Int64.init)
    let starts = [Int64](repeating: 0, count: dimensions.count)
    try check(dnnl_memory_desc_init_submemory(&part, &whole, counts, starts), "describe \(images) images of a tensor of \(dimensions)")
    return Layout(part)
  }

  /// Including the padding of blocked layouts.
  var byteCount: Int {
    var copy = descriptor
    return dnnl_memory_desc_get_size(&copy)
  }

  func equals(_ other: Layout) -> Bool {
    var left = descriptor
    var right = other.descriptor
    return dnnl_memory_desc_equal(&left, &right) != 0
  }
}
