import CMistique
import Mistique

private func answer(_ handle: UInt64) throws -> Answer {
  try HandleTable.shared.object(handle, as: Answer.self, called: "answer")
}

/// Says how many results there are.
@_cdecl("mistique_answer_count")
public func answerCount(_ handle: UInt64, _ count: UnsafeMutablePointer<Int64>?, _ error: UnsafeMutablePointer<mistique_error>?) -> Int32 {
  boundary(error) { try Arguments.output(count, "count").pointee = Int64(try answer(handle).parts.count) }
}

/// Says what a result is like.
@_cdecl("mistique_answer_shape")
public func answerShape(
  _ handle: UInt64, _ index: Int64, _ shape: UnsafeMutablePointer<mistique_shape>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(shape, "shape")
    let size = target.pointee.struct_size
    // Where the struct of each header before this one ended.
    let known = [MemoryLayout<mistique_shape>.offset(of: \.error_bound)!, MemoryLayout<mistique_shape>.offset(of: \.capture)!]
    guard known.contains(size) || size == MemoryLayout<mistique_shape>.stride else {
      return try Arguments.structSize(size, of: mistique_shape.self, "shape")
    }
    let part = try answer(handle).part(index)
    let result = part.result
    var shape = mistique_shape()
    shape.struct_size = size
    shape.kind = Int32(part.values == nil ? MISTIQUE_FRAME : MISTIQUE_MAPS)
    shape.type = part.element.rawValue
    shape.rows = Int64(result.rowIDs.count)
    shape.columns = Int64(part.columns)
    if case .maps(let channels, let height, let width) = result.schema {
      (shape.channels, shape.height, shape.width) = (Int64(channels), Int64(height), Int64(width))
    }
    shape.is_exact = result.isExact ? 1 : 0
    shape.is_rerun = result.plan.choice == .rerun ? 1 : 0
    shape.seconds = result.cost.seconds
    shape.bytes_read = Int64(result.cost.bytesRead)
    shape.error_bound = result.errorBound ?? .nan
    shape.capture = part.capture
    // No more than an older caller has room for.
    withUnsafeBytes(of: shape) { UnsafeMutableRawPointer(target).copyMemory(from: $0.baseAddress!, byteCount: size) }
  }
}

/// Describes a result.
@_cdecl("mistique_answer_describe")
public func answerDescribe(
  _ handle: UInt64, _ index: Int64, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(json, "json")
    try JSONText.hand(AnswerList(try answer(handle).part(index)), to: target)
  }
}

/// Copies the row ids.
@_cdecl("mistique_answer_ids")
public func answerIDs(
  _ handle: UInt64, _ index: Int64, _ ids: UnsafeMutablePointer<Int64>?, _ capacity: Int64, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let rowIDs = try answer(handle).part(index).result.rowIDs
    guard rowIDs.count <= capacity else {
      throw InterfaceError.invalid(
        "room for \(capacity) ids of \(rowIDs.count)", at: "capacity", remedy: "Give room for all rows of the shape.")
    }
    guard rowIDs.count > 0 else { return }
    let target = try Arguments.output(ids, "ids")
    for row in 0..<rowIDs.count { target[row] = rowIDs[row] }
  }
}

/// Copies the values.
@_cdecl("mistique_answer_values")
public func answerValues(
  _ handle: UInt64, _ index: Int64, _ type: Int32, _ values: UnsafeMutableRawPointer?, _ capacityBytes: Int64,
  _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let (answer, place) = (try answer(handle), "type")
    let part = try answer.part(index)
    let matrix = try answer.matrix(index)
    guard let element = ArrayElement(rawValue: type), element == .float32 || element == part.element else {
      throw InterfaceError.invalid(
        "the values are no longer of type \(type)", at: place,
        remedy: "Take them as MISTIQUE_FLOAT32 or as the type of the shape (\(part.element.name)); ask for an exact answer.")
    }
    let count = matrix.rows * matrix.columns
    guard count * element.size <= capacityBytes else {
      throw InterfaceError.invalid(
        "room for \(capacityBytes) bytes of \(count * element.size)", at: "capacity_bytes", remedy: "Give room for rows x columns values.")
    }
    guard count > 0 else { return }
    guard let values else { throw InterfaceError.missing("values") }
    if let other = matrix.withValues({ element.narrow($0, into: values) }) {
      throw InterfaceError.invalid(
        "value \(other) is no \(element.name): a re-run gave other values than were captured", at: part.result.intermediate,
        remedy: "Take them as MISTIQUE_FLOAT32, or mend the function that re-runs the model.")
    }
  }
}

/// Lends the values.
@_cdecl("mistique_answer_view")
public func answerView(
  _ handle: UInt64, _ index: Int64, _ values: UnsafeMutablePointer<UnsafePointer<Float>?>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(values, "values")
    // They stay where they are as long as the answer holds the matrix.
    target.pointee = try answer(handle).matrix(index).withValues { $0.baseAddress }
  }
}

/// Hands a result out through Arrow.
@_cdecl("mistique_answer_stream")
public func answerStream(
  _ handle: UInt64, _ index: Int64, _ stream: UnsafeMutablePointer<ArrowArrayStream>?, _ error: UnsafeMutablePointer<mistique_error>?
) -> Int32 {
  boundary(error) {
    let target = try Arguments.output(stream, "stream")
    ArrowExport.export(stream: try answer(handle).part(index).arrow, to: target)
  }
}

/// Frees an answer.
@_cdecl("mistique_answer_free")
public func answerFree(_ handle: UInt64, _ error: UnsafeMutablePointer<mistique_error>?) -> Int32 {
  boundary(error) { _ = try HandleTable.shared.remove(handle, as: Answer.self, called: "answer") }
}
