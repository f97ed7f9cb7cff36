/// Why the weights of a file do not fit a network.
public struct NetworkWeightsError: Error, Equatable, CustomStringConvertible {
  enum Problem: Equatable {
    /// `canLackBias`: it is a bias, and the file has the layer's weights.
    case missing(String, available: [String], hasModule: Bool, canLackBias: Bool)
    case wrongShape(String, expected: [Int], got: [Int])
    /// Of a layer normalization of whole examples: several layers have weights of that shape and compute different things.
    case onePerChannel(String, expected: [Int])
    case notFinite(String, place: Int, value: Float)
    case negativeVariance(String, place: Int, value: Float)
    /// The layer has no bias, but the file has one for it.
    case unwantedBias(String)
  }

  /// Kind and number, such as `convolution1`.
  let layer: String
  let origin: String
  let problem: Problem

  init(layer: String, origin: String, _ problem: Problem) { (self.layer, self.origin, self.problem) = (layer, origin, problem) }

  /// The layer, what is wrong, where, and what to do, in one line.
  public var description: String { "layer \(layer): \(message)" }

  private var message: String {
    switch problem {
    case .missing(let name, let available, let hasModule, let canLackBias):
      let remedy =
        canLackBias
        ? "Write bias: false if the layer has none."
        : hasModule
          ? "Write the path of the layer's module there, as named_modules() prints it."
          : "Write which module the layer is, as in module: conv1."
      return "\(origin) has no tensor \(name). \(remedy) It has \(SafetensorsError.list(available))."
    case .wrongShape(let name, let expected, let got):
      return "tensor \(name) of \(origin) has the shape \(got), and the layer needs \(expected). Correct the layer, or name its own module."
    case .onePerChannel(let name, let expected):
      return """
        tensor \(name) of \(origin) has one value for each of \(expected[0]) channels, and the layer needs \(expected). Write over: channels where the channels at \
        each place of the maps are normalised, as in ConvNeXt, or over: group where it is a GroupNorm of one group.
        """
    case .notFinite(let name, let place, let value):
      return "tensor \(name) of \(origin) has the value \(value) at place \(place). Export weights that are finite."
    case .negativeVariance(let name, let place, let value):
      return "tensor \(name) of \(origin) has the variance \(value) at place \(place), which no data have. Export the network again."
    case .unwantedBias(let name):
      return "\(origin) has \(name), but the layer says bias: false. Leave that out, or name the layer's own module."
    }
  }
}
