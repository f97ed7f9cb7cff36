/// A network as data: a name, the shape of its input and its layers. It computes shapes, sizes and costs; it holds no weights.
///
/// Layers are numbered from 1, as in the paper; 0 is the input. Every layer is an intermediate.
///
///     let network = NetworkDescription.cifar10CNN()
///     let layers = try network.layers()         // checked, with shapes
///     layers[3].shape                            // (32, 16, 16): layer 3, the first pooling
public struct NetworkDescription: Sendable, Hashable, Codable {
  public var name: String
  public var input: ActivationShape
  public var layerDescriptions: [LayerDescription]

  public init(name: String, input: ActivationShape, layers: [LayerDescription]) {
    self.name = name
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
    public let description: LayerDescription?
    public let inputShape: ActivationShape
    public let shape: ActivationShape
    /// Floating-point operations for one image; a multiplication and an addition are two, a comparison is one.
    public let flopsPerImage: Double
    /// Shapes of the layer's tensors: weights (O, I, H, W or out, in), then the bias; empty if it has none.
    public let parameterShapes: [[Int]]

    public var parameterCount: Int { parameterShapes.reduce(0) { $0 + $1.reduce(1, *) } }
  }

  /// The input and all layers, in order: element *i* is layer *i*.
  /// - Throws: ``NetworkError`` naming the layer that cannot be.
  public func layers() throws -> [Layer] {
    guard input.channels > 0, input.height > 0, input.width > 0 else { throw NetworkError.emptyInput(network: name, shape: input) }
    guard !layerDescriptions.isEmpty else { throw NetworkError.noLayers(network: name) }
    var layers = [
      Layer(index: 0, name: "input", description: nil, inputShape: input, shape: input, flopsPerImage: 0, parameterShapes: [])
    ]
    for description in layerDescriptions { layers.append(try layer(description, after: layers[layers.count - 1])) }
    return layers
  }

  /// Floating-point operations for one image from the input through layer `index`.
  public func flopsPerImage(through index: Int) throws -> Double {
    try layers().prefix(index + 1).reduce(0) { $0 + $1.flopsPerImage }
  }

  private func layer(_ description: LayerDescription, after previous: Layer) throws -> Layer {
    let index = previous.index + 1
    let from = previous.shape
    func refuse(_ problem: NetworkError.LayerProblem) -> NetworkError {
      .impossibleLayer(network: name, layer: index, input: from, problem: problem)
    }
    guard description.dropoutRate >= 0, description.dropoutRate < 1 else { throw refuse(.dropoutRate(description.dropoutRate)) }
    let shape: ActivationShape
    var flops = 0.0
    var parameters: [[Int]] = []
    switch description.kind {
    case .convolution(let channels, let kernel, _, let padding):
      guard channels > 0 else { throw refuse(.size("channels", channels)) }
      guard kernel > 0 else { throw refuse(.size("kernel", kernel)) }
      guard padding == .valid || kernel % 2 == 1 else { throw refuse(.evenKernel(kernel)) }
      let loss = padding == .same ? 0 : kernel - 1
      guard from.height > loss, from.width > loss else { throw refuse(.windowTooLarge(kernel)) }
      shape = ActivationShape(channels: channels, height: from.height - loss, width: from.width - loss)
      parameters = [[channels, from.channels, kernel, kernel], [channels]]
      flops = 2 * Double(from.channels * kernel * kernel) * Double(shape.columnCount)
    case .maxPool(let size):
      guard size > 0 else { throw refuse(.size("window", size)) }
      guard from.height >= size, from.width >= size else { throw refuse(.windowTooLarge(size)) }
      shape = ActivationShape(channels: from.channels, height: from.height / size, width: from.width / size)
      flops = Double(shape.columnCount * (size * size - 1))
    case .flatten:
      shape = ActivationShape(channels: from.columnCount)
    case .dense(let units, _):
      guard units > 0 else { throw refuse(.size("units", units)) }
      shape = ActivationShape(channels: units)
      parameters = [[units, from.columnCount], [units]]
      flops = 2 * Double(from.columnCount) * Double(units)
    }
    return Layer(
      index: index, name: "\(description.kindName)\(index)", description: description, inputShape: from, shape: shape,
      flopsPerImage: flops, parameterShapes: parameters)
  }
}
