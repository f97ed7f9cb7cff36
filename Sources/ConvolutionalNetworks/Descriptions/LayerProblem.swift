/// Why a layer cannot follow from its input.
public struct LayerProblem: Error, Equatable, CustomStringConvertible {
  enum Reason: Equatable {
    /// A number that must be at least 1: its name and its value.
    case size(String, Int)
    /// A number that must be at most ``NetworkDescription/largestReach``: its name and its value.
    case tooFar(String, Int)
    /// A convolution with padding `same` and an even kernel, and how far its windows reach.
    case evenKernel(Extent, reach: Extent)
    /// A window that reaches over so many rows and columns, on smaller maps.
    case windowTooLarge(Extent)
    /// A number that must be 0 to ``NetworkDescription/largestReach``: its name and its value.
    case outside(String, Int)
    /// Groups that do not divide both the maps that are read and those that are emitted.
    case groups(Int, input: Int, output: Int)
    /// A pooling whose padding is as large as its window.
    case poolingPadding(Sides, window: Extent)
    /// A number that is not finite or not above 0: its name and its value.
    case notPositive(String, Float)
    /// An input of a concatenation has maps of another size than its first input.
    case unequalMaps(Int, shape: ActivationShape)
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
    case .tooFar(let what, let got): "\(what) must be at most \(NetworkDescription.largestReach), got \(got)."
    case .evenKernel(let kernel, let reach):
      // One more behind than before where they cannot be equal, as in PyTorch.
      """
      a convolution with padding same needs an odd kernel, got \(kernel.rows) x \(kernel.columns). Use an odd one, valid padding, or the padding of each \
      side: what PyTorch pads for 'same' at stride 1 is [\((reach.rows - 1) / 2), \(reach.rows / 2), \((reach.columns - 1) / 2), \(reach.columns / 2)]: top, \
      bottom, left, right.
      """
    case .windowTooLarge(let size):
      "a window of \(size.rows) x \(size.columns) does not fit. Pool less before it, pad it or use a smaller window."
    case .outside(let what, let got): "\(what) must be 0 to \(NetworkDescription.largestReach), got \(got)."
    case .groups(let groups, let input, let output):
      "\(groups) groups do not divide the \(input) maps that it reads and the \(output) that it emits. Use a common divisor of both."
    case .poolingPadding(let sides, let window):
      """
      a padding of \(sides.all) for windows of \(window.rows) x \(window.columns): a window could lie on nothing but padding. Pad by less \
      than a window.
      """
    case .notPositive(let what, let got): "\(what) must be a number above 0, got \(got)."
    case .unequalMaps(let input, let shape):
      "layer \(input), which it concatenates, has the shape \(shape). Bring its maps to the same height and width first, as by a pooling."
    case .dropoutRate(let rate): "a dropout rate must be at least 0 and below 1, got \(rate)."
    case .softmaxBelow: "a softmax must be the last layer, because the loss of a training includes it. Move it to the end."
    case .softmaxDropout: "a softmax has no dropout: it would drop classes from the loss. Put the dropout into an earlier layer."
    case .noSuchInput(let input, let last): "it cannot read layer \(input): a layer reads earlier ones, 0 (the network's input) to \(last)."
    case .inputCount(let expected, let got):
      "it must read \(expected), but \(got) are given. A sum and a concatenation read two or more, the others one."
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
