import TestSupport
import Testing

@testable import MistiqueStorage

@Suite struct FrameEncodingTests {
  static let elements: [FrameElement] = [
    .float32, .float16, .codes, .opaque, .words(bytes: 1), .words(bytes: 2), .words(bytes: 4), .words(bytes: 8),
  ]

  @Test(
    "What was encoded comes back, whatever its size",
    arguments: [Codec.automatic, .none, .gzip(), .gzip(level: 1), .zstd(), .zstd(level: 9)])
  func roundTrip(codec: Codec) throws {
    for count in [0, 8, 16, 104, 65_544, 1 << 20] {
      let values = activations(count / 4, seed: UInt64(count))
      let raw = values.withUnsafeBytes { Array($0) }
      for element in Self.elements {
        #expect(try Self.decoded(try Self.encoded(raw, element, codec), count: raw.count) == raw, "\(element)")
      }
    }
  }

  @Test("Every bit pattern comes back from every encoding of floating-point numbers", arguments: 0..<40 as Range<UInt64>)
  func hostileBits(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let special: [Float] = [.nan, -.zero, .infinity, -.infinity, .leastNonzeroMagnitude, Float(bitPattern: 0xffff_ffff), 0, 0, 0, 1]
    let zeros = Double(seed % 5) / 4
    let count = Int.random(in: 0..<3000, using: &random)
    let values = (0..<count).map { _ -> Float in
      if random.unit() < zeros { return 0 }
      return Bool.random(using: &random)
        ? special.randomElement(using: &random)! : Float(bitPattern: UInt32.random(in: 0...(.max), using: &random))
    }
    let raw = values.withUnsafeBytes { Array($0) }
    for element in Self.elements where element != .words(bytes: 8) {
      #expect(try Self.decoded(try Self.encoded(raw, element, .automatic), count: raw.count) == raw, "seed \(seed), \(element)")
    }
  }

  @Test("Activations take fewer bytes than under gzip and under zstd")
  func activationsAreSmall() throws {
    let raw = activations(16_384, seed: 1).withUnsafeBytes { Array($0) }
    let own = try Self.encoded(raw, .float32, .automatic)
    #expect(own.encoding == .float32)
    #expect(own.bytes.count < (try Self.encoded(raw, .float32, .gzip())).bytes.count)
    #expect(own.bytes.count < (try Self.encoded(raw, .float32, .zstd(level: 9))).bytes.count)
  }

  @Test("A frame of noise stays as it is")
  func noise() throws {
    var random = SeededRandom(seed: 5)
    let raw = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &random) }
    for element in [FrameElement.codes, .opaque] {
      let encoded = try Self.encoded(raw, element, .automatic)
      #expect(encoded.encoding == .plain)
      #expect(encoded.bytes.count == raw.count)
    }
  }

  @Test("A frame has the same bytes whatever was encoded before it, frames that could not be made smaller among them")
  func independentOfHistory() throws {
    var random = SeededRandom(seed: 8)
    let noise = (0..<65_536).map { _ in UInt8.random(in: 1...255, using: &random) }
    let frames = (0..<8).map { activations(16_384, seed: UInt64($0)).withUnsafeBytes { Array($0) } }
    let alone = try frames.map { try Self.encoded($0, .float32, .automatic).bytes }
    for element in Self.elements {
      for (frame, expected) in zip(frames, alone) {
        _ = try Self.encoded(noise, element, .automatic)
        #expect(try Self.encoded(frame, .float32, .automatic).bytes == expected, "after noise as \(element)")
      }
    }
  }

  @Test("gzip frames are what the gzip program reads")
  func gzipIsGzip() throws {
    let stored = try Self.encoded(Array("model intermediates".utf8), .opaque, .gzip())
    let result = try Command(["gzip", "-dc"], input: .init(stored.bytes)).finish()
    #expect(result.output == "model intermediates")
  }

  @Test("An encoding this version does not know is refused by its number")
  func unknownEncoding() {
    var output: [UInt8] = [0]
    #expect {
      try output.withUnsafeMutableBytes {
        try FrameEncoding.decode(UnsafeRawBufferPointer($0), encoding: 99, into: $0, place: "test")
      }
    } throws: {
      ($0 as? StoreError)?.code == .unsupportedVersion && "\($0)".contains("encoding 99")
    }
  }

  @Test("Changed bytes of an encoded frame are refused or decode to as many bytes", arguments: 0..<60 as Range<UInt64>)
  func mutants(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let raw = activations(Int.random(in: 8..<2000, using: &random) / 8 * 8, seed: seed).withUnsafeBytes { Array($0) }
    for element in Self.elements {
      let encoded = try Self.encoded(raw, element, .automatic)
      for _ in 0..<20 where !encoded.bytes.isEmpty {
        var bytes = encoded.bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          // Lengths and flags are at the front: half of the changes go there.
          let range = Bool.random(using: &random) ? 0..<min(16, bytes.count) : 0..<bytes.count
          bytes[Int.random(in: range, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
        do {
          let decoded = try Self.decoded((encoded.encoding, bytes), count: raw.count)
          #expect(decoded.count == raw.count)
        } catch let error as StoreError {
          #expect(error.code == .corrupt, "seed \(seed)")
        }
      }
    }
  }

  static func encoded(_ raw: [UInt8], _ element: FrameElement, _ codec: Codec) throws -> (encoding: FrameEncoding, bytes: [UInt8]) {
    var output = [UInt8](repeating: 0, count: FrameEncoding.bound(raw.count))
    let (encoding, size) = try raw.withUnsafeBytes { raw in
      try output.withUnsafeMutableBytes { try FrameEncoding.encode(raw, FrameContent(element), codec: codec, into: $0) }
    }
    return (encoding, Array(output[..<size]))
  }

  static func decoded(_ stored: (encoding: FrameEncoding, bytes: [UInt8]), count: Int) throws -> [UInt8] {
    var output = [UInt8](repeating: 7, count: count)
    try stored.bytes.withUnsafeBytes { bytes in
      try output.withUnsafeMutableBytes { try FrameEncoding.decode(bytes, encoding: stored.encoding.rawValue, into: $0, place: "test") }
    }
    return output
  }
}
