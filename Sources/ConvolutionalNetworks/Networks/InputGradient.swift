/// How a network's loss changes with its input: the gradient, pixel by pixel, of an image's own softmax cross-entropy.
///
///     let gradient = try InputGradient(network, weights: checkpoint)
///     let slopes = try gradient.gradients(of: images, rows: [4, 8])        // 2 x 3,072 float32
///     let adversaries = try gradient.adversarialImages(images, rows: [4, 8], epsilon: 4 / 255)
///
/// The network runs as in inference: no dropout, running statistics in batch normalizations. Frozen layers pass the gradient on like all
/// others. An image's gradient does not depend on its neighbours in a pass, nor on its place; every pass has `batchSize` images.
///
/// It owns the memory of one batch, activations and gradients. Calls may come from any thread and are served one after the other.
public final class InputGradient: @unchecked Sendable {  // Unchecked: everything mutable is used within `compute.perform` only.
  /// The network whose loss is differentiated.
  public let description: NetworkDescription
  /// Images per pass.
  public let batchSize: Int
  let inputShape: ActivationShape
  private let classes: Int
  private let compute: ComputeThread
  private let network: BoundNetwork
  private let backward: BackwardPass

  /// Binds the layers for both passes and loads the weights. The last layer's values are the logits; a softmax at the end is left out, as the
  /// loss includes it.
  ///
  /// - Throws: ``NetworkError`` if the description is impossible, the batch too small, or the checkpoint of another network.
  public init(
    _ description: NetworkDescription, weights: Checkpoint, batchSize: Int = 64, compute: ComputeThread = .shared
  ) throws {
    guard batchSize >= InferenceNetwork.minimumBatchSize else {
      throw NetworkError.batchTooSmall(batchSize, smallest: InferenceNetwork.minimumBatchSize)
    }
    let layers = try description.layers()
    try weights.validate(for: description)
    self.description = description
    self.batchSize = batchSize
    self.compute = compute
    inputShape = layers[0].shape
    classes = layers[layers.count - 1].shape.columnCount
    (network, backward) = try compute.perform {
      let network = try BoundNetwork(layers, batchSize: batchSize, purpose: .inputGradient)
      try network.load(weights)
      return (network, try BackwardPass(network, goal: .input))
    }
  }

  /// The gradients of some images of a set, each with respect to its label.
  ///
  /// - Parameters:
  ///   - images: 3 x 32 x 32, with labels below the number of classes.
  ///   - rows: indices into `images`, any order, repeats allowed.
  /// - Returns: `rows.count` x 3,072 float32, channel-major like the input: nats per unit of the *normalised* pixel.
  /// - Throws: ``NetworkError`` if the network is not one for such images or has no class of a label.
  /// - Complexity: about three forward passes per image.
  public func gradients(of images: ImageSet, rows: [Int]) throws -> [Float] {
    try images.requireFit(description)
    var result: [Float] = []
    result.reserveCapacity(rows.count * ImageSet.pixelsPerImage)
    for start in stride(from: 0, to: rows.count, by: batchSize) {
      let batch = rows[start..<min(start + batchSize, rows.count)]
      let labels = batch.map { images.labels[$0] }
      try check(labels)
      try compute.perform {
        network.fill(from: images, rows: batch, normalization: description.normalization)
        result += try pass(labels)
      }
    }
    return result
  }

  /// The gradients of one batch of normalised images.
  ///
  /// - Parameters:
  ///   - input: `labels.count` x c x h x w normalised float32, row-major; 1 to `batchSize` images.
  ///   - labels: a class per image.
  /// - Returns: as many values as `input` has, in its order.
  package func gradients(of input: UnsafeBufferPointer<Float>, labels: [UInt8]) throws -> [Float] {
    guard (1...batchSize).contains(labels.count), input.count == labels.count * inputShape.columnCount else {
      throw NetworkError.wrongInput(
        network: description.name, expectedValues: min(max(labels.count, 1), batchSize) * inputShape.columnCount,
        gotValues: input.count)
    }
    try check(labels)
    return try compute.perform {
      network.fill(from: input)
      return try pass(labels)
    }
  }

  private func check(_ labels: [UInt8]) throws {
    for label in labels where label >= classes {
      throw NetworkError.wrongLabel(network: description.name, label: Int(label), classes: classes)
    }
  }

  /// Forward and backward pass of the batch in the network's input.
  private func pass(_ labels: [UInt8]) throws -> [Float] {
    for layer in network.layers { try layer.forward.execute() }
    let logits = try network.plainActivations(layer: network.layers.count)
    let slopes = backward.outputGradient.values
    slopes.update(repeating: 0)
    // Image by image: the mean over a batch would let the number of images into the gradients' last bits.
    for (image, label) in labels.enumerated() {
      let range = (image * classes)..<((image + 1) * classes)
      _ = SoftmaxCrossEntropy.evaluate(
        logits: UnsafeBufferPointer(rebasing: logits[range]), labels: [label],
        gradient: UnsafeMutableBufferPointer(rebasing: slopes[range]))
    }
    try backward.execute()
    return Array(backward.inputGradient!.values[..<(labels.count * inputShape.columnCount)])
  }
}
