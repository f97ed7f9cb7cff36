import ArrayFiles
import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// One layer's values for every image, in memory: what the benchmarks store and read back.
struct LayerArray {
  let name: String
  let schema: IntermediateSchema
  let matrix: FloatMatrix

  var rows: Int { matrix.rows }
  var rawBytes: Int { matrix.rows * matrix.columns * 4 }

  /// The layers of a network at a checkpoint, the last if none is named, for the images that the workload logs or the first `limit` of them; without
  /// those that repeat another layer's values, which a store keeps once.
  static func layers(of workload: ImageWorkload, atMost limit: Int = .max, checkpoint: Int? = nil) throws -> [LayerArray] {
    var layers: [LayerArray] = []
    try forEachLayer(of: workload, atMost: limit, checkpoint: checkpoint) { layers.append($0) }
    return layers
  }

  /// Calls `body` with one layer after the other, as `layers` returns them: no more than one is in memory.
  static func forEachLayer(
    of workload: ImageWorkload, atMost limit: Int = .max, checkpoint: Int? = nil, _ body: (LayerArray) throws -> Void
  ) throws {
    let images = min(limit, workload.input.images.count)
    let input = NetworkInput(workload.input.images[0..<images])
    let weights = checkpoint.map { workload.run.snapshots[$0].checkpoint } ?? workload.run.final
    let model = try NetworkModel(workload.description, checkpoint: weights, input: input)
    for layer in model.network.layers where !layer.repeatsItsInput {
      let shape = layer.shape
      let matrix = try FloatMatrix(rows: images, columns: shape.columnCount) { target in
        let rows = Array(0..<images)
        try model.network.forward(input.images, rows: rows, wanted: [layer.index]) { positions, _, values in
          let start = target.baseAddress! + positions.lowerBound * shape.columnCount
          start.update(from: values.baseAddress!, count: values.count)
        }
      }
      try body(
        LayerArray(
          name: "layer\(layer.index)", schema: .maps(channels: shape.channels, height: shape.height, width: shape.width), matrix: matrix))
    }
  }

  /// Writes the array as NumPy's `.npy`: float32, C order, (rows, channels, height, width), or (rows, units) for a dense layer.
  func writeNumPy(to folder: URL) throws {
    guard case .maps(let channels, let height, let width) = schema else { return }
    let shape = height * width == 1 ? [rows, channels] : [rows, channels, height, width]
    var writer = try NPYWriter(folder.appendingPathComponent("\(name).npy"), type: "<f4", shape: shape)
    try matrix.withValues { try writer.write(UnsafeRawBufferPointer($0)) }
    try writer.commit()
  }
}
