import MistiqueStorage
import TestSupport
import Testing

@Suite struct CodebookBytesTests {
  private func quantizers() throws -> [FittedQuantizer] {
    var random = SeededRandom(seed: 61)
    let values = random.activations(600)
    let doubles = values.map(Double.init)
    let schemes: [QuantizationScheme.Values] = [
      .full, .lowerPrecision(.float32), .lowerPrecision(.float16), .kbit(8), .kbit(3), .kbit(2, per: .channel), .kbit(4, per: .column),
      .threshold(), .threshold(0.5, per: .column),
    ]
    return try schemes.flatMap { scheme in
      [
        try QuantizedValues(values, width: 6, scheme: scheme, channels: 3).quantizer,
        try #require(doubles.withUnsafeBufferPointer { try scheme.fitted(column: $0) }),
        try #require(values.withUnsafeBufferPointer { try scheme.fitted(column: $0) }),
        try QuantizedValues([1, 1, 1, 1], width: 2, scheme: scheme).quantizer,
      ]
    }
  }

  @Test("A fitted quantizer comes back from its bytes exactly")
  func roundTrip() throws {
    for quantizer in try quantizers() {
      let back = try FittedQuantizer(decoding: quantizer.encoded, place: "test")
      #expect(back == quantizer)
      #expect(back.encoded == quantizer.encoded && back.identity == quantizer.identity)
    }
  }

  @Test("A codebook takes four bytes per edge and four per representative")
  func compact() throws {
    var random = SeededRandom(seed: 62)
    #expect(try QuantizedValues(random.normals(1000), scheme: .kbit(8)).quantizer.encoded.count <= 2044 + 8)
  }

  @Test("Other schemes and other codebooks have other identities, values that are not quantized have none")
  func identities() throws {
    let identities = try quantizers().filter { $0.values.applies(to: $0.type) }.map(\.identity)
    #expect(!identities.contains(0))
    #expect(Set(identities).count == Set(try quantizers().filter { $0.values.applies(to: $0.type) }.map(\.encoded)).count)
    let (a, b) = (try QuantizedValues([1, 2, 3], scheme: .kbit(8)), try QuantizedValues([1, 2, 4], scheme: .kbit(8)))
    #expect(a.codeBytes == b.codeBytes && a.quantizer.identity != b.quantizer.identity)
    #expect(try QuantizedValues([1, 2, 3], scheme: .full).quantizer.identity == 0)
  }

  @Test("Every truncation is refused, and every change is refused or gives a quantizer that works")
  func hostile() throws {
    for quantizer in try quantizers() {
      let bytes = quantizer.encoded
      for length in 0..<bytes.count {
        #expect(throws: StoreError.self) { try FittedQuantizer(decoding: bytes[..<length], place: "test") }
      }
      #expect(throws: StoreError.self) { try FittedQuantizer(decoding: bytes + [0], place: "test") }
      var random = SeededRandom(seed: 63)
      for trial in 0..<200 {
        var damaged = bytes
        let position = trial < 100 ? trial % bytes.count : Int(random.next() % UInt64(bytes.count))
        damaged[position] = UInt8(truncatingIfNeeded: random.next())
        if trial % 3 == 0 { damaged[Int(random.next() % UInt64(bytes.count))] = [0, 0x7f, 0x80, 0xff][Int(random.next() % 4)] }
        do {
          use(try FittedQuantizer(decoding: damaged, place: "test"))
        } catch let error as StoreError {
          #expect([.corrupt, .unsupportedVersion].contains(error.code))
        }
      }
    }
  }

  @Test("Counts that would take the memory are refused before it is taken")
  func hugeCounts() {
    // Version 1, KBIT_QT, float32, 8 bits, per column, 2^31 - 1 columns, one each.
    let bytes: [UInt8] = [1, 3, 1, 8, 2, 0xff, 0xff, 0xff, 0xff, 0x07, 1, 0, 0, 0, 0, 0]
    #expect {
      try FittedQuantizer(decoding: bytes, place: "test")
    } throws: {
      ($0 as? StoreError)?.code == .corrupt
    }
  }

  @Test("A newer version is named as that")
  func newerVersion() {
    #expect {
      try FittedQuantizer(decoding: [4, 0, 1, 1, 1], place: "test")
    } throws: {
      ($0 as? StoreError)?.code == .unsupportedVersion
    }
  }

  @Test("Extrema come back from their bytes, are merged, and are refused when damaged")
  func extrema() throws {
    let values: [Float] = [1, 5, 2, -7, 3, 9]
    let quantized = try QuantizedValues(values, width: 2, scheme: .kbit(8, per: .column))
    #expect(quantized.extrema.lowest == [1, -7] && quantized.extrema.highest == [3, 9])
    let bytes = quantized.extrema.encoded
    #expect(try EncodedExtrema(decoding: bytes, for: quantized.quantizer, place: "test") == quantized.extrema)
    for length in 0..<bytes.count {
      #expect(throws: StoreError.self) { try EncodedExtrema(decoding: bytes[..<length], for: quantized.quantizer, place: "test") }
    }
    var swapped = bytes
    swapped.replaceSubrange(1..<17, with: bytes[9..<17] + bytes[1..<9])
    #expect(throws: StoreError.self) { try EncodedExtrema(decoding: swapped, for: quantized.quantizer, place: "test") }
    var merged = QuantizedValues([2, 4, 2, 4], width: 2, quantizer: quantized.quantizer).extrema
    merged.merge(QuantizedValues([-1, 0], width: 2, quantizer: quantized.quantizer).extrema)
    #expect(merged.lowest == [-1, 0] && merged.highest == [2, 4])
  }

  /// Encodes and decodes a little with a quantizer that may be anything its bytes allowed.
  private func use(_ quantizer: FittedQuantizer) {
    guard quantizer.columns > 0 else { return }
    var extrema = EncodedExtrema(for: quantizer)
    let columns = max(0, quantizer.columns - 3)..<quantizer.columns
    let chunk = CodedChunk(rows: 4, columns: columns)
    var bytes = [UInt8](repeating: 0, count: 4 * columns.count * 8)
    if quantizer.type == .float32 {
      let values = (0..<4 * columns.count).map { Float($0) - 3.5 }
      _ = quantizer.encoder().encode(values, rowStride: columns.count, chunk: chunk, into: &bytes, extrema: &extrema)
      var back = values
      bytes = bytes.map { $0 ^ 0x5a }
      quantizer.decode(bytes, chunk.all, into: &back, rowStride: columns.count)
    } else {
      _ = quantizer.encoder().encode([1, 2, 3, -4], count: 4, into: &bytes, extrema: &extrema)
      var back = [0.0, 0, 0, 0]
      quantizer.decode(bytes, count: 4, rows: 0..<4, into: &back)
    }
    guard quantizer.bookCount > 0 else { return }
    for code in UInt8.min ... .max { _ = quantizer.bounds(ofCode: code, column: columns.lowerBound, extrema: extrema) }
    _ = quantizer.threshold(column: columns.lowerBound)
  }
}
