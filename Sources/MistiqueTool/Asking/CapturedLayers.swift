import Foundation
import Mistique

/// The layers of a captured model, as its specification lists them. The C interface writes it: `CaptureDescription`.
struct CapturedLayers: Decodable {
  struct Layer: Decodable {
    let name: String
    /// Whether its rows are numbered by themselves, as tokens are.
    let hasOwnRows: Bool
    /// Of one row; empty for a frame.
    let shape: [Int]?
    /// The name of the elements' type; `nil` for a frame.
    let type: String?
  }

  /// The format that this reads; the C interface raises it when the meaning of a field changes.
  private static let knownFormat = 1

  let format: Int
  let layers: [Layer]

  /// `nil` for the specification of a model that was not captured, and for an unknown format.
  init?(specification: String) {
    guard specification.utf8.first == UInt8(ascii: "{"),
      let captured = try? JSONDecoder().decode(Self.self, from: Data(specification.utf8)), captured.format == Self.knownFormat
    else { return nil }
    self = captured
  }

  func layer(_ name: String) -> Layer? { layers.first { $0.name.utf8.elementsEqual(name.utf8) } }
}

extension AskedStore {
  /// What a captured model says of a layer; `nil` for other models. The question itself reports a model that is not there.
  func capturedLayer(_ key: IntermediateKey) -> CapturedLayers.Layer? {
    guard let specification = try? store.specification(of: key.model) else { return nil }
    return CapturedLayers(specification: specification)?.layer(key.intermediate)
  }
}
