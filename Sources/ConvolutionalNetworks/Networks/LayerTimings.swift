/// Wall-clock seconds per layer, summed: the measurements behind t_fwd(s, batch) of the cost model (paper, section 4).
public struct LayerTimings: Sendable {
  public struct Layer: Sendable {
    /// Seconds of computing the layer from the one below; for layer 0, of copying the input.
    public internal(set) var forwardSeconds = 0.0
    /// Seconds of bringing the layer's activations into row-major order, when they were wanted.
    public internal(set) var exportSeconds = 0.0
    /// Passes of a full batch, padded ones included.
    public internal(set) var passes = 0
    /// Images asked for.
    public internal(set) var images = 0
  }

  public private(set) var layers: [Layer]

  init(layerCount: Int) { layers = Array(repeating: Layer(), count: layerCount) }

  subscript(index: Int) -> Layer {
    get { layers[index] }
    set { layers[index] = newValue }
  }
}

/// Wall-clock seconds since it was made.
struct Stopwatch {
  private let start = ContinuousClock.now

  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
}
