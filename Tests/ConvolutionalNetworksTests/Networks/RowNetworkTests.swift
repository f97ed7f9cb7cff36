import Foundation
import Groundwork
import Testing

@testable import ConvolutionalNetworks

/// Networks of rows of values in place of maps.
struct RowNetworkTests {
  @Test("Rows of few and of many values have the same bits with other threads and neighbours", arguments: [1, 37, 1_024, 1_536, 4_099])
  func bits(columns: Int) throws {
    let description = NetworkDescription(
      name: "rows", input: ActivationShape(channels: columns),
      layers: [
        LayerDescription(.layerNormalization()), LayerDescription(.dense(units: 20, relu: false, hasBias: false)), .relu,
        .dense(4, relu: false),
      ])
    let weights = try Checkpoint.initial(for: description, seed: 3)
    var generator = SplitMix64(seed: 17)
    let values = (0..<(19 * columns)).map { _ in generator.normal() }
    let array = InputArray(values, shape: description.input)
    func run(_ compute: ComputeThread, _ rows: [Int], layer: Int) throws -> [Float] {
      var result: [Float] = []
      try InferenceNetwork(description, weights: weights, batchSize: 16, compute: compute)
        .forwardInKernelOrder(array, rows: rows, wanted: [layer]) { _, _, values, _ in result += values }
      return result
    }
    let whole = try run(.single, Array(0..<19), layer: 4)
    #expect(sameBits(try run(.single, [18], layer: 4), Array(whole[72...])))
    // oneDNN divides sums of more values that cannot be cut among its threads: see `NetworkDescription.Layer.kernelDimensions(of:)`.
    if columns <= 1_024 || columns % 2 == 0 { #expect(sameBits(try run(ComputeThread(threads: 2), Array(0..<19), layer: 4), whole)) }
    #expect(sameBits(try run(.single, Array(0..<19), layer: 0), values))
    // The first dense layer against sums in float64.
    let normalized = try run(.single, Array(0..<19), layer: 1)
    let matrix = try #require(weights["layer2.weights"]).values
    var expected: [Double] = []
    for row in 0..<19 {
      for unit in 0..<20 {
        var sum = 0.0
        for column in 0..<columns { sum += Double(normalized[row * columns + column]) * Double(matrix[unit * columns + column]) }
        expected.append(sum)
      }
    }
    #expect(relativeDifference(try run(.single, Array(0..<19), layer: 2), expected, scale: 1) < 1e-5)
  }
}
