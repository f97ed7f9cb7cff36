/// What a layer's description means for the kernels, for a batch of a given size.
extension NetworkDescription.Layer {
  /// (n, c, h, w), or (n, columns) after a flatten or a dense layer. Layers that change no shape keep the dimensions of what they read.
  func outputDimensions(of input: [Int]) -> [Int] {
    switch description?.kind {
    case .flatten, .dense: [input[0], shape.columnCount]
    case .relu, .softmax, .dropout: input
    default: mapDimensions(batch: input[0])
    }
  }

  /// The dimensions in which the kernel sees what the layer reads: convolutions, poolings, normalizations and sums want maps, of 1 x 1 if need
  /// be.
  func kernelDimensions(of input: [Int]) -> [Int] {
    switch description?.kind {
    case .dense: Self.undivided(input)
    case .flatten, .relu, .softmax, .dropout: input
    default: [input[0], inputShape.channels, inputShape.height, inputShape.width]
    }
  }

  /// Many columns as maps of a few rows, in the same order.
  ///
  /// oneDNN 2.6.3 divides a dense layer's sum among threads where it reads more than 1,024 columns and no maps: the bits would depend on the number of
  /// threads. A number without a factor of 2 to 64 cannot be cut so, and is left as it is.
  private static func undivided(_ input: [Int]) -> [Int] {
    guard input.count == 2, input[1] > 1_024, let rows = (2...64).first(where: { input[1] % $0 == 0 }) else { return input }
    return [input[0], input[1] / rows, rows, 1]
  }

  private func mapDimensions(batch: Int) -> [Int] { [batch, shape.channels, shape.height, shape.width] }

  func convolution(batch: Int) -> ConvolutionGeometry? {
    guard case .convolution(_, let kernel, _, let padding, let stride) = description?.kind else { return nil }
    return ConvolutionGeometry(
      input: [batch, inputShape.channels, inputShape.height, inputShape.width], weights: parameterShapes[0],
      output: mapDimensions(batch: batch), padding: padding == .same ? kernel / 2 : 0, stride: stride)
  }

  func pooling(batch: Int) -> PoolingGeometry? {
    let output = mapDimensions(batch: batch)
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
