import CMistique
import Mistique
import TestSupport
import Testing

@testable import MistiqueABI

/// Arrays of any shape and strides, against an index by index copy.
struct StridedArrayTests {
  @Test("A copy is what the strides say", arguments: 1...200)
  func random(seed: UInt64) throws {
    var random = RowIDSetTests.SplitSeed(seed)
    let dimensions = 1 + Int(random.next() % 5)
    let shape = (0..<dimensions).map { _ in Int64(1 + random.next() % 4) }
    // Any order of the dimensions, gaps and overlaps included.
    let strides = (0..<dimensions).map { _ in Int64(random.next() % 9) * 4 }
    let memory = (0..<2_048).map { Float($0) }
    let rows = Int(shape[0])
    let columns = shape.dropFirst().reduce(1) { $0 * Int($1) }
    var got = [Float](repeating: -1, count: rows * columns)
    var order = MapOrder.channelMajor
    try memory.withUnsafeBytes { bytes in
      try shape.withUnsafeBufferPointer { lengths in
        try strides.withUnsafeBufferPointer { steps in
          var array = mistique_array(
            data: bytes.baseAddress, data_bytes: Int64(bytes.count), type: Int32(MISTIQUE_FLOAT32), dimensions: Int32(dimensions),
            shape: lengths.baseAddress, strides: steps.baseAddress)
          let checked = try StridedArray(&array, place: "x")
          #expect(checked.rows == rows && checked.columns == columns)
          order = checked.order
          got.withUnsafeMutableBufferPointer { checked.copy(into: $0.baseAddress!) }
        }
      }
    }
    var expected = [Float](repeating: -1, count: rows * columns)
    for place in expected.indices {
      var (rest, offset) = (place, 0)
      for dimension in (0..<dimensions).reversed() {
        offset += rest % Int(shape[dimension]) * Int(strides[dimension])
        rest /= Int(shape[dimension])
      }
      expected[place] = memory[offset / 4]
    }
    if order == .channelsLast { got = Self.channelMajor(got, shape.map(Int.init)) }
    #expect(got == expected, "shape \(shape), strides \(strides), seed \(seed)")
  }

  /// (N, H, W, C) as (N, C, H, W).
  private static func channelMajor(_ values: [Float], _ shape: [Int]) -> [Float] {
    let (channels, pixels) = (shape[1], shape[2] * shape[3])
    return values.indices.map { place in
      let (row, rest) = place.quotientAndRemainder(dividingBy: channels * pixels)
      let (channel, pixel) = rest.quotientAndRemainder(dividingBy: pixels)
      return values[(row * pixels + pixel) * channels + channel]
    }
  }

  @Test("Channels last are recognised, so that nothing is turned twice")
  func channelsLast() throws {
    let shape: [Int64] = [2, 3, 4, 5]
    let strides: [Int64] = [240, 4, 60, 12]
    let memory = (0..<120).map { Float($0) }
    try memory.withUnsafeBytes { bytes in
      try shape.withUnsafeBufferPointer { lengths in
        try strides.withUnsafeBufferPointer { steps in
          var array = mistique_array(
            data: bytes.baseAddress, data_bytes: 480, type: Int32(MISTIQUE_FLOAT32), dimensions: 4, shape: lengths.baseAddress,
            strides: steps.baseAddress)
          let checked = try StridedArray(&array, place: "x")
          #expect(checked.order == .channelsLast)
          #expect(checked.schema == .maps(channels: 3, height: 4, width: 5))
        }
      }
    }
  }

  @Test("Every type is widened and narrowed to the same bits", arguments: ArrayElement.allCases.filter(\.fitsFloat32))
  func roundTrip(element: ArrayElement) {
    let patterns = (0..<65_536).map { UInt16($0) }
    let count = element == .bool ? 2 : 131_072 / element.size
    var floats = [Float](repeating: 0, count: count)
    var back = [UInt8](repeating: 0, count: count * element.size)
    patterns.withUnsafeBytes { bytes in
      // Of booleans the first two bytes: 0, 0.
      floats.withUnsafeMutableBufferPointer { element.widen(bytes.baseAddress!, count: count, stride: element.size, into: $0.baseAddress!) }
      let wrong = floats.withUnsafeBufferPointer { floats in back.withUnsafeMutableBytes { element.narrow(floats, into: $0.baseAddress!) } }
      #expect(wrong == nil)
      #expect(back.elementsEqual(bytes.prefix(back.count)))
    }
  }

  @Test("Narrowing names the place of the first value that the type does not have")
  func others() {
    for (element, value) in [(ArrayElement.float16, Float(1.0001)), (.bfloat16, 1.0001), (.int8, 128), (.uint16, -1), (.bool, 2)] {
      var room = [UInt8](repeating: 0, count: 4)
      let place = [1, value].withUnsafeBufferPointer { values in
        room.withUnsafeMutableBytes { element.narrow(values, into: $0.baseAddress!) }
      }
      #expect(place == 1, "\(element) \(value)")
    }
  }
}
