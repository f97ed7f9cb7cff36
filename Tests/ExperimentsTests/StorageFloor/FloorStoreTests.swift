import Foundation
import Mistique
import TestSupport
import Testing

@testable import experiments

/// The experiments' door to the storage floor.
@Suite struct FloorStoreTests {
  /// Maps of a network's layer that differ in every value.
  private func array(_ name: String, rows: Int = 70, from first: Float = 0) throws -> LayerArray {
    let schema = IntermediateSchema.maps(channels: 3, height: 8, width: 8)
    let matrix = FloatMatrix(rows: rows, columns: schema.columnCount) { values in
      for place in values.indices { values.initializeElement(at: place, to: first + Float(place)) }
    }
    return LayerArray(name: name, schema: schema, matrix: matrix)
  }

  private func read(_ stored: FloorIntermediate, _ columns: [Range<Int>], rows: [Int]? = nil) throws -> [Float] {
    let count = (rows?.count ?? stored.rows) * columns.reduce(0) { $0 + $1.count }
    return try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.initialize(repeating: .nan)
      try stored.read(columns, rows: rows, into: buffer)
      initialized = count
    }
  }

  @Test("Arrays come back whole, by map and by row, and equal arrays are stored once")
  func roundTrip() throws {
    let folder = TemporaryDirectory("floor")
    let arrays = [try array("a"), try array("b", from: 1e6), try array("a")]
    let store = try FloorStore(logging: arrays, in: folder.url.appendingPathComponent("store"))
    try store.openPartitions()
    for (index, array) in arrays.enumerated() {
      let stored = try store.intermediate(index)
      #expect(stored.rows == array.rows && stored.columnCount == array.matrix.columns)
      let values = array.matrix.withValues { Array($0) }
      #expect(try read(stored, [0..<192]) == values)
      let second = try read(stored, [64..<128], rows: [3, 69])
      #expect(second == Array(values[3 * 192 + 64..<3 * 192 + 128] + values[69 * 192 + 64..<69 * 192 + 128]))
    }
    let all = try FloorStore(logging: arrays, .init(deduplicates: false), in: folder.url.appendingPathComponent("all"))
    #expect(store.fileBytes < all.fileBytes)
  }

  @Test("Only a bounded scheme says which error it allows, and each channel has its own")
  func largestErrors() throws {
    let folder = TemporaryDirectory("bounds")
    let array = try array("a")
    func stored(_ scheme: QuantizationScheme) throws -> FloorIntermediate {
      let place = folder.url.appendingPathComponent(UUID().uuidString)
      return try FloorStore(logging: [array], .init(scheme: scheme), in: place).intermediate(0)
    }
    let values = array.matrix.withValues { $0.map(Double.init) }
    let rootMeanSquare = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    let bound = try #require(try stored(.bound(.relative(0.2))).largestError(column: 0))
    #expect(abs(bound / (0.2 * rootMeanSquare) - 1) < 1e-9)
    #expect(try stored(.bound(.absolute(3))).largestError(column: 191) == 3)
    let channels = try stored(.bound(.relative(0.2), per: .channel))
    let errors = try [0, 64, 128].map { try #require(try channels.largestError(column: $0)) }
    #expect(errors[0] < errors[1] && errors[1] < errors[2])
    #expect(try stored(.none).largestError(column: 0) == nil && stored(.kbit(8)).largestError(column: 0) == nil)
  }

  @Test("A trial of similarity counts every frame, and equal ones as similar")
  func similarity() throws {
    var trial = SimilarityTrial()
    try trial.add([array("a"), array("a")])
    #expect(trial.chunks == 6 && trial.similarChunks >= 3)
    #expect(trial.bytes.similar <= trial.bytes.alone)
  }
}
