import Foundation
import Testing

@testable import ConvolutionalNetworks

struct CheckpointTests {
  private let checkpoint = Checkpoint([
    .init(name: "layer1.weights", shape: [2, 1, 3, 3], values: (0..<18).map { Float($0) - 8.5 }),
    .init(name: "layer1.bias", shape: [2], values: [0, -0.0]),
    .init(name: "layer2.weights", shape: [1, 3], values: [.nan, .infinity, Float(bitPattern: 1)]),
  ])

  @Test("A checkpoint survives its bytes")
  func roundTrip() throws {
    #expect(try Checkpoint(serialized: checkpoint.serialized(), origin: "memory") == checkpoint)
    for tensor in checkpoint.tensors { #expect(try Checkpoint.Tensor(serialized: tensor.serialized(), origin: "memory") == tensor) }
    let empty = Checkpoint([])
    #expect(try Checkpoint(serialized: empty.serialized(), origin: "memory") == empty)
  }

  @Test("Equality compares bits")
  func equality() {
    func tensor(_ value: Float) -> Checkpoint { Checkpoint([.init(name: "a", shape: [1], values: [value])]) }
    #expect(tensor(.nan) == tensor(.nan))
    #expect(tensor(0) != tensor(-0.0))
  }

  @Test("Every flipped bit is noticed")
  func flippedBits() {
    let bytes = checkpoint.serialized()
    for position in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[position] ^= 1 << bit
        #expect(throws: CheckpointError.self, "byte \(position), bit \(bit)") { try Checkpoint(serialized: damaged, origin: "memory") }
      }
    }
  }

  @Test("Every truncation and every addition is noticed")
  func lengths() {
    let bytes = checkpoint.serialized()
    for count in 0..<bytes.count {
      #expect(throws: CheckpointError.self, "\(count) bytes") { try Checkpoint(serialized: bytes.prefix(count), origin: "memory") }
    }
    #expect(throws: CheckpointError.self) { try Checkpoint(serialized: bytes + [0], origin: "memory") }
  }

  @Test("Damage under a right checksum gives an error or another checkpoint, but no crash")
  func damage() {
    let bytes = checkpoint.serialized()
    var errors = 0
    for position in 8..<(bytes.count - 8) {
      for value: UInt8 in [0, 1, 0x7F, 0xFF] {
        var damaged = bytes.dropLast(8)
        damaged[position] = value
        var hash = ContentHash()
        damaged.withUnsafeBytes { hash.combine($0) }
        damaged.append(number: hash.value)
        do { _ = try Checkpoint(serialized: damaged, origin: "memory") } catch {
          #expect(error is CheckpointError)
          errors += 1
        }
      }
    }
    #expect(errors > 100)
  }

  @Test("A damaged tensor gives an error or another tensor, but no crash")
  func damagedTensor() {
    let bytes = checkpoint.tensors[0].serialized()
    for count in 0..<bytes.count {
      #expect(throws: CheckpointError.self) { try Checkpoint.Tensor(serialized: bytes.prefix(count), origin: "memory") }
    }
    for position in bytes.indices {
      for value: UInt8 in [0, 0x7F, 0x80, 0xFF] {
        var damaged = bytes
        damaged[position] = value
        _ = try? Checkpoint.Tensor(serialized: damaged, origin: "memory")
      }
    }
  }

  @Test("Errors say where and what to do")
  func errors() {
    func text(_ data: Data) -> String {
      do {
        _ = try Checkpoint(serialized: data, origin: "runs/checkpoint-03.bin")
        return "no error"
      } catch { return "\(error)" }
    }
    var damaged = checkpoint.serialized()
    damaged[60] ^= 1
    #expect(text(damaged).contains("runs/checkpoint-03.bin is damaged") && text(damaged).contains("Delete it"))
    #expect(text(Data("not a checkpoint".utf8)).contains("does not begin with MSTQCKPT"))
    var newer = checkpoint.serialized()
    newer[8] = 2
    #expect(text(newer).contains("version 2, expected 1"))
  }

  @Test("First weights have the variance of their kind and depend on their own layer only")
  func firstWeights() throws {
    let network = NetworkDescription.cifar10CNN()
    let weights = try Checkpoint.initial(for: network, seed: 6)
    func variance(_ name: String) -> Float {
      let values = weights[name]!.values
      return values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
    }
    #expect(abs(variance("layer3.weights") * Float(32 * 9) / 2 - 1) < 0.1)
    #expect(abs(variance("layer14.weights") * 2_304 / 2 - 1) < 0.05)
    #expect(abs(variance("layer17.weights") * Float(512 + 10) / 2 - 1) < 0.1)
    #expect(weights["layer9.bias"]!.values.allSatisfy { $0 == 0 })
    var wider = network
    wider.layerDescriptions[13] = .dense(600, relu: false)
    #expect(try Checkpoint.initial(for: wider, seed: 6)["layer9.weights"] == weights["layer9.weights"])
    #expect(try Checkpoint.initial(for: network, seed: 7)["layer9.weights"] != weights["layer9.weights"])
    // ReLU as a layer or as a property: the same first weights.
    let fused = NetworkDescription(name: "n", input: network.input, layers: [.convolution(8), .dense(10, relu: false)])
    let separate = NetworkDescription(
      name: "n", input: network.input, layers: [.convolution(8, relu: false), .relu, .dense(10, relu: false)])
    #expect(try Checkpoint.initial(for: separate, seed: 6)["layer1.weights"] == Checkpoint.initial(for: fused, seed: 6)["layer1.weights"])
  }
}
