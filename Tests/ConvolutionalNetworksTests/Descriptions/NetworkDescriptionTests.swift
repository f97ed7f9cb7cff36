import Foundation
import Testing

@testable import ConvolutionalNetworks

struct NetworkDescriptionTests {
  /// What `model.summary()` prints for examples/cifar10_cnn.py of Keras 2: layers, shapes and parameters.
  @Test("The Keras network is the Keras example, layer for layer")
  func kerasLayers() throws {
    let layers = try NetworkDescription.cifar10CNN().layers()
    #expect(
      layers.dropFirst().map { "\($0.name) \($0.shape) \($0.parameterCount)" } == [
        "convolution1 (32, 32, 32) 896", "relu2 (32, 32, 32) 0", "convolution3 (32, 30, 30) 9248", "relu4 (32, 30, 30) 0",
        "maxPool5 (32, 15, 15) 0", "dropout6 (32, 15, 15) 0", "convolution7 (64, 15, 15) 18496", "relu8 (64, 15, 15) 0",
        "convolution9 (64, 13, 13) 36928", "relu10 (64, 13, 13) 0", "maxPool11 (64, 6, 6) 0", "dropout12 (64, 6, 6) 0",
        "flatten13 (2304, 1, 1) 0", "dense14 (512, 1, 1) 1180160", "relu15 (512, 1, 1) 0", "dropout16 (512, 1, 1) 0",
        "dense17 (10, 1, 1) 5130", "softmax18 (10, 1, 1) 0",
      ])
    #expect(layers.reduce(0) { $0 + $1.parameterCount } == 1_250_858)
    #expect(layers.logits == 17)
    #expect(layers.filter(\.repeatsItsInput).map(\.index) == [6, 12, 13, 16])
    #expect(layers.map { $0.description?.dropoutRate ?? 0 }.filter { $0 > 0 } == [0.25, 0.25, 0.5])
  }

  @Test("Layers between convolutions cost what they compute")
  func kerasOperations() throws {
    let layers = try NetworkDescription.cifar10CNN().layers()
    #expect(layers[3].flopsPerImage == 2 * 32 * 9 * 32 * 900)
    #expect(layers[14].flopsPerImage == 2 * 2_304 * 512)
    #expect([2, 6, 13, 18].map { layers[$0].flopsPerImage } == [32 * 1_024, 0, 0, 50])
    let fused = NetworkDescription.fusedCNN
    let separate = try NetworkDescription.cifar10CNN().flopsPerImage(through: 17)
    #expect(try separate - fused.flopsPerImage(through: 9) == Double(32 * 1_024 + 32 * 900 + 64 * 225 + 64 * 169 + 512))
  }

  @Test("A description survives JSON")
  func json() throws {
    var network = NetworkDescription.small
    network.layerDescriptions[0] = network.layerDescriptions[0].frozen()
    let copy = try JSONDecoder().decode(NetworkDescription.self, from: try JSONEncoder().encode(network))
    #expect(copy == network)
    #expect(copy.layerDescriptions[0].isFrozen && copy.layerDescriptions[1].dropoutRate == 0.1)
  }

  /// Stored models and the keys of cached trainings hold this text: it must neither change nor become unreadable.
  @Test("An encoded network keeps its bytes")
  func encodedBytes() throws {
    let kept = [
      #"{"input":{"channels":3,"height":32,"width":32},"layerDescriptions":["#,
      #"{"dropoutRate":0,"isFrozen":false,"kind":{"convolution":{"channels":32,"kernel":3,"padding":"same","relu":true}}},"#,
      #"{"dropoutRate":0,"isFrozen":false,"kind":{"convolution":{"channels":32,"kernel":3,"padding":"same","relu":true}}},"#,
      #"{"dropoutRate":0.25,"isFrozen":false,"kind":{"maxPool":{"size":2}}},"#,
      #"{"dropoutRate":0,"isFrozen":false,"kind":{"convolution":{"channels":64,"kernel":3,"padding":"same","relu":true}}},"#,
      #"{"dropoutRate":0,"isFrozen":false,"kind":{"convolution":{"channels":64,"kernel":3,"padding":"same","relu":true}}},"#,
      #"{"dropoutRate":0.25,"isFrozen":false,"kind":{"maxPool":{"size":2}}},"#,
      #"{"dropoutRate":0.5,"isFrozen":false,"kind":{"dense":{"relu":true,"units":512}}},"#,
      #"{"dropoutRate":0,"isFrozen":false,"kind":{"dense":{"relu":false,"units":10}}}],"name":"CIFAR10_CNN"}"#,
    ].joined()
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(NetworkDescription.storedCNN), as: UTF8.self) == kept)
    #expect(try JSONDecoder().decode(NetworkDescription.self, from: Data(kept.utf8)) == .storedCNN)
    let flatten = #"{"dropoutRate":0,"isFrozen":true,"kind":{"flatten":{}}}"#
    #expect(String(decoding: try encoder.encode(LayerDescription.flatten.frozen()), as: UTF8.self) == flatten)
    for (layer, text) in [
      (LayerDescription.relu, #"{"dropoutRate":0,"isFrozen":false,"kind":{"relu":{}}}"#),
      (.softmax, #"{"dropoutRate":0,"isFrozen":false,"kind":{"softmax":{}}}"#),
      (.dropout(0.25), #"{"dropoutRate":0.25,"isFrozen":false,"kind":{"dropout":{}}}"#),
    ] {
      #expect(String(decoding: try encoder.encode(layer), as: UTF8.self) == text)
      #expect(try JSONDecoder().decode(LayerDescription.self, from: Data(text.utf8)) == layer)
    }
  }

  @Test(
    "Every kind of layer survives JSON",
    arguments: [
      NetworkDescription.everyKind, .activationLayers, .everyShape, .perceptron, .cifar10CNN(), .resNet20(),
      .multilayerPerceptron(hidden: [8]),
    ])
  func everyKindInJSON(network: NetworkDescription) throws {
    #expect(try JSONDecoder().decode(NetworkDescription.self, from: try JSONEncoder().encode(network)) == network)
  }

  @Test(
    "A kind that does not exist is not decoded",
    arguments: [#"{}"#, #"{"flatten":{},"maxPool":{"size":2}}"#, #"{"cosh":{}}"#, #"{"maxPool":{}}"#])
  func unknownKind(text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(LayerDescription.Kind.self, from: Data(text.utf8)) }
  }

  @Test("A stride of two takes every other window")
  func stride() throws {
    func shape(_ layer: LayerDescription, height: Int, width: Int) throws -> String {
      try NetworkDescription(name: "n", input: ActivationShape(channels: 1, height: height, width: width), layers: [layer])
        .layers()[1].shape.description
    }
    #expect(try shape(.convolution(2, stride: 2), height: 32, width: 7) == "(2, 16, 4)")
    #expect(try shape(.convolution(2, kernel: 1, stride: 2), height: 32, width: 7) == "(2, 16, 4)")
    #expect(try shape(.convolution(2, stride: 3, padding: .valid), height: 32, width: 5) == "(2, 10, 1)")
  }

  @Test("Columns are channel-major")
  func columnOrder() {
    let shape = ActivationShape(channels: 4, height: 3, width: 5)
    #expect(shape.columnCount == 60)
    #expect(shape.column(channel: 2, row: 1, column: 4) == 39)
    #expect(shape.columns(ofChannel: 2) == 30..<45)
    for column in 0..<60 {
      let place = shape.position(ofColumn: column)
      #expect(shape.column(channel: place.channel, row: place.row, column: place.column) == column)
    }
  }

  @Test(
    "An impossible layer is named, with what is wrong",
    arguments: [
      ([LayerDescription.convolution(0)], "layer 1", "channels must be at least 1"),
      ([.maxPool(2), .convolution(4, kernel: 4)], "layer 2", "odd kernel"),
      ([.window(Extent(4, 3))], "layer 1", "got 4 x 3. Use an odd one"),
      ([.window(Extent(4, 3))], "layer 1", "what PyTorch pads for 'same' at stride 1 is [1, 2, 1, 1]"),
      ([.window(Extent(4), dilation: 2)], "layer 1", "is [3, 3, 3, 3]"),
      ([.convolution(4, stride: 1 << 32)], "layer 1", "stride must be at most 65536, got 4294967296"),
      ([.window(Extent(1), dilation: 1 << 32)], "layer 1", "dilation must be at most 65536, got 4294967296"),
      ([.maxPool(33)], "layer 1", "33 x 33 does not fit"),
      ([.convolution(4, kernel: 33, padding: .valid)], "layer 1", "does not fit"),
      ([.flatten, .dense(0)], "layer 2", "units must be at least 1"),
      ([.dense(3).dropout(1)], "layer 1", "below 1"),
      ([.convolution(4, stride: 0)], "layer 1", "stride must be at least 1"),
      ([.relu, .dropout(1)], "layer 2", "a dropout rate must be at least 0 and below 1, got 1.0"),
      ([.dropout(-0.5)], "layer 1", "got -0.5"),
      ([.dropout(.nan)], "layer 1", "got nan"),
      ([.dense(3), .softmax, .relu], "layer 2", "a softmax must be the last layer"),
      ([.dense(3), .softmax.dropout(0.5)], "layer 2", "a softmax has no dropout"),
      ([.relu.reading(0, 0)], "layer 1", "one layer, but 2 are given"),
      ([.averagePool(0)], "layer 1", "window must be at least 1"),
      ([.flatten, .dense(3).reading(2)], "layer 2", "cannot read layer 2: a layer reads earlier ones, 0 (the network's input) to 1"),
      ([.flatten.reading(-1)], "layer 1", "cannot read layer -1"),
      ([.flatten, .add(1)], "layer 2", "two or more layers, but 1 are given"),
      ([.flatten, .dense(3).reading(0, 1)], "layer 2", "one layer, but 2 are given"),
      ([.maxPool(2), .add(1, 0)], "layer 2", "layer 0, which it adds, has the shape (3, 32, 32)"),
    ])
  func impossibleLayer(layers: [LayerDescription], place: String, problem: String) {
    let network = NetworkDescription(name: "n", input: ActivationShape(channels: 3, height: 32, width: 32), layers: layers)
    do {
      _ = try network.layers()
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains(place) && "\(error)".contains(problem), "\(error)")
    }
  }
}

extension LayerDescription {
  /// A convolution whose windows reach as far as said.
  fileprivate static func window(_ kernel: Extent, dilation: Int = 1) -> Self {
    var convolution = Convolution(channels: 4)
    (convolution.kernel, convolution.dilation) = (kernel, Extent(dilation))
    return Self(.convolution(convolution))
  }
}
