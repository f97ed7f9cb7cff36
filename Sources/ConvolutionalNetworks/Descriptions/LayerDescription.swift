/// One layer of a network, as data: what it computes, what it reads, whether training changes it, and the dropout that training applies
/// to its output.
///
///     .convolution(32)                                    3 x 3, padded, ReLU; reads the layer before
///     .maxPool(2).dropout(0.25)
///     .convolution(64, kernel: 1, stride: 2, relu: false).reading(4)
///     .add(7, 9)                                          the sum of layers 7 and 9, ReLU
///     .dense(10, relu: false)
///
/// ReLU and dropout can be written in two ways. As a property of a layer they leave one intermediate: the activation after ReLU. As layers
/// of their own, ``relu`` and ``dropout(_:)``, they are intermediates beside what they read, so that the values before ReLU are there too.
/// The values after ReLU are the same bits either way.
///
///     .convolution(32)                                    one intermediate, after ReLU
///     .convolution(32, relu: false), .relu                two, before and after ReLU
public struct LayerDescription: Sendable, Hashable, Codable {
  /// What a convolution adds around its input.
  public enum Padding: String, Sendable, Hashable, Codable, CaseIterable {
    /// kernel / 2 zeros on every side of the map: at stride 1 the output is as large as the input. Needs an odd kernel. At stride 2 these
    /// are PyTorch's windows; Keras pads such maps on the right and below only.
    case same
    /// None: the output loses kernel - 1 rows and columns.
    case valid
  }

  /// What the layer computes.
  package enum Kind: Sendable, Hashable {
    case convolution(Convolution)
    /// Maximum over windows; rows and columns left over at the edge are dropped.
    case maxPool(Pooling)
    /// Mean over the same windows.
    case averagePool(Pooling)
    /// Mean over each whole map: (c, h, w) to (c, 1, 1).
    case globalAveragePool
    /// Maximum over each whole map.
    case globalMaxPool
    /// Every channel to mean 0 and variance 1, then scaled and shifted (Ioffe and Szegedy, ICML 2015). Training takes the statistics of
    /// the batch and keeps running ones, which inference, and training a frozen layer, use.
    case batchNormalization(relu: Bool, epsilon: Float = Kind.epsilon)
    /// The values of each example, or of each place, to mean 0 and variance 1, then scaled and shifted (Ba, Kiros, Hinton, arXiv:1607.06450).
    case layerNormalization(over: NormalizedOver = .example, epsilon: Float = Kind.epsilon)
    /// The sum of two or more layers of equal shape.
    case add(relu: Bool)
    /// The maps of two or more layers one after the other; the maps have one size.
    case concatenate
    /// Every `stride`-th row and column, with `before` and `behind` maps of zeros around the channels.
    case shortcut(stride: Int, before: Int, behind: Int)
    /// (c, h, w) to (c * h * w, 1, 1), in that order.
    case flatten
    /// Fully connected; flattens its input by itself.
    case dense(units: Int, relu: Bool, hasBias: Bool = true)
    /// Negative values become 0.
    case relu
    /// Another function of each value.
    case activation(Activation)
    /// The exponentials of an example's channels as shares of their sum, at each place of the maps; the last layer only. In training it is the
    /// identity, because the loss includes it.
    case softmax
    /// The identity, but for the layer's dropout.
    case dropout

    /// What a normalization adds to a variance unless it says otherwise; PyTorch's too.
    package static let epsilon: Float = 1e-5
  }

  /// What it computes.
  package var kind: Kind
  /// The layers it reads, by number; 0 is the network's input. Nil: the layer before.
  public var inputs: [Int]?
  /// Training leaves the layer's weights as they are: VGG16's pre-trained convolutions.
  public var isFrozen: Bool
  /// The share of the layer's outputs that a training step sets to zero, in [0, 1); the others are scaled up by 1 / (1 - rate).
  public var dropoutRate: Float
  /// What the layer's tensors are called in a file of weights, before `.weight`, `.bias`, `.running_mean` and `.running_var`: in PyTorch the path
  /// of its module, such as `layer1.0.conv1`. Nil: the layer's name in a ``Checkpoint``.
  public var module: String?

  /// A layer of a kind.
  package init(_ kind: Kind, isFrozen: Bool = false, dropoutRate: Float = 0, inputs: [Int]? = nil, module: String? = nil) {
    self.module = module
    self.kind = kind
    self.inputs = inputs
    self.isFrozen = isFrozen
    self.dropoutRate = dropoutRate
  }
}

