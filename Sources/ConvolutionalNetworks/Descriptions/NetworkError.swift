/// Why a network cannot be built or run.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
  /// The description has no layers.
  case noLayers(network: String)
  /// A dimension of the input is below 1.
  case emptyInput(network: String, shape: ActivationShape)
  /// The input has more than 2^32 values.
  case inputTooLarge(network: String, shape: ActivationShape)
  /// The normalization of the input has other numbers than one mean and one deviation above 0 for each channel.
  case wrongNormalization(network: String, channels: Int)
  /// Images are given to a network of as many values in another shape: its rows and channels would be others.
  case otherChannels(network: String, input: ActivationShape, rows: ActivationShape)
  /// A gradient is asked of a layer of a kind that has no backward pass here.
  case noGradient(layer: String)
  /// A layer that cannot follow from its input; layers count from 1.
  case impossibleLayer(network: String, layer: Int, input: ActivationShape, problem: LayerProblem)
  /// The batch is smaller than the smallest whose activations do not depend on its size.
  case batchTooSmall(Int, smallest: Int)
  /// The checkpoint lacks a tensor of the network.
  case missingTensor(network: String, tensor: String, available: [String])
  /// A tensor of the checkpoint has another shape than the network needs.
  case wrongTensorShape(network: String, tensor: String, expected: [Int], got: [Int])
  /// A layer was asked for that the network does not have; 0 to `last` are there.
  case noSuchLayer(network: String, layer: Int, last: Int)
  /// Images of another size or number than the network takes, in float32 values.
  case wrongInput(network: String, expectedValues: Int, gotValues: Int)
  /// A layer that a run was given in place of computing it has another number of float32 values than its images need.
  case wrongActivations(network: String, layer: Int, images: Int, expectedValues: Int, gotValues: Int)
  /// A label that is no class of the network.
  case wrongLabel(network: String, label: Int, classes: Int)
  /// The step of an adversarial image is not a number from 0 to 1.
  case wrongEpsilon(Double)
  /// oneDNN refused an operation, for the reason `status`.
  case library(operation: String, status: String)

  /// What happened, what was expected and what to do, in one line.
  public var description: String {
    switch self {
    case .noLayers(let network): return "network \(network) has no layers: describe at least one."
    case .emptyInput(let network, let shape): return "network \(network) has an empty input \(shape): every dimension must be at least 1."
    case .inputTooLarge(let network, let shape):
      return """
        network \(network) has the input \(shape), which is more than \(NetworkDescription.largestValueCount) values: check its dimensions.
        """
    case .wrongNormalization(let network, let channels):
      return """
        network \(network) has \(channels) channels: its normalization needs \(channels) means and \(channels) deviations, all of them finite and the \
        deviations above 0.
        """
    case .otherChannels(let network, let input, let rows):
      return """
        network \(network) reads \(input), and its input is images of \(rows): describe their shape as its input, with a flatten or a dense layer behind it.
        """
    case .noGradient(let layer):
      return """
        layer \(layer) can be run, but no gradient can be taken through it, so that it can be neither trained nor attacked: only convolutions \
        without dilation and groups, poolings, batch normalizations, sums, dense layers, relu, flatten, dropout and a last softmax have one. Train \
        the network elsewhere and give its weights, or freeze the layers up to it.
        """
    case .impossibleLayer(let network, let layer, let input, let problem):
      return "layer \(layer) of network \(network), whose input is \(input): \(problem)"
    case .batchTooSmall(let size, let smallest):
      return """
        a batch of \(size) images: inference needs at least \(smallest), because smaller batches use other \
        kernels, whose activations differ in the last bits. Shorter inputs are padded, so choose a larger batch size.
        """
    case .missingTensor(let network, let tensor, let available):
      return """
        network \(network) needs the tensor \(tensor); the checkpoint has \(available.joined(separator: ", ")). \
        Is it a checkpoint of another network?
        """
    case .wrongTensorShape(let network, let tensor, let expected, let got):
      return "tensor \(tensor) of network \(network) must have the shape \(expected), but has \(got). Is it of another network?"
    case .noSuchLayer(let network, let layer, let last):
      return "network \(network) has no layer \(layer): ask for 0 (the input) to \(last)."
    case .wrongInput(let network, let expected, let got):
      return "network \(network) expects \(expected) float32 values for these images, got \(got). Check the count and the input's shape."
    case .wrongActivations(let network, let layer, let images, let expected, let got):
      return """
        layer \(layer) of network \(network) was given for \(images) images with \(got) float32 values, but they need \(expected). \
        Is it of another network?
        """
    case .wrongLabel(let network, let label, let classes):
      return "network \(network) has \(classes) classes, but an image has the label \(label): ask for labels below \(classes)."
    case .wrongEpsilon(let epsilon):
      return "an adversarial step of \(epsilon): epsilon must be a number from 0 to 1, the whole range of a pixel."
    case .library(let operation, let status):
      return "oneDNN could not \(operation): \(status). If memory is short, use a smaller batch; else this is a defect of the program."
    }
  }
}
