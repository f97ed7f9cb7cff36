import CMistique
import Foundation
import Mistique

/// Memory for the values of one piece, which goes from hand to hand.
///
/// `@unchecked Sendable`: whoever has it alone writes to it or reads it.
final class PieceBuffer: @unchecked Sendable {
  /// Values that fit.
  let capacity: Int
  let start: UnsafeMutablePointer<Float>

  /// - Throws: `InterfaceError` when there is no such memory.
  init(capacity: Int) throws {
    guard let memory = malloc(max(4, capacity * 4)) else {
      throw InterfaceError(
        code: Int32(MISTIQUE_FAILED), what: "there is no memory for \(capacity * 4) bytes", place: "capture",
        remedy: "Capture fewer rows at a time.")
    }
    self.capacity = capacity
    start = memory.bindMemory(to: Float.self, capacity: capacity)
  }

  deinit { free(start) }

  var bytes: Int { capacity * 4 }
}

/// Rows of one layer, copied from the caller.
struct Piece: Sendable {
  let layer: String
  let schema: IntermediateSchema
  let order: MapOrder
  let ids: RowIDs
  let values: PieceBuffer
  /// Values that are there: rows x columns.
  let count: Int
}
