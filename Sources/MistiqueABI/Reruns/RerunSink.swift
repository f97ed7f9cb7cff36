import CMistique
import Foundation
import Mistique
import Synchronization

/// Where a re-run function puts what it computes, while it runs.
///
/// `@unchecked Sendable`: only the thread that runs the function gets at what changes.
final class RerunSink: @unchecked Sendable {
  private let thread = pthread_self()
  private let layers: [String: LayerDescription]
  private var emit: ((String, IntermediateRows) throws -> Void)?
  /// What the engine had to say to a piece.
  private(set) var failure: (any Error)?

  init(_ layers: [LayerDescription], emit: @escaping (String, IntermediateRows) throws -> Void) {
    self.layers = Dictionary(layers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.emit = emit
  }

  /// Nothing can be emitted any more.
  func close() { emit = nil }

  func take(_ array: StridedArray, of name: String, ids: [Int64]) throws {
    guard pthread_equal(thread, pthread_self()) != 0 else {
      throw InterfaceError.busy("it is called from another thread", at: name, remedy: "Emit on the thread that the function was called on.")
    }
    guard let emit else {
      throw InterfaceError(
        code: Int32(MISTIQUE_BAD_HANDLE), what: "the re-run function has returned", place: name, remedy: "Emit before it returns.")
    }
    guard let layer = layers[name] else {
      throw InterfaceError.invalid(
        "it was not asked for", at: name, remedy: "Emit the layers of the request: \(layers.keys.sorted().joined(separator: ", ")).")
    }
    guard array.rowShape == layer.shape, array.element.fitsFloat32 else {
      throw InterfaceError.invalid(
        "a row of it is \(array.element.name) of shape \(array.rowShape), and was captured as \(layer.type ?? "") of shape \(layer.shape)",
        at: name, remedy: "Emit what the layer emitted when it was captured.")
    }
    let count = array.rows * array.columns
    let buffer = try PieceBuffer(capacity: count)
    array.copy(into: buffer.start)
    try requireType(of: layer, array.element, UnsafeBufferPointer(start: UnsafePointer(buffer.start), count: count))
    do {
      // Of the buffer only the address is used from here on.
      try withExtendedLifetime(buffer) {
        let values = UnsafeBufferPointer(start: UnsafePointer(buffer.start), count: count)
        try emit(name, .maps(values, rowIDs: RowIDs(ids), schema: array.schema, order: array.order))
      }
    } catch {
      failure = error
      throw error
    }
  }

  /// What the answer gives is of the type that was captured: float32 may stand for a narrower type where it holds values of that type alone.
  private func requireType(of layer: LayerDescription, _ given: ArrayElement, _ values: UnsafeBufferPointer<Float>) throws {
    guard let captured = layer.element, given != captured else { return }
    let remedy = "Run the model as it was when it was captured: in the same precision, under the same autocast."
    guard given == .float32 else {
      throw InterfaceError.invalid("it is \(given.name), and was captured as \(captured.name)", at: layer.name, remedy: remedy)
    }
    let narrowed = UnsafeMutableRawPointer.allocate(byteCount: max(1, values.count * captured.size), alignment: 8)
    defer { narrowed.deallocate() }
    guard let place = captured.narrow(values, into: narrowed) else { return }
    throw InterfaceError.invalid(
      "it is float32, in which \(values[place]) is no \(captured.name), as which it was captured", at: layer.name, remedy: remedy)
  }
}
