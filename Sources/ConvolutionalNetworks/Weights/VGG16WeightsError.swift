/// Why the weights of a file do not fit a network with VGG16's convolutions.
public struct VGG16WeightsError: Error, Equatable, CustomStringConvertible {
  enum Problem: Equatable {
    case otherNetwork(network: String, convolutions: Int, inputChannels: Int)
    /// `wanted` in the naming of which most was found.
    case missing(origin: String, wanted: [String], names: [String])
    /// Several tensors of the file could be the one of this name.
    case ambiguous(origin: String, wanted: String, names: [String])
    /// Both shapes in the layout of the file.
    case wrongShape(origin: String, name: String, expected: [Int], got: [Int])
    case notFinite(origin: String, name: String)
    /// A convolution that has no bias, by the number of its layer.
    case noBias(network: String, layer: Int)
    /// A network that takes values of this shape as they are, so that nobody knows what they are of pixels.
    case unknownInput(network: String, shape: ActivationShape)
  }

  let problem: Problem

  init(_ problem: Problem) { self.problem = problem }

  /// What happened, where, what was expected and what to do, in one line.
  public var description: String {
    switch problem {
    case .otherNetwork(let network, let convolutions, let channels):
      return """
        network \(network) has \(convolutions) convolutions on \(channels) input channels, VGG16 has 13 on 3: use \
        NetworkDescription.cifar10VGG16() or one of its form.
        """
    case .noBias(let network, let layer):
      return "layer \(layer) of network \(network) has no bias, and VGG16's convolutions have one each. Leave bias: false out."
    case .unknownInput(let network, let shape):
      return """
        network \(network) takes values of shape \(shape) as they are, and the weights were trained on images that were normalised in a way of their own. \
        Give the network a normalization, which the weights are then changed for, or pass input: .normalized for values that are normalised as theirs.
        """
    case .missing(let origin, let wanted, let names):
      return """
        \(origin) lacks \(wanted.joined(separator: ", ")). It has \(names.isEmpty ? "no tensors" : SafetensorsError.list(names)). \
        Use the weights of VGG16 (configuration D, without batch normalisation) under torchvision's or Keras's names.
        """
    case .ambiguous(let origin, let wanted, let names):
      return "\(origin) has several tensors for \(wanted): \(names.joined(separator: ", ")). Keep one of them in the file."
    case .wrongShape(let origin, let name, let expected, let got):
      let empty = got.contains(0) ? " Such a tensor has no values." : ""
      return "tensor \(name) of \(origin) has the shape \(got), the network needs \(expected).\(empty) Use a network of the file's widths."
    case .notFinite(let origin, let name):
      return "tensor \(name) of \(origin) has values that are infinite or not numbers. Download or export the file again."
    }
  }
}
