/// Why a layer cannot follow from its input.
public struct LayerProblem: Error, Equatable, CustomStringConvertible {
  enum Reason: Equatable {
    /// A number that must be at least 1: its name and its value.
    case size(String, Int)
    /// A padded convolution with an even kernel.
    case evenKernel(Int)
    /// A window of this size on smaller maps.
    case windowTooLarge(Int)
    /// A dropout rate outside [0, 1).
    case dropoutRate(Float)
    /// A softmax that is not the network's last layer.
    case softmaxBelow
    /// A softmax with dropout.
    case softmaxDropout
    /// The layer reads one that does not come before it.
    case noSuchInput(Int, last: Int)
    /// The layer reads another number of layers than its kind does.
    case inputCount(expected: String, got: Int)
    /// An input of a sum has another shape than its first input.
    case unequalInput(Int, shape: ActivationShape)
    /// More than 2^32 activations or weights: which of them, and the dimensions.
    case tooLarge(String, factors: [Int])
  }

  let reason: Reason

  init(_ reason: Reason) { self.reason = reason }

  /// What is wrong and what to do, in one line.
  public var description: String {
    switch reason {
    case .size(let what, let got): "\(what) must be at least 1, got \(got)."
    case .evenKernel(let kernel): "a padded convolution needs an odd kernel, got \(kernel). Use an odd one or valid padding."
    case .windowTooLarge(let size): "a window of \(size) x \(size) does not fit. Pool less before it or use a smaller window."
    case .dropoutRate(let rate): "a dropout rate must be at least 0 and below 1, got \(rate)."
    case .softmaxBelow: "a softmax must be the last layer, because the loss of a training includes it. Move it to the end."
    case .softmaxDropout: "a softmax has no dropout: it would drop classes from the loss. Put the dropout into an earlier layer."
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
