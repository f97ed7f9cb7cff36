import MistiqueStorage
import TestSupport
import Testing

@Suite struct PackingTests {
  /// 2^bits different values, so that a value is its own code's name.
  private func make(bits: Int, rows: Int, width: Int) throws -> (QuantizedValues, codes: [UInt8]) {
    var random = SeededRandom(seed: UInt64(bits * 1000 + rows * 10 + width))
    let codes = (0..<rows * width).map { _ in UInt8(truncatingIfNeeded: random.next() % (1 << UInt64(bits))) }
    let sample = (0..<1 << bits).map { Float($0) }
    let schema = IntermediateSchema.maps(channels: width, height: 1, width: 1)
    let padded = sample + Array(repeating: 0, count: (width - sample.count % width) % width)
    let quantizer = try #require(
      padded.withUnsafeBufferPointer {
        try QuantizationScheme.Values.kbit(bits).fitted(sample: $0.baseAddress!, rows: padded.count / width, schema: schema)
      })
    return (QuantizedValues(codes.map { Float($0) }, width: width, quantizer: quantizer), codes)
  }

  @Test("Codes lie where the format says: k bits each, low bits first, rows of several columns on whole bytes", arguments: 1...8)
  func layout(bits: Int) throws {
    for (rows, width) in [(1, 1), (1, 2), (3, 1), (77, 1), (5000, 1), (4, 3), (9, 7), (5, 8), (6, 17), (3, 100), (2, 5003)] {
      let (quantized, codes) = try make(bits: bits, rows: rows, width: width)
      let lineLength = width == 1 ? rows : width
      let lineBytes = (lineLength * bits + 7) / 8
      var expected = [UInt8](repeating: 0, count: rows * width / lineLength * lineBytes)
      for (place, code) in codes.enumerated() {
        for bit in 0..<bits where code & 1 << UInt8(bit) != 0 {
          let position = place / lineLength * lineBytes * 8 + place % lineLength * bits + bit
          expected[position / 8] |= 1 << UInt8(position % 8)
        }
      }
      #expect(quantized.codeBytes == expected, "\(rows) x \(width)")
      #expect(quantized.codes == codes, "\(rows) x \(width)")
      #expect(quantized.decoded == quantized.values, "\(rows) x \(width)")
    }
  }

  @Test("Any rows and columns of a chunk can be read by themselves", arguments: 1...8)
  func parts(bits: Int) throws {
    for (rows, width) in [(30, 1), (7, 19), (6, 16), (5, 64)] {
      let (quantized, codes) = try make(bits: bits, rows: rows, width: width)
      for top in stride(from: 0, to: rows, by: 3) {
        for left in 0..<width {
          let part = quantized.chunk.part(rows: top..<min(rows, top + 4), columns: left..<width - (width - left) / 3)
          let expected = part.rows.flatMap { row in part.columns.map { codes[row * width + $0] } }
          #expect(quantized.codes(of: part) == expected)
          #expect(quantized.decoded(part) == expected.map { Float($0) })
        }
      }
    }
  }

  @Test(
    "Chunks of some columns are encoded from and decoded into wider matrices",
    arguments: [
      QuantizationScheme.Values.full, .lowerPrecision(.float16), .kbit(8), .kbit(3), .kbit(4, per: .channel), .kbit(8, per: .column),
      .threshold(0.5), .threshold(0.5, per: .channel),
    ])
  func strides(scheme: QuantizationScheme.Values) throws {
    var random = SeededRandom(seed: 55)
    let (rows, width) = (40, 24)
    let values = random.normals(rows * width)
    let whole = try QuantizedValues(values, width: width, scheme: scheme, channels: 6)
    let expected = whole.decoded
    let encoder = whole.quantizer.encoder()
    for columns in [0..<24, 0..<4, 5..<6, 23..<24, 3..<14] {
      let chunk = CodedChunk(rows: rows, columns: columns)
      var extrema = EncodedExtrema(for: whole.quantizer)
      var codes = [UInt8](repeating: 0, count: whole.quantizer.codeFormat.byteCount(rows: rows, width: columns.count))
      values.withUnsafeBufferPointer {
        #expect(encoder.encode($0.baseAddress! + columns.lowerBound, rowStride: width, chunk: chunk, into: &codes, extrema: &extrema))
      }
      var back = [Float](repeating: -99, count: rows * width)
      back.withUnsafeMutableBufferPointer {
        whole.quantizer.decode(codes, chunk.all, into: $0.baseAddress! + columns.lowerBound, rowStride: width)
      }
      for place in back.indices {
        #expect(back[place] == (columns.contains(place % width) ? expected[place] : -99))
      }
    }
  }

  @Test("The bytes of a chunk are known from its shape")
  func byteCounts() {
    #expect(CodeFormat.bits(3).bytesPerRow(width: 5) == 2 && CodeFormat.bits(3).byteCount(rows: 4, width: 5) == 8)
    #expect(CodeFormat.bits(3).bytesPerRow(width: 1) == nil && CodeFormat.bits(3).byteCount(rows: 9, width: 1) == 4)
    #expect(CodeFormat.bits(8).bytesPerRow(width: 1) == 1 && CodeFormat.bits(8).byteCount(rows: 9, width: 1) == 9)
    #expect(CodeFormat.float16.byteCount(rows: 3, width: 7) == 42 && CodeFormat.float64.byteCount(rows: 3, width: 1) == 24)
    #expect(CodeFormat.float32.byteCount(rows: 0, width: 7) == 0)
  }
}
