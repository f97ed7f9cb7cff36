import Foundation
import Testing

@testable import ConvolutionalNetworks

/// Which tensors of a file become the 13 convolutions, under every common name, and what is said if they cannot.
struct VGG16WeightsTests {
  private func file(_ tensors: [Checkpoint.Tensor]) throws -> SafetensorsFile {
    try SafetensorsFile(Checkpoint(tensors).safetensors(), origin: "weights.safetensors")
  }

  private let network = NarrowVGG16.network

  private func read(_ tensors: [Checkpoint.Tensor], _ input: PretrainedInput? = .normalized) throws -> Checkpoint {
    try Checkpoint.vgg16Convolutions(in: try file(tensors), for: network, input: input)
  }

  private func message(_ tensors: [Checkpoint.Tensor], for other: NetworkDescription? = nil) throws -> String {
    let file = try file(tensors)
    do {
      _ = try Checkpoint.vgg16Convolutions(in: file, for: other ?? network)
      return "none"
    } catch { return "\(error)" }
  }

  @Test(
    "A convolution is found under each common name",
    arguments: [
      ("features.0.weight", "features.0.bias", VGG16Naming.torchvision), ("model.features.0.weight", "model.features.0.bias", .torchvision),
      ("module.backbone.features.0.weight", "module.backbone.features.0.bias", .torchvision),
      ("block1_conv1/kernel:0", "block1_conv1/bias:0", .keras), ("block1_conv1/kernel", "block1_conv1/bias", .keras),
      ("block1_conv1.kernel", "block1_conv1.bias", .keras), ("vgg16/block1_conv1/kernel:0", "vgg16/block1_conv1/bias:0", .keras),
      ("block1_conv1/block1_conv1/kernel:0", "block1_conv1/block1_conv1/bias:0", .keras),
      ("block1_conv1/block1_conv1_W_1:0", "block1_conv1/block1_conv1_b_1:0", .keras),
    ])
  func commonNames(weights: String, bias: String, naming: VGG16Naming) throws {
    let plain = NarrowVGG16.tensors(naming)
    let from = naming == .torchvision ? "features.0." : "block1_conv1"
    let renamed = plain.map { tensor in
      let number = VGG16Naming.allCases.flatMap { _ in 0..<13 }.first { number in
        naming.matches(tensor.name, .weights, of: number) || naming.matches(tensor.name, .bias, of: number)
      }!
      let isWeights = naming.matches(tensor.name, .weights, of: number)
      let first = isWeights ? weights : bias
      let to = naming.name(.weights, of: number).split(separator: naming == .torchvision ? "w" : "/")[0]
      return Checkpoint.Tensor(name: first.replacingOccurrences(of: from, with: to), shape: tensor.shape, values: tensor.values)
    }
    #expect(renamed[0].name == weights && renamed[1].name == bias)
    #expect(try read(renamed) == NarrowVGG16.checkpoint)
  }

  @Test("Both namings of one network give one checkpoint")
  func bothNamings() throws {
    #expect(try read(NarrowVGG16.tensors(.torchvision)) == NarrowVGG16.checkpoint)
    #expect(try read(NarrowVGG16.tensors(.keras)) == NarrowVGG16.checkpoint)
    try NarrowVGG16.checkpoint.validate(
      for: NetworkDescription(name: "body", input: network.input, layers: Array(network.layerDescriptions[..<18])))
  }

  @Test("A network whose input is unknown, and one without a bias, are errors; a normalisation makes it known")
  func otherInputs() throws {
    let tensors = NarrowVGG16.tensors(.torchvision)
    var layers = network.layerDescriptions
    var large = NetworkDescription(name: "large", input: ActivationShape(channels: 3, height: 64, width: 64), layers: layers)
    #expect(try message(tensors, for: large).contains("takes values of shape (3, 64, 64) as they are"))
    #expect(try Checkpoint.vgg16Convolutions(in: file(tensors), for: large, input: .normalized) == NarrowVGG16.checkpoint)
    large.normalization = InputNormalization(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
    // ImageNet's own: nothing is changed but by rounding.
    let folded = try Checkpoint.vgg16Convolutions(in: file(tensors), for: large)
    for (tensor, other) in zip(folded.tensors, NarrowVGG16.checkpoint.tensors) {
      #expect(zip(tensor.values, other.values).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) }, "\(tensor.name)")
    }
    var bare = LayerDescription.Convolution(channels: 2)
    bare.hasBias = false
    layers[1] = LayerDescription(.convolution(bare))
    #expect(
      try message(tensors, for: NetworkDescription(name: "bare", input: network.input, layers: layers)).contains(
        "layer 2 of network bare has no bias"))
  }

  @Test("The names decide the input unless it is given")
  func inputByName() throws {
    #expect(try read(NarrowVGG16.tensors(.torchvision), nil) == read(NarrowVGG16.tensors(.keras), .torchvision))
    #expect(try read(NarrowVGG16.tensors(.keras), nil) == read(NarrowVGG16.tensors(.torchvision), .caffe))
    #expect(try read(NarrowVGG16.tensors(.keras), nil) != read(NarrowVGG16.tensors(.keras), .torchvision))
    let changed = try read(NarrowVGG16.tensors(.keras), nil)
    #expect(Checkpoint(Array(changed.tensors[2...])) == Checkpoint(Array(NarrowVGG16.checkpoint.tensors[2...])))
  }

  @Test("What is missing is named, with what is there")
  func missing() throws {
    let tensors = NarrowVGG16.tensors(.keras)
    let some = try message(tensors.filter { !["block3_conv2/kernel", "block5_conv3/bias"].contains($0.name) })
    #expect(some.hasPrefix("weights.safetensors lacks block3_conv2/kernel, block5_conv3/bias. It has block1_conv1/kernel, "))
    #expect(some.contains("torchvision's or Keras's names"))
    let none = try message([.init(name: "conv.weight", shape: [1], values: [1])])
    #expect(none.contains("lacks features.0.weight, features.0.bias, ") && none.contains("It has conv.weight."))
    #expect(try message([]).contains("It has no tensors."))
  }

  @Test("Two tensors for one place are refused")
  func ambiguous() throws {
    var tensors = NarrowVGG16.tensors(.torchvision)
    tensors.append(.init(name: "ema.features.5.bias", shape: [4], values: [0, 0, 0, 0]))
    let text = try message(tensors)
    #expect(text.contains("several tensors for features.5.bias: features.5.bias, ema.features.5.bias"))
  }

  @Test("Another width or an infinite weight is refused")
  func unfit() throws {
    var wide = network
    wide.layerDescriptions[0] = .convolution(3)
    #expect(
      try message(NarrowVGG16.tensors(.torchvision), for: wide).contains(
        "features.0.weight of weights.safetensors has the shape [2, 3, 3, 3], the network needs [3, 3, 3, 3]"))
    #expect(
      try message(NarrowVGG16.tensors(.keras), for: wide).contains(
        "block1_conv1/kernel of weights.safetensors has the shape [3, 3, 3, 2], the network needs [3, 3, 3, 3]"))
    var tensors = NarrowVGG16.tensors(.torchvision)
    tensors[3] = .init(name: tensors[3].name, shape: [2], values: [1, .nan])
    #expect(try message(tensors).contains("features.2.bias"))
  }

  @Test("A network with other convolutions is refused")
  func otherNetwork() throws {
    #expect(try message(NarrowVGG16.tensors(.torchvision), for: .small).contains("network small has 2 convolutions on 3 input channels"))
  }
}
