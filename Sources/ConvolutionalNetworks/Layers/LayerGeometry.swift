/// What a layer's description means for the kernels, for a batch of a given size.
extension NetworkDescription.Layer {
  /// (n, c, h, w), or (n, columns) after a flatten or a dense layer.
  func outputDimensions(batch: Int) -> [Int] {
    switch description?.kind {
    case .flatten, .dense: [batch, shape.columnCount]
    default: [batch, shape.channels, shape.height, shape.width]
    }
  }

  /// The dimensions in which the kernel sees what the layer reads: all but a dense layer's wants maps, of 1 x 1 if need be.
  func kernelDimensions(of input: [Int]) -> [Int] {
    switch description?.kind {
    case .flatten, .dense: input
    default: [input[0], inputShape.channels, inputShape.height, inputShape.width]
    }
  }

  func convolution(batch: Int) -> ConvolutionGeometry? {
    guard case .convolution(_, let kernel, _, let padding, let stride) = description?.kind else { return nil }
    return ConvolutionGeometry(
      input: [batch, inputShape.channels, inputShape.height, inputShape.width], weights: parameterShapes[0],
      output: outputDimensions(batch: batch), padding: padding == .same ? kernel / 2 : 0, stride: stride)
  }

  func pooling(batch: Int) -> PoolingGeometry? {
    let output = outputDimensions(batch: batch)
    switch description?.kind {
    case .maxPool(let size): return PoolingGeometry(kind: .maximum, output: output, window: [size, size])
    case .averagePool(let size): return PoolingGeometry(kind: .average, output: output, window: [size, size])
    case .globalAveragePool: return PoolingGeometry(kind: .average, output: output, window: [inputShape.height, inputShape.width])
    default: return nil
    }
  }

  func batchNormalization(_ dimensions: [Int], _ purpose: BoundLayer.Purpose) -> BatchNormalizationGeometry? {
    guard case .batchNormalization = description?.kind else { return nil }
    return BatchNormalizationGeometry(dimensions: dimensions, usesBatchStatistics: purpose == .training && isTrained)
  }
}
