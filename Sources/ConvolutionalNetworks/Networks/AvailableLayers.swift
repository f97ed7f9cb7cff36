/// Activations that are there already, so that a run takes them in place of computing their layers.
package struct AvailableLayers {
  /// Gives a layer's activations of some images to its last argument, which it calls once.
  ///
  /// - `positions`: the images' places among the rows of the run.
  /// - `body`: gets `positions.count` x (c, h, w) values, row-major, valid during the call.
  package typealias Reader = (_ layer: Int, _ positions: Range<Int>, _ body: (UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

  /// Nothing: every layer is computed from the images.
  package static var none: AvailableLayers { AvailableLayers([]) { _, _, _ in } }

  let layers: Set<Int>
  let read: Reader

  /// The layers with these numbers, 0 being the input, of which `read` gives the activations.
  package init(_ layers: Set<Int>, read: @escaping Reader) {
    self.layers = layers
    self.read = read
  }
}
