/// Wall-clock seconds per layer, summed: the measurements behind t_fwd(s, batch) of the cost model (paper, section 5.1).
///
/// Passes come in two sizes (see ``InferenceNetwork``), and a large one costs about as much per image as a small one. They are therefore
/// counted in passes of the small size: `forwardSeconds / passes` is what `imagesPerPass` images cost, and *n* images cost about
/// ceil(n / imagesPerPass) times as much.
package struct LayerTimings: Sendable {
  package struct Layer: Sendable {
    /// Seconds of computing the layer from those it reads; for layer 0, of copying the input.
    package internal(set) var forwardSeconds = 0.0
    /// Seconds of bringing the layer's activations into row-major order, when they were wanted in it.
    package internal(set) var exportSeconds = 0.0
    /// Images requested.
    package internal(set) var images = 0
    /// Images computed: those requested and the zeros that fill their batches.
    package internal(set) var computedImages = 0
    /// The smallest number of images that the network computes in one pass; it divides every larger one.
    package internal(set) var imagesPerPass: Int

    /// `computedImages` in passes of `imagesPerPass`: a pass of 64 images counts as eight of 8.
    package var passes: Int { computedImages / imagesPerPass }
  }

  package private(set) var layers: [Layer]

  init(layerCount: Int, imagesPerPass: Int) { layers = Array(repeating: Layer(imagesPerPass: imagesPerPass), count: layerCount) }

  subscript(index: Int) -> Layer {
    get { layers[index] }
    set { layers[index] = newValue }
  }

  /// The same measurements, counted in passes of another size.
  mutating func count(inPassesOf images: Int) {
    for index in layers.indices { layers[index].imagesPerPass = images }
  }
}
