/// One layer of a network, as data: what it computes, whether training changes it, and the dropout that training puts behind it.
///
///     .convolution(32)                       3 x 3, padded, ReLU
///     .maxPool(2).dropout(0.25)
///     .dense(10, relu: false)
///
/// ReLU belongs to its layer: the layer's intermediate is the activation after it. Dropout is a property, not a layer: outside training it
/// is the identity, and as a layer it would repeat its predecessor's intermediate.
public struct LayerDescription: Sendable, Hashable, Codable {
  public enum Padding: String, Sendable, Hashable, Codable {
    /// Zeros around the map: the output is as large as the input. Needs an odd kernel.
    case same
    /// None: the output loses kernel - 1 rows and columns.
    case valid
  }

  public enum Kind: Sendable, Hashable, Codable {
    /// Square kernel, stride 1, with bias.
    case convolution(channels: Int, kernel: Int, relu: Bool, padding: Padding)
    /// Maximum over windows of size x size that do not overlap; rows and columns left over at the edge are dropped.
    case maxPool(size: Int)
    /// (c, h, w) to (c * h * w, 1, 1), in that order.
    case flatten
    /// Fully connected, with bias; flattens its input by itself.
    case dense(units: Int, relu: Bool)
  }

  public var kind: Kind
  /// Training leaves the layer's weights as they are: VGG16's pre-trained convolutions.
  public var isFrozen: Bool
  /// The share of the layer's outputs that a training step sets to zero, in [0, 1); the others are scaled up by 1 / (1 - rate).
  public var dropoutRate: Float

  public init(_ kind: Kind, isFrozen: Bool = false, dropoutRate: Float = 0) {
    self.kind = kind
    self.isFrozen = isFrozen
    self.dropoutRate = dropoutRate
  }

  public static func convolution(_ channels: Int, kernel: Int = 3, relu: Bool = true, padding: Padding = .same) -> Self {
    Self(.convolution(channels: channels, kernel: kernel, relu: relu, padding: padding))
  }
  public static func maxPool(_ size: Int) -> Self { Self(.maxPool(size: size)) }
  public static let flatten = Self(.flatten)
  public static func dense(_ units: Int, relu: Bool = true) -> Self { Self(.dense(units: units, relu: relu)) }

  /// The same layer with dropout behind it.
  public func dropout(_ rate: Float) -> Self { Self(kind, isFrozen: isFrozen, dropoutRate: rate) }
  /// The same layer, not trained.
  public func frozen() -> Self { Self(kind, isFrozen: true, dropoutRate: dropoutRate) }

  public var hasWeights: Bool {
    switch kind {
    case .convolution, .dense: true
    case .maxPool, .flatten: false
    }
  }

  /// "convolution", "maxPool", "flatten" or "dense".
  public var kindName: String {
    switch kind {
    case .convolution: "convolution"
    case .maxPool: "maxPool"
    case .flatten: "flatten"
    case .dense: "dense"
    }
  }
}