extension LayerDescription {
  /// A convolution with a square kernel and bias.
  ///
  /// - Parameters:
  ///   - channels: maps that it emits.
  ///   - kernel: rows and columns of a window.
  ///   - stride: rows and columns from one window to the next.
  ///   - relu: whether negative values become 0.
  ///   - padding: what is added around the input.
  public static func convolution(
    _ channels: Int, kernel: Int = 3, stride: Int = 1, relu: Bool = true, padding: Padding = .same
  ) -> Self {
    var convolution = Convolution(channels: channels)
    convolution.kernel = Extent(kernel)
    convolution.stride = Extent(stride)
    convolution.relu = relu
    convolution.padding = .named(padding)
    return Self(.convolution(convolution))
  }

  /// The maximum over windows of `size` x `size` that do not overlap. Rows and columns left over at the edge are dropped.
  public static func maxPool(_ size: Int) -> Self { Self(.maxPool(Pooling(Extent(size)))) }
  /// The mean over windows of `size` x `size`, as in ``maxPool(_:)``.
  public static func averagePool(_ size: Int) -> Self { Self(.averagePool(Pooling(Extent(size)))) }
  /// The mean of each whole map: (c, h, w) to (c, 1, 1).
  public static let globalAveragePool = Self(.globalAveragePool)
  /// Brings every channel to mean 0 and variance 1, then scales and shifts it (Ioffe and Szegedy, ICML 2015); ReLU unless `relu` is false.
  ///
  /// Training uses the statistics of the batch and keeps running ones, which inference uses, and training too where the layer is frozen.
  public static func batchNormalization(relu: Bool = true) -> Self { Self(.batchNormalization(relu: relu)) }
  /// The sum of the layers with these numbers, two or more of equal shape; ReLU unless `relu` is false.
  public static func add(_ layers: Int..., relu: Bool = true) -> Self { Self(.add(relu: relu), inputs: layers) }
  /// (c, h, w) to (c * h * w, 1, 1), in that order.
  public static let flatten = Self(.flatten)
  /// A fully connected layer with bias, and ReLU unless `relu` is false. It flattens its input by itself.
  public static func dense(_ units: Int, relu: Bool = true) -> Self { Self(.dense(units: units, relu: relu)) }

  /// Negative values become 0; the others pass.
  public static let relu = Self(.relu)
  /// The exponentials of the channels as shares of their sum: what turns logits into probabilities. It must be the last layer.
  ///
  /// The loss of a training is softmax cross-entropy. Training and ``InputGradient`` therefore take the values that this layer reads.
  public static let softmax = Self(.softmax)
  /// A layer that drops the share `rate`, at least 0 and below 1, of what it reads in a training step, and passes everything on otherwise: its
  /// intermediate repeats the one that it reads.
  public static func dropout(_ rate: Float) -> Self { Self(.dropout, dropoutRate: rate) }

  /// The same layer with dropout behind it.
  public func dropout(_ rate: Float) -> Self { changed { $0.dropoutRate = rate } }
  /// The same layer, not trained.
  public func frozen() -> Self { changed { $0.isFrozen = true } }
  /// The same layer, reading the layers with these numbers instead of the one before.
  public func reading(_ layers: Int...) -> Self { changed { $0.inputs = layers } }

  private func changed(_ change: (inout Self) -> Void) -> Self {
    var copy = self
    change(&copy)
    return copy
  }

  /// Whether the layer has tensors in a checkpoint.
  package var hasWeights: Bool {
    switch kind {
    case .convolution, .dense, .batchNormalization, .layerNormalization: true
    default: false
    }
  }

  /// Whether the layer emits what it reads, in inference: in other columns for a flatten, else in the same.
  package var repeatsItsInput: Bool { kind == .flatten || kind == .dropout }

  /// Whether the layer's activations are those after a ReLU.
  package var appliesReLU: Bool {
    switch kind {
    case .convolution(let convolution): convolution.relu
    case .dense(_, let relu, _), .batchNormalization(let relu, _), .add(let relu): relu
    case .relu: true
    default: false
    }
  }

  /// The kind as it is called in YAML: "convolution", "maxPool" and so on.
  package var kindName: String { kind.name.rawValue }
}
