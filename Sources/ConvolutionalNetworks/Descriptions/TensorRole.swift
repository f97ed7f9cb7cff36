/// What a tensor of a layer is for, in the order in which a ``Checkpoint`` holds them.
enum TensorRole: String, CaseIterable {
  case weights, bias, mean, variance

  /// The tensor's name in a checkpoint, such as `layer3.weights`.
  func name(layer index: Int) -> String { "layer\(index).\(rawValue)" }
}

extension NetworkDescription.Layer {
  /// Names and shapes of the layer's tensors in a checkpoint.
  var tensorShapes: [(name: String, shape: [Int])] {
    zip(TensorRole.allCases, parameterShapes + statisticsShapes).map { ($0.name(layer: index), $1) }
  }
}
