import Mistique

/// What is kept of an intermediate in order to tell whether another fetch gave the same: a frame as it is, of maps a digest of all bits.
struct FetchedContent {
  let place: String
  private let rowIDs: RowIDs
  private let schema: IntermediateSchema
  private let columns: [Range<Int>]
  private let frame: IntermediateResult?
  /// SipHash of the values, keyed for this process. Two answers that differ in any bit agree in it once in 2^64 times.
  private let digest: Int

  init(_ result: IntermediateResult) {
    place = "\(result.model).\(result.intermediate)"
    (rowIDs, schema, columns) = (result.rowIDs, result.schema, result.columns)
    frame = result.matrix == nil ? result : nil
    var hasher = Hasher()
    result.matrix?.withValues { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    digest = hasher.finalize()
  }

  func isIdentical(to other: FetchedContent) -> Bool {
    guard place == other.place, rowIDs == other.rowIDs, schema == other.schema, columns == other.columns else { return false }
    if let frame, let otherFrame = other.frame { return frame.isIdentical(to: otherFrame) }
    return frame == nil && other.frame == nil && digest == other.digest
  }
}
