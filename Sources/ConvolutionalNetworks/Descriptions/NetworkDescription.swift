/// A network as data: a name, the shape of its input and its layers. It computes shapes, sizes and costs; it holds no weights.
///
/// Layers are numbered from 1, as in the paper; 0 is the input. Every layer is an intermediate. A layer reads the one before it or, if it
/// says so, any earlier ones; one layer may be read by several. The last layer is the network's output.
///
///     let network = NetworkDescription.cifar10CNN()
///     let layers = try network.layers()         // checked, with shapes
///     layers[5].shape                            // (32, 15, 15): layer 5, the first pooling
public struct NetworkDescription: Sendable, Hashable, Codable {
  /// What the network is called, in errors and stored models.
  public var name: String
  /// The shape of one image.
  public var input: ActivationShape
  /// What is done to the input; nil: pictures of 3 x 32 x 32 bytes are normalised with CIFAR-10's constants, and all else is taken as it is.
  public var normalization: InputNormalization?
  /// The layers, from layer 1 on.
  public var layerDescriptions: [LayerDescription]

  /// Describes a network; ``layers()`` checks whether it can exist.
  public init(name: String, input: ActivationShape, normalization: InputNormalization? = nil, layers: [LayerDescription]) {
    self.name = name
    self.normalization = normalization
    self.input = input
    self.layerDescriptions = layers
  }

  /// One layer with everything that follows from the layers before it.
  public struct Layer: Sendable, Hashable {
    /// 0 for the input, then 1, 2, ...
    public let index: Int
    /// "input", or kind and number: "convolution1", "maxPool3".
    public let name: String
    /// Nil for the input.
    package let description: LayerDescription?
    /// The layers it reads, all below `index`; none for the input. A layer may occur twice.
    public let inputs: [Int]
    /// The shape of its first input: all have it, but those of a concatenation, which may have other channels.
    package let inputShape: ActivationShape
    /// The shape of its activations.
    public let shape: ActivationShape
    /// Floating-point operations for one image; a multiplication and an addition are two, a comparison is one.
    public let flopsPerImage: Double
    /// Shapes of the layer's trained tensors: weights (O, I, H, W or out, in; a normalization's scale), then the bias (its shift) unless it has
    /// none; empty if it has neither.
    package let parameterShapes: [[Int]]
    /// Shapes of a batch normalization's running mean and variance, which no gradient changes; else empty.
    package let statisticsShapes: [[Int]]

    /// Numbers that training changes by their gradients.
    public var parameterCount: Int { parameterShapes.reduce(0) { $0 + $1.reduce(1, *) } }

    /// Whether the layer has a bias, or a shift, among its tensors.
    var hasBias: Bool { parameterShapes.count > 1 }

    /// Whether the layer's weights are the scale of a normalization.
    var isNormalization: Bool {
      switch description?.kind {
      case .batchNormalization, .layerNormalization: true
      default: false
      }
    }

    /// Whether training changes the layer.
    var isTrained: Bool { !parameterShapes.isEmpty && description?.isFrozen == false }

    /// Whether the layer's activations are those after a ReLU.
    package var appliesReLU: Bool { description?.appliesReLU ?? false }

    /// Whether the layer emits what it reads: a dropout, or a flatten.
    package var repeatsItsInput: Bool { description?.repeatsItsInput ?? false }
  }

  /// Floating-point operations for one image to compute layer `index`: its own and those of all layers that it needs.
  public func flopsPerImage(through index: Int) throws -> Double {
    let layers = try layers()
    return layers.needed(for: [index]).reduce(0) { $0 + layers[$1].flopsPerImage }
  }
}

extension [NetworkDescription.Layer] {
  /// The number of the layer that emits the logits: the last one, or the one that a last softmax reads.
  package var logits: Int {
    guard let last, last.description?.kind == .softmax else { return count - 1 }
    return last.inputs[0]
  }

  /// The wanted layers and all that they read, directly or not, ascending. The elements are a network's layers from its input on.
  ///
  /// - Parameter available: layers that are there already: what only they read is not needed.
  package func needed(for wanted: some Sequence<Int>, stoppingAt available: Set<Int> = []) -> [Int] {
    var isNeeded = [Bool](repeating: false, count: count)
    for index in wanted { isNeeded[index] = true }
    for layer in reversed() where isNeeded[layer.index] && !available.contains(layer.index) {
      for input in layer.inputs { isNeeded[input] = true }
    }
    return indices.filter { isNeeded[$0] }
  }
}
