import Foundation
import Mistique

/// A network with weights that computes activations: always the same bits for an image, whatever images are computed with it.
///
///     let network = try InferenceNetwork(.cifar10CNN(), weights: checkpoint)
///     try network.forward(images, rows: [4, 8, 15], wanted: [5]) { positions, layer, activations in
///       // activations: positions.count x 32 x 15 x 15 float32, channel-major, rows 4, 8, 15
///     }
///
/// It owns the memory of one batch and runs on its ``ComputeThread``. It never stores, caches or logs an intermediate.
///
/// **Passes.** A pass has `batchSize` images. What is left over is computed in passes of 8 if they are cheaper, which they are up to five
/// eighths of a batch; else, or if passes of 8 would round differently, in one full pass. Missing images are zeros. The first such
/// remainder of a layer costs a full pass of it more, once per process and network: the bits of the two sizes are compared.
///
/// **Bits.** With direct convolutions and at least 8 images an image's activations do not depend on its place in the batch, on its
/// neighbours, on the size of the pass, or on the number of threads; the tests verify it. (A dense layer of more than 1,024 columns without a factor from 2 to
/// 64 is the exception: its sum is divided among threads. A batch of 1 selects kernels that differ in
/// the last bits.) Other processors may select other kernels: activations are comparable by bits on one kind of machine.
///
/// Calls may come from any thread and are served one after the other.
public final class InferenceNetwork: @unchecked Sendable {  // Unchecked: everything mutable is used within `compute.perform` only.
  /// Smaller batches select kernels that round differently.
  package static let minimumBatchSize = 8

  /// The network that it computes.
  public let description: NetworkDescription
  /// The input and the layers: element *i* is layer *i*.
  public let layers: [NetworkDescription.Layer]
  /// Images of a full pass.
  public let batchSize: Int
  let compute: ComputeThread

  private let bound: BoundNetwork
  private var remainders: RemainderPasses
  private var timings: LayerTimings
  private var comparing = 0.0

  /// Binds a network's layers and loads its weights.
  ///
  /// - Throws: ``NetworkError`` if the description is impossible, the batch too small, or the checkpoint of another network.
  /// - Complexity: memory for all activations of one batch: some 50 MB for CIFAR10_CNN at 64 images.
  public init(
    _ description: NetworkDescription, weights: Checkpoint, batchSize: Int = 64, compute: ComputeThread = .shared
  ) throws {
    guard batchSize >= Self.minimumBatchSize else {
      throw NetworkError.batchTooSmall(batchSize, smallest: InferenceNetwork.minimumBatchSize)
    }
    let layers = try description.layers()
    try weights.validate(for: description)
    self.description = description
    self.layers = layers
    self.batchSize = batchSize
    self.compute = compute
    bound = try compute.perform {
      let bound = try BoundNetwork(layers, batchSize: batchSize, purpose: .inference)
      try bound.load(weights)
      return bound
    }
    let key = RemainderPasses.Key(network: description, batchSize: batchSize, threads: compute.threads)
    remainders = RemainderPasses(key, layers: layers)
    timings = LayerTimings(layerCount: layers.count, imagesPerPass: remainders.imagesPerPass)
  }

  /// Replaces the weights, as when the next of ten checkpoints is logged: cheaper than a new network.
  public func load(_ weights: Checkpoint) throws {
    try weights.validate(for: description)
    try compute.perform {
      try bound.load(weights)
      try remainders.reload()
    }
  }

