/// Why a network cannot be built or run; the description says which layer, what was expected and what to do.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
  public enum LayerProblem: Error, Equatable, Sendable {
    case size(String, Int)
    case evenKernel(Int)
    case windowTooLarge(Int)
    case dropoutRate(Float)
    /// The layer reads one that does not come before it.
    case noSuchInput(Int, last: Int)
    case inputCount(expected: String, got: Int)
    /// A sum's input has another shape than its first.
    case unequalInput(Int, shape: ActivationShape)
    /// More activations or weights than ``NetworkDescription/largestValueCount``.
    case tooLarge(String, factors: [Int])
  }

  case noLayers(network: String)
  case emptyInput(network: String, shape: ActivationShape)
  /// The input has more values than ``NetworkDescription/largestValueCount``.
  case inputTooLarge(network: String, shape: ActivationShape)
  case impossibleLayer(network: String, layer: Int, input: ActivationShape, problem: LayerProblem)
  /// The batch size is below ``InferenceNetwork/minimumBatchSize``.
  case batchTooSmall(Int, smallest: Int)
  /// The weights are not those of this network.
  case missingTensor(network: String, tensor: String, available: [String])
  case wrongTensorShape(network: String, tensor: String, expected: [Int], got: [Int])
  case noSuchLayer(network: String, layer: Int, last: Int)
  case wrongInput(network: String, expectedValues: Int, gotValues: Int)
  /// A label that is no class of the network.
  case wrongLabel(network: String, label: Int, classes: Int)
  /// The size of an adversarial step.
  case wrongEpsilon(Double)
  /// oneDNN refused an operation.
  case library(operation: String, status: String)

  public var description: String {
    switch self {
    case .noLayers(let network): return "network \(network) has no layers: describe at least one."
    case .emptyInput(let network, let shape): return "network \(network) has an empty input \(shape): every dimension must be at least 1."
    case .inputTooLarge(let network, let shape):
      return """
        network \(network) has the input \(shape), which is more than \(NetworkDescription.largestValueCount) values: check its dimensions.
        """
    case .impossibleLayer(let network, let layer, let input, let problem):
      return "layer \(layer) of network \(network), whose input is \(input): \(Self.text(problem))"
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
    case .wrongLabel(let network, let label, let classes):
      return "network \(network) has \(classes) classes, but an image has the label \(label): ask for labels below \(classes)."
    case .wrongEpsilon(let epsilon):
      return "an adversarial step of \(epsilon): epsilon must be a number from 0 to 1, the whole range of a pixel."
    case .library(let operation, let status):
      return "oneDNN could not \(operation): \(status). If memory is short, use a smaller batch; else this is a defect of the program."
    }
  }

  private static func text(_ problem: LayerProblem) -> String {
    switch problem {
    case .size(let what, let got): "\(what) must be at least 1, got \(got)."
    case .evenKernel(let kernel): "a padded convolution needs an odd kernel, got \(kernel). Use an odd one or valid padding."
    case .windowTooLarge(let size): "a window of \(size) x \(size) does not fit. Pool less before it or use a smaller window."
    case .dropoutRate(let rate): "a dropout rate must be at least 0 and below 1, got \(rate)."
    case .noSuchInput(let input, let last): "it cannot read layer \(input): a layer reads earlier ones, 0 (the network's input) to \(last)."
    case .inputCount(let expected, let got): "it must read \(expected), but \(got) are given. A sum reads two or more, the others one."
    case .tooLarge(let what, let factors):
      """
      it would have \(factors.map(String.init).joined(separator: " x ")) \(what), more than the \(NetworkDescription.largestValueCount) that are \
      possible. Check its numbers, or pool before it.
      """
    case .unequalInput(let input, let shape):
      "layer \(input), which it adds, has the shape \(shape). Bring it to the same shape first, as by a 1 x 1 convolution with a stride."
    }
  }
}
