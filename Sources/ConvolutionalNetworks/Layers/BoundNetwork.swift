import Mistique

/// All layers of a network bound to memory, each reading what earlier ones write. Built and run on a ``ComputeThread``.
final class BoundNetwork {
  let engine: Engine
  let batchSize: Int
  /// Row-major (n, c, h, w).
  let input: TensorMemory
  /// Element *i* is layer *i* + 1.
  let layers: [BoundLayer]
  /// Row-major copies of activations, made when first asked for; element *i* is layer *i*.
  private var exports: [(memory: TensorMemory, operations: [Operation])?]

  /// - Parameter lender: the same layers bound for another batch, whose weights it shares where the layouts are equal.
  init(
    _ layers: [NetworkDescription.Layer], batchSize: Int, purpose: BoundLayer.Purpose, sharing lender: BoundNetwork? = nil
  ) throws {
    let engine = try lender?.engine ?? Engine()
    let shape = layers[0].shape
    let dimensions = [batchSize, shape.channels, shape.height, shape.width]
    let input = try TensorMemory(.plain(dimensions), engine)
    var activations = [BoundLayer.Activation(memory: input, dimensions: dimensions)]
    var bound: [BoundLayer] = []
    for layer in layers.dropFirst() {
      let layer = try BoundLayer(
        layer, inputs: layer.inputs.map { activations[$0] }, purpose: purpose, engine: engine, sharing: lender?.layers[layer.index - 1])
      bound.append(layer)
      activations.append(layer.output)
    }
    self.engine = engine
    self.batchSize = batchSize
    self.input = input
    self.layers = bound
    exports = Array(repeating: nil, count: layers.count)
  }

  /// Copies a checkpoint's tensors in; the checkpoint must have been validated.
  func load(_ weights: Checkpoint) throws { for layer in layers { try layer.load(weights) } }

  /// Takes over the weights of the network that it was bound to share with; again after each change of them.
  func loadFromLender() throws { for layer in layers { try layer.loadFromLender() } }

  /// Every layer's tensors, row-major.
  func checkpoint() throws -> Checkpoint { Checkpoint(try layers.flatMap { try $0.tensors() }) }

  // In the two functions below the zeros come first, and not only by taste: Swift 6.3.1 (x86-64, -O) turns a zeroing loop at the *end* of
  // a closure that is passed where a throwing one is expected into a tail call of memset without restoring the error register, and the
  // caller then sees an error that nobody threw.

  /// Copies normalised images in and fills the rest of the batch with zeros.
  func fill(from images: UnsafeBufferPointer<Float>) {
    clear(from: images.count)
    _ = input.values.update(fromContentsOf: images)
  }

  /// Writes examples straight into the batch and fills the rest of it with zeros.
  func fill(from examples: any NetworkRows, rows: ArraySlice<Int>, normalization: InputNormalization?) {
    clear(from: rows.count * examples.shape.columnCount)
    examples.write(rows: rows, normalization: normalization, into: input.values)
  }

  /// Takes the first images' activations of a layer, `images` x (c, h, w) row-major, in place of computing them; those of the others are zeros.
  ///
  /// A layer that repeats another may share its memory, and with it the values.
  func take(_ activations: UnsafeBufferPointer<Float>, images: Int, asLayer index: Int) throws {
    guard index > 0 else { return fill(from: activations) }
    let output = layers[index - 1].output
    try output.memory.take(activations, images: images, dimensions: output.dimensions, engine)
  }

  private func clear(from start: Int) { UnsafeMutableBufferPointer(rebasing: input.values[start...]).update(repeating: 0) }

  /// Computes layer `index` (from 1) from those it reads.
  func forward(layer index: Int) throws { try layers[index - 1].forward.execute() }

  /// The whole batch's activations of a layer in row-major order, valid until the next pass.
  func plainActivations(layer index: Int) throws -> UnsafeBufferPointer<Float> {
    if index == 0 { return UnsafeBufferPointer(input.values) }
    if exports[index] == nil {
      let output = layers[index - 1].output
      var operations: [Operation] = []
      let isPlain = layers[index - 1].layer.shape.hasOneOrder && output.isChannelsLast
      let memory = isPlain ? output.memory : try operations.adapt(output.memory, to: .plain(output.dimensions), engine)
      exports[index] = (memory, operations)
    }
    try exports[index]!.operations.execute()
    return UnsafeBufferPointer(exports[index]!.memory.values)
  }

  /// The whole batch's activations of a layer as the kernel left them if that is an order, else row-major; valid until the next pass.
  func activations(layer index: Int) throws -> (values: UnsafeBufferPointer<Float>, order: MapOrder) {
    if index > 0, layers[index - 1].output.isChannelsLast, !layers[index - 1].layer.shape.hasOneOrder {
      return (UnsafeBufferPointer(layers[index - 1].output.memory.values), .channelsLast)
    }
    return (try plainActivations(layer: index), .channelMajor)
  }
}
