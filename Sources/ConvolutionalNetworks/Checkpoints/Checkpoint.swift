import Foundation
import Groundwork

/// A network's weights at one moment: named float32 tensors in row-major layouts, in the order of the layers.
///
/// Names are `layer1.weights`, `layer1.bias`, ...; a convolution's weights are (out, in, kernel, kernel), a dense layer's (out, columns
/// of the layer below in their order c, h, w). A batch normalization's weights are its scale, its bias its shift, and `layer2.mean` and
/// `layer2.variance` its running statistics. Layers without weights have no tensors. Equality is by bits: 0 differs from -0, NaN equals
/// itself.
public struct Checkpoint: Sendable, Hashable {
  /// A named array of float32 values.
  public struct Tensor: Sendable, Hashable {
    /// Unique within a checkpoint, such as `layer1.weights`.
    public let name: String
    /// Its dimensions, all at least 1.
    public let shape: [Int]
    /// As many as the product of the dimensions, row-major.
    public let values: [Float]

    /// - Precondition: `values` are as many as the product of the dimensions, and none of these is 0.
    public init(name: String, shape: [Int], values: [Float]) {
      precondition(shape.allSatisfy { $0 > 0 }, "tensor \(name) has the empty shape \(shape)")
      precondition(values.count == shape.reduce(1, *), "\(values.count) values for tensor \(name) of shape \(shape)")
      self.name = name
      self.shape = shape
      self.values = values
    }

    /// Whether names, shapes and bits are equal.
    public static func == (left: Tensor, right: Tensor) -> Bool {
      guard left.name == right.name, left.shape == right.shape else { return false }
      return left.values.withUnsafeBytes { one in
        right.values.withUnsafeBytes { other in one.count == 0 || memcmp(one.baseAddress!, other.baseAddress!, one.count) == 0 }
      }
    }

    /// Hashes name, shape and bits.
    public func hash(into hasher: inout Hasher) {
      hasher.combine(name)
      hasher.combine(shape)
      values.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
  }

  /// The tensors, in the order of the layers.
  public let tensors: [Tensor]

  /// - Precondition: no two tensors have one name.
  public init(_ tensors: [Tensor]) {
    precondition(Set(tensors.map(\.name)).count == tensors.count, "two tensors of a checkpoint have one name")
    self.tensors = tensors
  }

  /// The tensor of a name.
  ///
  /// - Complexity: O(tensors).
  public subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }

  /// The tensors of one layer: weights and bias, a batch normalization's mean and variance too, or none.
  public func tensors(ofLayer index: Int) -> [Tensor] {
    TensorRole.allCases.compactMap { self[$0.name(layer: index)] }
  }

  /// Whether no value is infinite or not a number.
  package var isFinite: Bool { tensors.allSatisfy { $0.values.allSatisfy(\.isFinite) } }

  /// Checks that every tensor that the network needs is there in its shape. Other tensors are ignored.
  ///
  /// - Throws: ``NetworkError``.
  public func validate(for network: NetworkDescription) throws {
    for layer in try network.layers() {
      for (name, shape) in layer.tensorShapes {
        guard let tensor = self[name] else {
          throw NetworkError.missingTensor(network: network.name, tensor: name, available: tensors.map(\.name))
        }
        guard tensor.shape == shape else {
          throw NetworkError.wrongTensorShape(network: network.name, tensor: name, expected: shape, got: tensor.shape)
        }
      }
    }
  }

  /// First weights from a seed: normal with variance 2 / inputs before ReLU (He et al., ICCV 2015), 2 / (inputs + outputs) elsewhere
  /// (Glorot and Bengio, AISTATS 2010); biases zero. ReLU may be the layer's own or a layer that reads it. A normalization begins as the
  /// identity: scale and variance 1. A layer's weights depend on the seed, its number, its own shape and whether ReLU follows only.
  ///
  /// - Throws: ``NetworkError`` if the description is impossible.
  public static func initial(for network: NetworkDescription, seed: UInt64) throws -> Checkpoint {
    var tensors: [Tensor] = []
    let layers = try network.layers()
    let rectified = Set(layers.filter { $0.description?.kind == .relu }.flatMap(\.inputs))
    for layer in layers where !layer.parameterShapes.isEmpty {
      for ((name, shape), role) in zip(layer.tensorShapes, TensorRole.allCases) {
        let count = shape.reduce(1, *)
        let values: [Float]
        switch role {
        case .weights where !layer.isNormalization:
          values = layer.firstWeights(seed: seed, isRectified: layer.appliesReLU || rectified.contains(layer.index))
        case .weights, .variance: values = Array(repeating: 1, count: count)
        case .bias, .mean: values = Array(repeating: 0, count: count)
        }
        tensors.append(Tensor(name: name, shape: shape, values: values))
      }
    }
    return Checkpoint(tensors)
  }
}

extension NetworkDescription.Layer {
  fileprivate func firstWeights(seed: UInt64, isRectified: Bool) -> [Float] {
    let shape = parameterShapes[0]
    let inputs = Float(shape.dropFirst().reduce(1, *))
    let outputs = Float(shape[0] * shape.dropFirst(2).reduce(1, *))
    let deviation = (isRectified ? 2 / inputs : 2 / (inputs + outputs)).squareRoot()
    var generator = SplitMix64(seed: seed, path: 0x1217, UInt64(index))
    return (0..<shape.reduce(1, *)).map { _ in generator.normal() * deviation }
  }
}
