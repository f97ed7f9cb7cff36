/// What a layer's description means for the kernels, for a batch of a given size.
extension NetworkDescription.Layer {
  /// (n, c, h, w), or (n, columns) after a flatten or a dense layer. Layers that change no shape keep the dimensions of what they read.
  func outputDimensions(of input: [Int]) -> [Int] {
    switch description?.kind {
    case .flatten, .dense: [input[0], shape.columnCount]
    case .relu, .activation, .layerNormalization, .softmax, .dropout: input
    default: mapDimensions(batch: input[0])
    }
  }

  /// The dimensions in which the kernel sees what the layer reads: convolutions, poolings, normalizations and sums want maps, of 1 x 1 if need
  /// be.
  func kernelDimensions(of input: [Int], _ purpose: BoundLayer.Purpose) -> [Int] {
    switch description?.kind {
    case .dense: DenseGeometry.dimensions(of: input, purpose)
    case .flatten, .relu, .activation, .layerNormalization, .softmax, .dropout: input
    // Each of its inputs has channels of its own.
    case .concatenate: input.count == 2 ? input + [1, 1] : input
    default: [input[0], inputShape.channels, inputShape.height, inputShape.width]
    }
  }

  private func mapDimensions(batch: Int) -> [Int] { [batch, shape.channels, shape.height, shape.width] }

  func convolution(batch: Int) -> ConvolutionGeometry? {
    guard case .convolution(let convolution) = description?.kind else { return nil }
    return ConvolutionGeometry(
      input: [batch, inputShape.channels, inputShape.height, inputShape.width],
      weights: Self.grouped(parameterShapes[0], groups: convolution.groups), output: mapDimensions(batch: batch),
      stride: convolution.stride, dilation: convolution.dilation, sides: convolution.sides)
  }

  /// (out, in, rows, columns) as the kernels see it: with the groups in front, where there are several.
  static func grouped(_ weights: [Int], groups: Int) -> [Int] {
    groups == 1 ? weights : [groups, weights[0] / groups] + weights[1...]
  }

  func pooling(batch: Int) -> PoolingGeometry? {
    let output = mapDimensions(batch: batch)
    func geometry(_ kind: PoolingGeometry.Kind, _ pooling: LayerDescription.Pooling) -> PoolingGeometry {
      PoolingGeometry(kind: kind, output: output, window: pooling.size, stride: pooling.step, sides: pooling.padding)
    }
    let whole = LayerDescription.Pooling(Extent(inputShape.height, inputShape.width))
    switch description?.kind {
    case .maxPool(let pooling): return geometry(.maximum, pooling)
    case .averagePool(let pooling):
      return geometry(pooling.countsPadding && pooling.padding != .none ? .averageWithPadding : .average, pooling)
    case .globalAveragePool: return geometry(.average, whole)
    case .globalMaxPool: return geometry(.maximum, whole)
    default: return nil
    }
  }

  func batchNormalization(_ dimensions: [Int], _ purpose: BoundLayer.Purpose) -> BatchNormalizationGeometry? {
    guard case .batchNormalization(_, let epsilon) = description?.kind else { return nil }
    return BatchNormalizationGeometry(
      dimensions: dimensions, epsilon: epsilon, usesBatchStatistics: purpose == .training && isTrained)
  }
}
