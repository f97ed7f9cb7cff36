import Foundation
import Testing

@testable import ConvolutionalNetworks

/// Arrays that networks run on: shapes, types, and what is refused.
struct InputArrayTests {
  private static func network(_ input: ActivationShape, _ normalization: InputNormalization? = nil) -> NetworkDescription {
    NetworkDescription(name: "n", input: input, normalization: normalization, layers: [.flatten])
  }

  /// The input as layer 0 has it.
  private static func input(_ file: Data, _ network: NetworkDescription, first rows: Int? = nil) throws -> [Float] {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("images.npy")
      try file.write(to: url)
      let input = try NetworkInput(ImageFiles(images: url), for: network, first: rows)
      var buffer = [Float](repeating: 0, count: input.count * network.input.columnCount)
      buffer.withUnsafeMutableBufferPointer {
        input.rows.write(rows: Array(0..<input.count)[...], normalization: network.normalization, into: $0)
      }
      return buffer
    }
  }

  @Test("Maps and rows of any size are taken in their order")
  func shapes() throws {
    let values = (0..<24).map { Float($0) - 3.5 }
    let maps = ActivationShape(channels: 3, height: 2, width: 2)
    #expect(try Self.input(npy([2, 3, 2, 2], values), Self.network(maps)) == values)
    let row = ActivationShape(channels: 12)
    for shape in [[2, 12], [2, 12, 1, 1]] { #expect(try Self.input(npy(shape, values), Self.network(row)) == values) }
    #expect(try Self.input(npy([2, 12], values), Self.network(row), first: 1) == Array(values[..<12]))
    #expect(try Self.input(npy("<f2", [1, 2], [0x00, 0x3C, 0x00, 0xC0]), Self.network(ActivationShape(channels: 2))) == [1, -2])
    #expect(try Self.input(npy(">f4", [1, 1], [0x3F, 0x80, 0, 0]), Self.network(ActivationShape(channels: 1))) == [1])
  }

  @Test("Channels are normalised, bytes as shares of 255")
  func normalization() throws {
    let normalization = InputNormalization(mean: [0.5, 0.25], deviation: [0.5, 2])
    let network = Self.network(ActivationShape(channels: 2, height: 1, width: 2), normalization)
    #expect(try Self.input(npy([1, 2, 1, 2], [1, 0, 0.25, 4.25]), network) == [1, -1, 0, 2])
    let bytes: [UInt8] = [255, 0, 51, 255]
    #expect(
      try Self.input(npy("|u1", [1, 2, 1, 2], bytes), network)
        == [1, -1, (Float(51) / 255 - 0.25) / 2, 0.375])
    // Pictures of CIFAR-10's form, with the network's constants and with its own.
    let pixels = (0..<3_072).map { UInt8($0 % 251) }
    let shape = ActivationShape(channels: 3, height: 32, width: 32)
    let file = npy("|u1", [1, 3_072], pixels)
    #expect(try Self.input(file, Self.network(shape))[5] == Normalization.value(of: 5, channel: 0))
    let own = InputNormalization(mean: [0, 0.5, 0], deviation: [1, 0.5, 1])
    let got = try Self.input(file, Self.network(shape, own))
    #expect(got == pixels.enumerated().map { own.value(of: Float($1) / 255, channel: $0 / 1_024) })
  }

  @Test("Other shapes, types and values are refused, each with what to do")
  func refused() throws {
    let maps = Self.network(ActivationShape(channels: 3, height: 2, width: 4))
    func expect(
      _ file: Data, _ network: NetworkDescription, first rows: Int? = nil, _ parts: String..., at place: SourceLocation = #_sourceLocation
    ) {
      let error = #expect(throws: NPYError.self, sourceLocation: place) { try Self.input(file, network, first: rows) }
      for part in parts { #expect("\(error!)".contains(part), "\(error!)", sourceLocation: place) }
    }
    let values = [Float](repeating: 1, count: 48)
    expect(
      npy([2, 2, 4, 3], values), maps, "an array of 2 x 2 x 4 x 3", "the input of network n is N x 3 x 2 x 4",
      "Save array.transpose(0, 3, 1, 2)")
    expect(npy([3, 16], values), maps, "Bring the array to that shape")
    expect(npy([48], values), maps, "an array of 48")
    expect(npy([6, 2, 4], values), Self.network(ActivationShape(channels: 1, height: 2, width: 4)), "Save array[:, None]")
    expect(npy([0, 3, 2, 4], []), maps, "it has no rows")
    expect(npy([2, 3, 2, 4], values), maps, first: 3, "it has 2 rows, and 3 are needed")
    expect(npy("<f8", [1, 3], Array(repeating: 0, count: 24)), Self.network(ActivationShape(channels: 3)), "float64", "astype('float32')")
    expect(npy("<i4", [1, 3], Array(repeating: 0, count: 12)), Self.network(ActivationShape(channels: 3)), "int32", "astype('float32')")
    expect(npy("|b1", [1, 3], [1, 0, 1]), Self.network(ActivationShape(channels: 3)), "bool")
    expect(npy("|u1", [1, 3], [1, 0, 1]), Self.network(ActivationShape(channels: 3)), "how they are normalised", "normalization: {mean")
    for value in [Float.nan, .infinity, -.infinity] {
      expect(npy([2, 3], [1, 1, 1, 1, value, 1]), Self.network(ActivationShape(channels: 3)), "the value 1 of row 1 is \(value)")
    }
    expect(npy("|u1", [0, 3, 32, 32], []), Self.network(ActivationShape(channels: 3, height: 32, width: 32)), "it has no images")
    expect(npy([2, 3], [1, 1]), Self.network(ActivationShape(channels: 3)), "Save the array again")
  }

  @Test("Images are no input of a network that normalises other channels")
  func otherChannels() throws {
    let images = GeneratedImages(seed: 1).images(count: 8)
    var network = NetworkDescription(name: "n", input: ActivationShape(channels: 3_072), layers: [.dense(10, relu: false)])
    func run() throws {
      try InferenceNetwork(network, weights: .initial(for: network, seed: 1), batchSize: 8, compute: .single)
        .forward(images, rows: [0], wanted: [1]) { _, _, _ in }
    }
    try run()
    network.normalization = InputNormalization(mean: Array(repeating: 0, count: 3_072), deviation: Array(repeating: 1, count: 3_072))
    #expect(throws: NetworkError.otherChannels(network: "n", input: network.input, rows: images.shape)) { try run() }
  }

  @Test(
    "As many values in another shape are no input: neither images nor rows of an array",
    arguments: [[32, 32, 3], [12, 16, 16], [1, 96, 32]])
  func otherShapes(sides: [Int]) throws {
    let shape = ActivationShape(channels: sides[0], height: sides[1], width: sides[2])
    let network = NetworkDescription(name: "n", input: shape, layers: [.dense(10, relu: false)])
    let images = GeneratedImages(seed: 1).images(count: 8)
    #expect(throws: NetworkError.otherChannels(network: "n", input: shape, rows: images.shape)) { try images.requireFit(network) }
    let flat = npy([2, 3_072], (0..<6_144).map(Float.init))
    let error = #expect(throws: NPYError.self) { try Self.input(flat, network) }
    #expect("\(error!)".contains("array.reshape(-1, \(sides[0]), \(sides[1]), \(sides[2]))"))
  }

  @Test("Its identity is that of its values, their number and their shape")
  func identity() {
    let values = (0..<12).map(Float.init)
    func identity(_ values: [Float], _ shape: ActivationShape) -> String { NetworkInput(values: values, shape: shape).identity }
    let plain = identity(values, ActivationShape(channels: 6))
    #expect(plain == identity(values, ActivationShape(channels: 6)))
    var others = Set([plain])
    #expect(others.insert(identity(values, ActivationShape(channels: 12))).inserted)
    #expect(others.insert(identity(values, ActivationShape(channels: 1, height: 2, width: 3))).inserted)
    #expect(others.insert(identity(Array(values[..<6]), ActivationShape(channels: 6))).inserted)
    #expect(others.insert(identity(Array(values.reversed()), ActivationShape(channels: 6))).inserted)
  }
}
