import ConvolutionalNetworks
import Diagnosis
import ExperimentKit
import Mistique

/// What the values that come out of a store of VGG16 keep of the exact ones: the neighbours of table 3 and the coefficients of table 2, at their layers.
struct KeptByVGG16 {
  let store: IntermediateStore
  /// One of the checkpoints.
  let model: ModelIdentity
  let context: RunContext
  let place: MeasurementTable.Parameters

  /// The share of the nearest neighbours that remain.
  static func overlap(_ layer: Int) -> String { "overlapAtLayer\(layer)" }

  /// How far the mean coefficient with the logits is from that of the exact values.
  static func gap(_ layer: Int, _ directions: Table2SVCCA.Directions) -> String {
    directions == .all ? "coefficientGapAtLayer\(layer)" : "cappedCoefficientGapAtLayer\(layer)"
  }

  static let gates =
    Table3KNN.layers.map {
      Gate(
        overlap($0), .within(0.05, reason: "trained weights differ in their last bits between kinds of processors, and so do activations"),
        better: .higher)
    } + Table2SVCCA.layers.flatMap { layer in Table2SVCCA.Directions.allCases.map { Gate(gap(layer, $0), .reported) } }

  /// The layers that something is measured of.
  static let layers = Set(Table2SVCCA.layers + Table3KNN.layers).sorted()

  /// Measures every layer.
  func record() throws {
    for layer in Self.layers {
      try context.checkCancelled()
      try record(layer: layer)
    }
  }

  /// Reads a layer and the logits as they are stored, and runs the network for the exact values.
  func record(layer: Int) throws {
    let stored = try matrices([layer, Table2SVCCA.logits], .read)
    let exact = try matrices([layer, Table2SVCCA.logits], .rerun)
    if Table3KNN.layers.contains(layer) {
      try context.record(Self.overlap(layer), Table3KNN.overlap(stored[0], exact[0]), unit: "1", at: place)
    }
    guard Table2SVCCA.layers.contains(layer) else { return }
    let (kept, whole) = (try Table2SVCCA.similarity(stored[0], stored[1]), try Table2SVCCA.similarity(exact[0], exact[1]))
    try context.record(Self.gap(layer, .all), abs(kept.whole.mean - whole.whole.mean), unit: "1", at: place)
    try context.record(Self.gap(layer, .capped), abs(kept.limited.mean - whole.limited.mean), unit: "1", at: place)
  }

  private func matrices(_ layers: [Int], _ plan: QueryPlan.Preference) throws -> [FloatMatrix] {
    let keys = layers.map { IntermediateKey(model: model, intermediate: NetworkModel.intermediate(ofLayer: $0)) }
    return try store.getIntermediates(keys, plan: plan) { Interruption.request != nil }.map { try $0.requiredMatrix() }
  }
}
