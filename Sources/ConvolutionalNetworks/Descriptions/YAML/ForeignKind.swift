/// What there is here in place of a layer that other programs have.
enum ForeignKind {
  /// What to write instead, for a name as PyTorch, Keras or a reader may write it.
  static func instead(of name: String) -> String {
    let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
    if let (_, instead) = known.first(where: { $0.names.contains(plain) }) { return instead }
    return other
  }

  private static let other =
    "Run a layer of another kind where it is, and capture what it emits with the Python package mistique, or import it: mistique import"

  private static let known: [(names: Set<String>, instead: String)] = [
    (["conv", "conv2d", "depthwiseconv2d"], "Write convolution; depthwise with groups"),
    (
      ["conv1d", "maxpool1d", "avgpool1d"],
      "Write it over maps of one row: input [channels, 1, length], and a kernel or size of [1, n]"
    ),
    (["linear", "fc", "fullyconnected", "affine"], "Write dense"),
    (["batchnorm", "batchnorm1d", "batchnorm2d", "bn"], "Write batchNormalization"),
    (["layernorm", "ln"], "Write layerNormalization, with over: channels where the channels at each place of the maps are normalised"),
    (["layernorm2d"], "Write layerNormalization with over: channels"),
    (
      ["groupnorm", "instancenorm", "instancenorm2d"],
      "layerNormalization with over: group is a group normalization with one group; others are not there. \(other)"
    ),
    (["maxpool2d", "maxpooling2d"], "Write maxPool"),
    (["avgpool", "avgpool2d", "averagepooling2d"], "Write averagePool"),
    (["adaptiveavgpool2d", "globalaveragepooling2d", "gap", "adaptiveaveragepool"], "Write globalAveragePool"),
    (["adaptivemaxpool2d", "globalmaxpooling2d"], "Write globalMaxPool"),
    (["concat", "cat"], "Write concatenate"),
    (["sum", "plus", "residual"], "Write add"),
    (
      ["identity", "lambdalayer", "optiona", "pad", "subsample"],
      "Write shortcut, which takes every stride-th row and column and adds maps of zeros"
    ),
    (["swish", "hardswish"], "Write silu, which is swish; hard-swish is not there. \(other)"),
    (["logistic"], "Write sigmoid"),
    (["elu", "prelu", "relu6", "selu", "mish"], "There are relu, leakyRelu, gelu, silu, sigmoid and tanh. \(other)"),
  ]
}
