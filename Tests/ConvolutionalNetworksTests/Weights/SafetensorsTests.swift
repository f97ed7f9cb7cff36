import Foundation
import Testing

@testable import ConvolutionalNetworks

/// Files that the format's own library wrote (Golden/make_weights_golden.py), and damaged ones.
struct SafetensorsTests {
  private func golden(_ name: String) throws -> URL {
    try #require(Bundle.module.url(forResource: name, withExtension: "safetensors", subdirectory: "Golden"))
  }

  @Test("Every readable type becomes float32")
  func types() throws {
    let file = try SafetensorsFile(contentsOf: try golden("types"))
    let numbers: [Float] = [0, -0.0, 1, -1.5, 3.140625, 65_504]
    #expect(sameBits(try file.tensor("single").values, numbers))
    #expect(sameBits(try file.tensor("half").values, numbers))
    #expect(try file.tensor("single").shape == [2, 3])
    #expect(try file.tensor("double").values == [0.1, .infinity, 0, Float(Double.pi)])
    let brain = [0x3F80_0000, 0xC049_0000, 0x7F7F_0000, 0x0001_0000].map { Float(bitPattern: $0) }
    #expect(sameBits(try file.tensor("brain").values, brain))
    #expect(try file.tensor("special").values == [.infinity, -.infinity])
    #expect(throws: SafetensorsError.self) { try file.tensor("counter") }
    #expect(throws: SafetensorsError.self) { try file.tensor("empty") }
    #expect(throws: SafetensorsError.self) { try file.tensor("absent") }
  }

  @Test("A checkpoint survives the format")
  func roundTrip() throws {
    let checkpoint = try Checkpoint.initial(for: .small, seed: 3)
    let file = try SafetensorsFile(checkpoint.safetensors(), origin: "memory")
    #expect(Checkpoint(try checkpoint.tensors.map { try file.tensor($0.name) }) == checkpoint)
  }

  @Test("Damage gives an error or another file, but no crash")
  func damage() throws {
    let bytes = try Data(contentsOf: try golden("types"))
    for count in 0..<bytes.count {
      #expect(throws: SafetensorsError.self, "\(count) bytes") { try SafetensorsFile(bytes.prefix(count), origin: "memory") }
    }
    for position in bytes.indices {
      for value: UInt8 in [0, 0x22, 0x30, 0x39, 0x5C, 0x7B, 0x7D, 0xFF] {
        var damaged = bytes
        damaged[position] = value
        guard let file = try? SafetensorsFile(damaged, origin: "memory") else { continue }
        for name in file.names { _ = try? file.tensor(name) }
      }
    }
  }

  @Test("The thirteen convolutions are found under both namings", arguments: ["vgg16_torchvision", "vgg16_keras"])
  func thirteenConvolutions(name: String) throws {
    let widths = [2, 2, 4, 4, 8, 8, 8, 16, 16, 16, 16, 16, 16]
    let network = NetworkDescription(
      name: "narrow", input: ActivationShape(channels: 3, height: 32, width: 32), layers: widths.map { .convolution($0) })
    let checkpoint = try Checkpoint.vgg16Convolutions(from: try golden(name), for: network, input: .normalized)
    try checkpoint.validate(for: network)
    for (number, outputs) in widths.enumerated() {
      let inputs = number == 0 ? 3 : widths[number - 1]
      var expected: [Float] = []
      for out in 0..<outputs {
        for place in 0..<(inputs * 9) {
          let value = 31 * number + 37 * out + 41 * (place / 9) + 43 * (place / 3 % 3) + 47 * (place % 3)
          expected.append(Float(value % 201 - 100) / 512)
        }
      }
      #expect(checkpoint["layer\(number + 1).weights"]?.values == expected, "convolution \(number)")
      let bias = (0..<outputs).map { Float((31 * number + 53 * $0) % 201 - 100) / 512 }
      #expect(checkpoint["layer\(number + 1).bias"]?.values == bias)
    }
  }
}
