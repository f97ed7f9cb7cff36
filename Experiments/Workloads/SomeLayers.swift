import ConvolutionalNetworks
import Mistique

/// A network of which a store keeps some layers only: what a table or a figure is about. Full layers of 50,000 images take sixty times the bytes of the
/// four that table 2 compares.
///
/// Stages of other layers stay in the graph and have no outputs. A re-run restores the whole network.
final class SomeLayers: ExecutableModel {
  static let kind = NetworkModel.kind
  let stages: [Stage]
  private let network: NetworkModel

  init(_ layers: Set<Int>, of network: NetworkModel) {
    self.network = network
    stages = network.stages.enumerated().map { layer, stage in
      Stage(name: stage.name, inputs: stage.inputs, outputs: layers.contains(layer) ? stage.outputs : [], reads: stage.reads)
    }
  }

  var specification: String { network.specification }
  func transformers() throws -> [StoredTransformer] { network.transformers() }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    try network.execute(request, emit: emit)
  }
}
