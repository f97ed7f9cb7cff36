import Mistique

/// A transformer that learns nothing: fitting does no work and its state is empty.
protocol StatelessTransformer: Transformer, FittedTransformer {}

extension StatelessTransformer {
  func fit(_ inputs: [StageInput]) throws -> any FittedTransformer { self }

  func restore(_ state: [UInt8]) throws -> any FittedTransformer {
    guard state.isEmpty else { throw FittedStateError.malformed("\(Self.signature.name) has no state, got \(state.count) bytes") }
    return self
  }

  var state: [UInt8] { [] }
}
