import Foundation
import Mistique

/// A network whose every value follows from a number: what a store must have of it is known without a run.
///
/// Layer 0 is the same for all numbers, as a frozen layer is; the others differ.
final class TortureModel: ExecutableModel {
  static let kind = "torture"
  static let rows = 600
  static let schema = IntermediateSchema.maps(channels: 24, height: 4, width: 4)
  static let layers = 3
  /// Of the ladders that some are logged under.
  static let bound = QuantizationScheme.ErrorBound.absolute(0.05)

  let number: Int
  let specification: String
  let stages = (0..<layers).map { Stage(name: "stage \($0)", inputs: $0 == 0 ? [] : [$0 - 1], outputs: ["layer\($0)"]) }

  init(_ number: Int) {
    self.number = number
    specification = "\(number)"
  }

  convenience init(restoring stored: StoredModel) throws {
    guard let number = Int(stored.specification) else {
      throw KillTorture.Failure(description: "\(stored.identity) came back as \"\(stored.specification)\"")
    }
    self.init(number)
  }

  static func identity(_ number: Int) -> ModelIdentity { ModelIdentity(project: "torture", name: "m\(number)") }

  func transformers() throws -> [StoredTransformer] { [StoredTransformer(name: "number", bytes: Array("\(number)".utf8))] }

  /// All values of a layer, row-major.
  func values(layer: Int) -> [Float] {
    var state = UInt64(layer == 0 ? 7 : number * 31 + layer)
    return (0..<Self.rows * Self.schema.columnCount).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return max(0, Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-31)
    }
  }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    for layer in 0..<Self.layers where request.intermediates.contains("layer\(layer)") {
      try values(layer: layer).withUnsafeBufferPointer {
        try emit("layer\(layer)", .maps($0, rowIDs: .first(Self.rows), schema: Self.schema))
      }
    }
    return (0..<Self.layers).map { StageMeasurement(stage: $0, seconds: 0.1) }
  }
}