  /// Computes layer `last` and the wanted ones for one batch, with the layers that they need, and shows the wanted ones.
  ///
  /// - Parameters:
  ///   - input: `count` x c x h x w normalised float32, row-major.
  ///   - count: 1 to `batchSize` images.
  ///   - last: the last layer to compute; layers above cost nothing, and neither do those that no computed layer reads.
  ///   - wanted: layers to show, none above `last`; 0 is the input.
  ///   - visit: called on the compute thread in the order of the layers with `count` x (c, h, w) values, row-major; the buffer is valid
  ///     during the call.
  package func forward(
    _ input: UnsafeBufferPointer<Float>, count: Int, through last: Int, wanted: Set<Int>,
    visit: (_ layer: Int, _ activations: UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    try check(through: last, wanted: wanted)
    let expected = count * layers[0].shape.columnCount
    guard (1...batchSize).contains(count), input.count == expected else {
      throw NetworkError.wrongInput(
        network: description.name, expectedValues: min(max(count, 1), batchSize) * layers[0].shape.columnCount, gotValues: input.count)
    }
    try compute.perform {
      let needed = layers.needed(for: wanted.union([last]))
      let remainder = try network(for: count, computing: needed)
      // One visit has all images: no pieces.
      let network = count <= remainder.batchSize ? remainder : bound
      try run(network, count: count, needed: needed, wanted: wanted, order: .channelMajor) {
        network.fill(from: input)
      } visit: { layer, values, _ in
        try visit(layer, values)
      }
    }
  }

  /// Computes the wanted layers for some images of a set, batch by batch, and of the other layers only those that they need.
  ///
  /// - Parameters:
  ///   - images: 3 x 32 x 32, as the network's input is.
  ///   - rows: indices into `images`, any order, repeats allowed; only these are computed.
  ///   - wanted: layers to show; 0 is the input.
  ///   - visit: called on the compute thread per batch and wanted layer; `positions` is the batch's range of indices into `rows`.
  /// - Throws: ``NetworkError``, or what `visit` throws, which ends the run.
  public func forward(
    _ images: ImageSet, rows: [Int], wanted: Set<Int>,
    visit: (_ positions: Range<Int>, _ layer: Int, _ activations: UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    try forward(images, rows: rows, wanted: wanted, available: .none, order: .channelMajor) { positions, layer, values, _ in
      try visit(positions, layer, values)
    }
  }

  /// The same, with the activations in the order in which the kernels leave them, which saves rearranging them.
  ///
  /// - Parameters:
  ///   - available: layers to take in place of computing them, unless they are wanted; what only they read is not computed, and the images are
  ///     not touched if nothing reads them. The wanted layers have the bits of a run from the images.
  ///   - visit: as above, with the order of each image's values: `.channelsLast` for maps that lie so, else `.channelMajor`. It
  ///     may differ from layer to layer and from machine to machine; the values do not. The buffer is the network's own and must not be
  ///     changed.
  /// - Throws: ``NetworkError``, or what `visit` or the available layers throw, which ends the run.
  package func forwardInKernelOrder(
    _ images: any NetworkRows, rows: [Int], wanted: Set<Int>, available: AvailableLayers = .none,
    visit: (_ positions: Range<Int>, _ layer: Int, _ activations: UnsafeBufferPointer<Float>, _ order: MapOrder) throws -> Void
  ) throws {
    try forward(images, rows: rows, wanted: wanted, available: available, order: nil, visit: visit)
  }

  /// What each layer has cost since the network was made or ``resetTimings()``: element *i* is layer *i*.
  package var layerTimings: [LayerTimings.Layer] { (try? compute.perform { timings.layers }) ?? [] }

  /// Seconds of each layer's forward passes so far; element 0 is the copying of the input. For the cost model (paper, section 5.1).
  package var layerSeconds: [Double] { layerTimings.map(\.forwardSeconds) }

  /// Seconds so far of making the network for smaller passes and comparing its bits, which is done once.
  package var preparingSeconds: Double { (try? compute.perform { comparing }) ?? 0 }

  /// Sets ``layerTimings`` to zero.
  package func resetTimings() {
    try? compute.perform { timings = LayerTimings(layerCount: layers.count, imagesPerPass: remainders.imagesPerPass) }
  }

  private func check(through last: Int, wanted: Set<Int>) throws {
    for layer in wanted.sorted() + [last] where !layers.indices.contains(layer) {
      throw NetworkError.noSuchLayer(network: description.name, layer: layer, last: layers.count - 1)
    }
    precondition((wanted.max() ?? 0) <= last, "layer \(wanted.max() ?? 0) is wanted, but only layers through \(last) are computed")
  }

  /// The bound network that computes `count` images at the least cost, in as many passes as it takes.
  private func network(for count: Int, computing computed: [Int]) throws -> BoundNetwork {
    let stopwatch = Stopwatch()
    let network = try remainders.network(for: count, computing: computed, full: bound)
    comparing += stopwatch.seconds
    timings.count(inPassesOf: remainders.imagesPerPass)
    return network
  }

  /// - Parameter order: nil for that of the kernels.
  private func forward(
    _ images: any NetworkRows, rows: [Int], wanted: Set<Int>, available: AvailableLayers, order: MapOrder?,
    visit: (Range<Int>, Int, UnsafeBufferPointer<Float>, MapOrder) throws -> Void
  ) throws {
    let last = wanted.max() ?? 0
    try check(through: last, wanted: wanted)
    let taken = available.layers.subtracting(wanted)
    let needed = layers.needed(for: wanted.union([last]), stoppingAt: taken)
    if needed.contains(0), !taken.contains(0) { try images.requireFit(description) }
    let computed = needed.filter { !taken.contains($0) }
    for start in stride(from: 0, to: rows.count, by: batchSize) {
      let batch = start..<min(start + batchSize, rows.count)
      // One job per batch, so that others may use the thread in between.
      try compute.perform {
        let network = try network(for: batch.count, computing: computed)
        for start in stride(from: batch.lowerBound, to: batch.upperBound, by: network.batchSize) {
          let positions = start..<min(start + network.batchSize, batch.upperBound)
          for layer in needed where taken.contains(layer) { try take(layer, positions, of: available, into: network) }
          try run(network, count: positions.count, needed: computed, wanted: wanted, order: order) {
            network.fill(from: images, rows: rows[positions], normalization: description.normalization)
          } visit: {
            try visit(positions, $0, $1, $2)
          }
        }
      }
    }
  }

  /// Copies an available layer of one pass to where its readers find it.
  private func take(_ layer: Int, _ positions: Range<Int>, of available: AvailableLayers, into network: BoundNetwork) throws {
    let expected = positions.count * layers[layer].shape.columnCount
    func wrong(_ got: Int) -> NetworkError {
      .wrongActivations(
        network: description.name, layer: layer, images: positions.count, expectedValues: expected, gotValues: got)
    }
    var isTaken = false
    try available.read(layer, positions) { values in
      guard values.count == expected else { throw wrong(values.count) }
      try network.take(values, images: positions.count, asLayer: layer)
      isTaken = true
    }
    // Else the readers would see the pass before.
    guard isTaken else { throw wrong(0) }
  }

  /// Computes the layers `needed`, ascending, for one pass whose other layers are in place, and shows the wanted ones.
  private func run(
    _ network: BoundNetwork, count: Int, needed: [Int], wanted: Set<Int>, order: MapOrder?, fillInput: () -> Void,
    visit: (Int, UnsafeBufferPointer<Float>, MapOrder) throws -> Void
  ) throws {
    for index in needed {
      let stopwatch = Stopwatch()
      if index > 0 { try network.forward(layer: index) } else { fillInput() }
      timings[index].forwardSeconds += stopwatch.seconds
      timings[index].computedImages += network.batchSize
      timings[index].images += count
      guard wanted.contains(index) else { continue }
      let exportStopwatch = Stopwatch()
      let (values, given) =
        order == nil ? try network.activations(layer: index) : (try network.plainActivations(layer: index), .channelMajor)
      timings[index].exportSeconds += exportStopwatch.seconds
      try visit(index, UnsafeBufferPointer(rebasing: values[..<(count * layers[index].shape.columnCount)]), given)
    }
  }
}
