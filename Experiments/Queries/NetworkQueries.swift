import ConvolutionalNetworks
import Diagnosis
import Mistique

/// POINTQ, TOPK, COL_DIST and VIS of a layer of CIFAR10_CNN. Where the paper names neuron 35 of VGG16, the neuron is taken modulo the
/// layer's channels.
struct NetworkQueries {
  /// The queried layers: first, middle and last, to compare with the paper's 1, 11 and 21.
  static let layers = [1, 5, 8]
  static let neuron = 35
  static let image: Int64 = 17

  let model: ModelIdentity
  let layer: Int
  let channels: Int
  let labels: [UInt8]

  private var target: String { "layer \(layer)" }

  private func key(_ column: String) -> IntermediateKey {
    IntermediateKey(model: model, intermediate: NetworkModel.intermediate(ofLayer: layer), column: column)
  }

  private var map: IntermediateKey { key("n\(Self.neuron % channels)") }

  func all() -> [DiagnosticQuery] {
    let labels = labels.map(Int.init)
    return [
      // Activation map of neuron 35, one image.
      DiagnosticQuery(name: "POINTQ", target: target, keys: [map], rows: .ids([Self.image])) { results in
        let matrix = try results[0].requiredMatrix()
        return matrix.row(0).map(Double.init)
      },
      // Ten images that most excite neuron 35.
      DiagnosticQuery(name: "TOPK", target: target, keys: [map], rows: .all) { results in
        let matrix = try results[0].requiredMatrix()
        let excitement = matrix.withValues { MapReduction.maxima($0, columns: matrix.columns) }
        return TopK.largest(10, of: excitement).map(Double.init)
      },
      // How the neuron's activation is distributed over the examples.
      DiagnosticQuery(name: "COL_DIST", target: target, keys: [map], rows: .all) { results in
        let matrix = try results[0].requiredMatrix()
        let means = matrix.withValues { MapReduction.means($0, columns: matrix.columns) }
        return Distribution(means).map { $0.histogram.map(Double.init) } ?? []
      },
      // Mean activation of every value of the layer, per class.
      DiagnosticQuery(name: "VIS", target: target, keys: [key("*")], rows: .all) { results in
        let matrix = try results[0].requiredMatrix()
        return matrix.withValues { GroupMeans.of($0, columns: matrix.columns, groups: labels, groupCount: 10) }
      },
    ]
  }
}
