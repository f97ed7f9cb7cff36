import ConvolutionalNetworks
import Diagnosis
import Mistique

/// The paper's eight queries of networks (section 5, DNN) on one layer of CIFAR10_VGG16.
///
/// What the paper leaves open is chosen so:
/// - Neuron 35 and image 345 are taken modulo the layer's channels and the number of images. ROW_DIFF is of image 51, which the paper names for KNN.
/// - COL_DIFF compares the networks' predictions at the logits, and elsewhere the mean activation of the neuron, in standard deviations, with that of the
///   same neuron in the layer of CIFAR10_CNN that lies as deep, after ReLU as in VGG16: images count that differ by more than one.
/// - COL_DIST needs to know which images are predicted cats. At the logits they are found on the way; elsewhere they are known from an earlier question.
/// - KNN finds ten images by their distance in the layer, and then fetches the logits of these.
/// - ROW_DIFF compares an image with the adversarial one made from it by the fast gradient sign method, logged as a model of its own.
/// - SVCCA compares the layer with the logits, and the logits with those of CIFAR10_CNN.
struct NetworkQueries {
  /// Figures 5b, 5c and 5d.
  static let layers = [21, 11, 1]
  static let logits = 21
  static let lastConvolution = 17
  static let neuron = 35
  static let cat = 3

  /// The models that are queried.
  struct Models {
    let vgg16, adversarial, cnn: ModelIdentity
    /// Channels of each network's layers, the input's first.
    let channels, cnnChannels: [Int]
    let compared: ComparedLayers

    func key(_ model: ModelIdentity, layer: Int, _ column: String = "*") -> IntermediateKey {
      IntermediateKey(model: model, intermediate: NetworkModel.intermediate(ofLayer: layer), column: column)
    }

    /// The layer of CIFAR10_CNN that lies as deep: its logits, its last convolution's activation, its first's.
    func cnnLayer(besides layer: Int) -> Int {
      layer == NetworkQueries.logits ? compared.logits : layer > 1 ? compared.last : compared.first
    }
  }

  /// The layers of CIFAR10_CNN with which those of CIFAR10_VGG16 are compared.
  struct ComparedLayers: Equatable {
    /// The activations of the first and of the last convolution, after ReLU.
    let first, last: Int
    let logits: Int

    init(_ network: NetworkDescription) throws {
      let layers = try network.layers()
      let convolutions = layers.filter { $0.description?.kindName == "convolution" }
      func activation(_ convolution: NetworkDescription.Layer?) -> Int? {
        guard let convolution else { return nil }
        return layers.first { $0.appliesReLU && ($0.index == convolution.index || $0.inputs.contains(convolution.index)) }?.index
      }
      guard let first = activation(convolutions.first), let last = activation(convolutions.last) else {
        throw UnexpectedIntermediate(intermediate: network.name, need: "a network of convolutions with ReLU")
      }
      (self.first, self.last, logits) = (first, last, layers.logits)
    }
  }

  let models: Models
  /// Classes of the images, as they are and as CIFAR10_VGG16 predicts them.
  let labels: [Int]
  let predictions: [Int]

  /// The class of COL_DIST: cats, or the class that is predicted most often where nothing is predicted a cat, as may happen after little training.
  var shownClass: Int {
    if predictions.contains(Self.cat) { return Self.cat }
    return (0..<ImageSet.classes).max { one, other in
      predictions.count { $0 == one } < predictions.count { $0 == other }
    } ?? Self.cat
  }

  func row(_ image: Int) -> Int64 { Int64(image % labels.count) }

  func neuron(_ layer: Int) -> IntermediateKey {
    models.key(models.vgg16, layer: layer, "n\(Self.neuron % models.channels[layer])")
  }

  static func target(_ layer: Int) -> String { "layer \(layer)" }

  /// The eight, in the paper's order.
  func all(on layer: Int) -> [DiagnosticQuery] { fewColumns(on: layer) + manyColumns(on: layer) }

  /// Questions at the layers that the paper names for them (section 5), beside its figure's three: POINTQ at 4, TOPK at 13, ROW_DIFF at 6, SVCCA at the
  /// last convolution and VIS at 5.
  func ofThePaper() -> [DiagnosticQuery] {
    [activationMap(on: 4), mostExcited(on: 13), rowDifference(on: 6), representations(on: Self.lastConvolution), classMeans(on: 5)]
  }
}
