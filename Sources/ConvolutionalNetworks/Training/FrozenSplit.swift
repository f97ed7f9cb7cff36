/// A network cut below its lowest trained layer: a frozen body, whose activations never change during a training, and a head.
///
/// Layer *i* of the head is layer *i* + ``offset`` of the whole network; the layers of the body keep their numbers.
package struct FrozenSplit {
  let body: NetworkDescription
  let head: NetworkDescription
  /// The layers of the body.
  package let offset: Int

  /// Nil if the network cannot be cut: it is no chain, its first layer is trained, or nothing is, or a layer below the lowest trained one drops values, so
  /// that its activations differ from step to step.
  ///
  /// A network whose layers read others could be cut where no layer above the cut reads one below it but the last.
  package init?(_ network: NetworkDescription) throws {
    let layers = try network.layers()
    guard let lowest = layers.firstIndex(where: \.isTrained), lowest > 1, network.layerDescriptions.allSatisfy({ $0.inputs == nil }) else {
      return nil
    }
    let frozen = network.layerDescriptions[..<(lowest - 1)]
    guard frozen.allSatisfy({ $0.dropoutRate == 0 }) else { return nil }
    offset = lowest - 1
    body = NetworkDescription(
      name: "\(network.name), frozen layers", input: network.input, normalization: network.normalization, layers: Array(frozen))
    head = NetworkDescription(
      name: "\(network.name), trained layers", input: layers[lowest - 1].shape, layers: Array(network.layerDescriptions[offset...]))
  }

  /// The head's tensors of a checkpoint of the whole network, under the head's numbers.
  func head(of whole: Checkpoint) -> Checkpoint {
    Checkpoint(
      whole.tensors.compactMap { tensor in
        guard let number = tensor.layerNumber, number > offset else { return nil }
        return tensor.renumbered(number - offset)
      })
  }

  /// A checkpoint of the whole network: `head`'s tensors under their numbers in it, all others as they are in `initial`.
  func whole(head: Checkpoint, initial: Checkpoint) -> Checkpoint {
    let frozen = initial.tensors.filter { tensor in tensor.layerNumber.map { $0 <= offset } ?? false }
    return Checkpoint(frozen + head.tensors.map { $0.renumbered($0.layerNumber! + offset) })
  }
}

extension Checkpoint.Tensor {
  /// 12 for `layer12.weights`; nil for a tensor of no layer.
  fileprivate var layerNumber: Int? {
    guard name.hasPrefix("layer"), let dot = name.firstIndex(of: ".") else { return nil }
    return Int(name[name.index(name.startIndex, offsetBy: 5)..<dot])
  }

  fileprivate func renumbered(_ number: Int) -> Self {
    Self(name: "layer\(number)" + name[name.firstIndex(of: ".")!...], shape: shape, values: values)
  }
}
