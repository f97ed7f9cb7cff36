import Foundation
import Mistique

extension SchemeStores {
  /// The store of a scheme, opened anew without a way to re-run VGG16: every answer is made of stored bytes alone.
  func readOnly(_ scheme: NamedScheme) throws -> IntermediateStore {
    let filled = try store(scheme)
    try filled.close()
    return try IntermediateStore(at: filled.directory)
  }
}

extension NamedScheme {
  /// One threshold for each neuron, as Netdissect has it; `threshold` has one for the whole layer.
  static let thresholdPerNeuron = NamedScheme(name: "THRESHOLD-per-neuron", scheme: .threshold(0.995, per: .channel))
}
