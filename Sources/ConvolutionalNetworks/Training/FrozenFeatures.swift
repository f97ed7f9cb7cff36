import Foundation

/// The activations below the lowest trained layer: computed once per image, and once for its mirrored form if the training mirrors,
/// instead of in every step.
///
/// They are kept in memory as float32: 4 x columns bytes per image and form. The 512 columns below the dense layers of a VGG16 are 2 KB,
/// 200 MB for 50,000 images in both forms. Above ``memoryCeiling`` nothing is kept and each batch is computed when its step comes, so
/// once per image and epoch. The bits do not depend on which of the two is done: an ``InferenceNetwork`` gives an image the same bits in
/// every batch.
///
/// Training through the whole graph gives the same up to rounding, not the same bits: oneDNN chooses its kernels by batch size and purpose.
/// After eight steps of Adam on CIFAR10_VGG16 no weight differed by more than 3e-5; on small networks 1e-6 holds.
final class FrozenFeatures {
  /// Bytes that the kept activations may take: 2 GiB.
  static let memoryCeiling = 2 << 30

  private let network: InferenceNetwork
  private let images: ImageSet
  private let mirrors: Bool
  /// Per image: its activations, then those of its mirrored form. Empty if nothing is kept.
  private var kept: [Float] = []

  var columns: Int { network.layers[network.layers.count - 1].shape.columnCount }

  init(_ split: FrozenSplit, weights: Checkpoint, images: ImageSet, mirrors: Bool, compute: ComputeThread) throws {
    network = try InferenceNetwork(split.body, weights: weights, compute: compute)
    self.images = images
    self.mirrors = mirrors
  }

  /// Bytes that keeping all activations takes.
  var keptBytes: Int { images.count * forms * columns * MemoryLayout<Float>.size }

  private var forms: Int { mirrors ? 2 : 1 }

  /// Computes and keeps all activations, unless they would take more than `ceiling` bytes.
  ///
  /// - Parameter progress: called with the images done, in all their forms, after each batch; it throws to stop.
  /// - Complexity: a forward pass of the frozen layers per image and form.
  func prepare(ceiling: Int = FrozenFeatures.memoryCeiling, progress: (_ images: Int) throws -> Void) throws {
    guard keptBytes <= ceiling else { return }
    var values = [Float](repeating: 0, count: images.count * forms * columns)
    for start in stride(from: 0, to: images.count, by: network.batchSize) {
      let rows = Array(start..<min(start + network.batchSize, images.count))
      for form in 0..<forms {
        let mirrored = Array(repeating: form == 1, count: rows.count)
        try compute(rows[...], mirrored: mirrored) { position, activations in
          let to = (rows[position] * forms + form) * columns
          for column in 0..<columns { values[to + column] = activations[column] }
        }
      }
      try progress(rows.last! + 1)
    }
    kept = values
  }

  /// Writes the activations of a batch, one image after the other.
  func fill(_ rows: ArraySlice<Int>, mirrored: [Bool], into buffer: UnsafeMutableBufferPointer<Float>) throws {
    precondition(buffer.count >= rows.count * columns, "the buffer is too small for \(rows.count) images")
    if kept.isEmpty {
      try compute(rows, mirrored: mirrored) { position, activations in
        for column in 0..<columns { buffer[position * columns + column] = activations[column] }
      }
    } else {
      kept.withUnsafeBufferPointer { kept in
        for (position, row) in rows.enumerated() {
          let from = (row * forms + (mirrored[position] ? 1 : 0)) * columns
          (buffer.baseAddress! + position * columns).update(from: kept.baseAddress! + from, count: columns)
        }
      }
    }
  }

  /// Shows the activations of some images, in order; `position` counts within `rows`.
  private func compute(
    _ rows: ArraySlice<Int>, mirrored: [Bool], visit: (_ position: Int, _ activations: UnsafeBufferPointer<Float>) -> Void
  ) throws {
    let last = network.layers.count - 1
    let size = ImageSet.pixelsPerImage
    var input = [Float](repeating: 0, count: min(rows.count, network.batchSize) * size)
    for start in stride(from: 0, to: rows.count, by: network.batchSize) {
      let count = min(network.batchSize, rows.count - start)
      let part = rows[(rows.startIndex + start)..<(rows.startIndex + start + count)]
      try input.withUnsafeMutableBufferPointer { input in
        images.write(rows: part, normalization: network.description.normalization, into: input)
        for position in 0..<count where mirrored[start + position] { ImageSet.mirror(input.baseAddress! + position * size) }
        let batch = UnsafeBufferPointer(rebasing: input[..<(count * size)])
        try network.forward(batch, count: count, through: last, wanted: [last]) { _, values in
          for position in 0..<count {
            visit(start + position, UnsafeBufferPointer(rebasing: values[(position * columns)..<((position + 1) * columns)]))
          }
        }
      }
    }
  }
}
