import Foundation
import Mistique

/// What a captured model keeps of itself beside its values: its specification in the store, as JSON.
struct CaptureDescription: Codable, Sendable, Equatable {
  /// Raised when the meaning of a field changes.
  static let currentFormat = 1

  var format = Self.currentFormat
  /// In the order in which the model emitted them first.
  var layers: [LayerDescription]
  /// The caller's own, as it was given.
  var note: String?
  /// Tells this capture from another one that gets the model's name once it is deleted; nil in models of before it was kept.
  var capture: String?

  /// The description in a model's specification; `nil` for a model that was not captured.
  init?(specification: String) {
    // Most other specifications are YAML, which need not be parsed to be told from this.
    guard specification.utf8.first == UInt8(ascii: "{"),
      let description = try? JSONDecoder().decode(Self.self, from: Data(specification.utf8)), description.format == Self.currentFormat
    else { return nil }
    self = description
  }

  init(layers: [LayerDescription], note: String?) {
    self.layers = layers
    self.note = note
    capture = UUID().uuidString
  }

  /// ``capture`` as a number; 0 where it was not kept.
  var mark: UInt64 {
    guard let capture else { return 0 }
    // FNV-1a.
    return capture.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  func specification() throws -> String { try JSONText.encode(self) }

  func layer(_ name: String) -> LayerDescription? { layers.first { $0.name.utf8.elementsEqual(name.utf8) } }
}

/// A layer of a captured model, or a frame.
struct LayerDescription: Codable, Sendable, Equatable {
  enum Kind: String, Codable {
    case maps
    case frame
  }

  let name: String
  let kind: Kind
  /// Of one row; empty for a frame.
  let shape: [Int]
  /// The name of the elements' type; `nil` for a frame, whose columns know theirs.
  let type: String?
  /// Whether its rows are its own, such as tokens, and not those of the capture.
  let hasOwnRows: Bool

  /// What the engine keeps it as; `nil` for a frame.
  var schema: IntermediateSchema? { kind == .maps ? StridedArray.schema(ofRow: shape) : nil }
  var element: ArrayElement? { type.flatMap(ArrayElement.init(name:)) }
}
