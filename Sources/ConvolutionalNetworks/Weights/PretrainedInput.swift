/// The input that published weights were trained on. Loading them changes the first convolution so that it takes the network's normalisation.
///
/// Both inputs are a scale and a shift per channel of the same pixels, p' = scale * p + shift, so that the convolution can absorb them:
///
///     weights'[o, c, ...] = weights[o, c, ...] * scale[c]
///     bias'[o]            = bias[o] + sum over c and kernel of weights[o, c, ...] * shift[c]
///
/// The shift is exact only where the kernel lies on the image. Beyond its border a padded convolution reads 0: the mean colour of the
/// images it was trained on, but of ours after folding. A tap beyond the border then contributes weights * shift, which the original does not;
/// between torchvision's constants and CIFAR-10's the shift is 0.03, 0.12 and 0.18 standard deviations of red, green and blue. This affects the
/// outermost pixels of the first convolution, and the layers above as far as they see these.
public enum PretrainedInput: Sendable, Hashable, CaseIterable {
  /// The input of this target's networks: nothing is changed.
  case normalized
  /// (pixel / 255 - mean) / deviation with ImageNet's constants: torchvision.
  case torchvision
  /// Channels blue, green, red; pixel - mean, in 0...255: Keras's `preprocess_input`, from Caffe.
  case caffe

  /// Per channel red, green, blue: scale and shift that make this input of the network's. Derived from the bytes of a pixel in float64.
  func changes(from own: InputNormalization) -> [(scale: Double, shift: Double)] {
    (0..<3).map { channel in
      let mean = Double(own.mean[channel])
      let deviation = Double(own.deviation[channel])
      switch self {
      case .normalized: return (1, 0)
      case .torchvision:
        let theirs = [(0.485, 0.229), (0.456, 0.224), (0.406, 0.225)][channel]
        return (deviation / theirs.1, (mean - theirs.0) / theirs.1)
      case .caffe: return (255 * deviation, 255 * mean - [123.68, 116.779, 103.939][channel])
      }
    }
  }

  /// A first convolution of 3 input channels for an input that is normalised as `own` says; computed in float64 and rounded once.
  func folded(weights: Checkpoint.Tensor, bias: Checkpoint.Tensor, for own: InputNormalization) -> [Checkpoint.Tensor] {
    precondition(weights.shape.count == 4 && weights.shape[1] == 3, "a convolution of shape \(weights.shape) has not 3 input channels")
    guard self != .normalized else { return [weights, bias] }
    let area = weights.shape[2] * weights.shape[3]
    let changes = changes(from: own)
    var scaled = weights.values
    var shifted = bias.values
    for output in 0..<weights.shape[0] {
      var sum = Double(bias.values[output])
      for channel in 0..<3 {
        let from = self == .caffe ? 2 - channel : channel
        for tap in 0..<area {
          let weight = Double(weights.values[(output * 3 + from) * area + tap])
          scaled[(output * 3 + channel) * area + tap] = Float(weight * changes[channel].scale)
          sum += weight * changes[channel].shift
        }
      }
      shifted[output] = Float(sum)
    }
    return [
      .init(name: weights.name, shape: weights.shape, values: scaled), .init(name: bias.name, shape: bias.shape, values: shifted),
    ]
  }
}
