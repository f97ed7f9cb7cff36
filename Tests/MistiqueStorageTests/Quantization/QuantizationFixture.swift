import Foundation
import MistiqueStorage
import TestSupport
import Testing

/// Values, encoded as one chunk that is the whole intermediate, and what came of it.
struct QuantizedValues {
  let values: [Float]
  let chunk: CodedChunk
  let quantizer: FittedQuantizer
  let extrema: EncodedExtrema
  /// `nil` when the scheme cannot represent the values.
  let codeBytes: [UInt8]?

  /// Fits to all of `values`, or to `sample`, as maps of `width` columns.
  init(_ values: [Float], width: Int = 1, scheme: QuantizationScheme.Values, sample: [Float]? = nil, channels: Int? = nil) throws {
    let channels = channels ?? width
    let schema = IntermediateSchema.maps(channels: channels, height: 1, width: width / channels)
    let sample = sample ?? values
    let quantizer = try sample.withUnsafeBufferPointer {
      try #require(try scheme.fitted(sample: $0.baseAddress!, rows: sample.count / width, schema: schema))
    }
    self.init(values, width: width, quantizer: quantizer)
  }

  init(_ values: [Float], width: Int = 1, quantizer: FittedQuantizer) {
    self.values = values
    self.quantizer = quantizer
    chunk = CodedChunk(rows: values.count / width, columns: 0..<width)
    var extrema = EncodedExtrema(for: quantizer)
    let chunk = chunk
    // A byte of 0xAA behind the codes tells whether more was written than belongs to them.
    let count = quantizer.codeFormat.byteCount(rows: chunk.rows, width: width)
    var bytes = [UInt8](repeating: 0xAA, count: count + 1)
    let isRepresentable = values.withUnsafeBufferPointer { values in
      bytes.withUnsafeMutableBytes {
        quantizer.encoder().encode(values.baseAddress!, rowStride: width, chunk: chunk, into: $0.baseAddress!, extrema: &extrema)
      }
    }
    precondition(bytes[count] == 0xAA, "encoding wrote past the codes")
    self.extrema = extrema
    codeBytes = isRepresentable ? Array(bytes.dropLast()) : nil
  }

  /// The codes, a byte each.
  var codes: [UInt8] { codes(of: chunk.all) }

  func codes(of part: CodedChunk.Part) -> [UInt8] {
    read(part, initial: UInt8(0)) { quantizer.unpackCodes($0, part, into: $1, rowStride: part.columns.count) }
  }

  var decoded: [Float] { decoded(chunk.all) }

  func decoded(_ part: CodedChunk.Part) -> [Float] {
    read(part, initial: Float(0)) { quantizer.decode($0, part, into: $1, rowStride: part.columns.count) }
  }

  private func read<Value>(
    _ part: CodedChunk.Part, initial: Value, _ body: (UnsafeRawPointer, UnsafeMutablePointer<Value>) -> Void
  ) -> [Value] {
    guard let codeBytes else { return [] }
    var result = [Value](repeating: initial, count: part.rows.count * part.columns.count)
    // Exactly as long as the codes, so that a sanitizer sees a read past them.
    codeBytes.withUnsafeBytes { codes in result.withUnsafeMutableBufferPointer { body(codes.baseAddress!, $0.baseAddress!) } }
    return result
  }
}

extension SeededRandom {
  /// About normal, mean 0, deviation 1.
  mutating func normal() -> Double {
    (-2 * log(1 - unit())).squareRoot() * cos(2 * .pi * unit())
  }

  mutating func normals(_ count: Int, scale: Double = 1, offset: Double = 0) -> [Float] {
    (0..<count).map { _ in Float(normal() * scale + offset) }
  }

  /// As after a ReLU: 68 % zeros.
  mutating func activations(_ count: Int) -> [Float] { normals(count, offset: -0.468).map { max(0, $0) } }

  /// Any bits but NaN's.
  mutating func anyFloat() -> Float {
    while true {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: next()))
      if !value.isNaN { return value }
    }
  }
}

/// Distributions that quantizers find hard, by name.
enum HardValues {
  /// Those that NumPy can take means and quantiles of without overflow.
  static func moderate(_ count: Int, seed: UInt64) -> [(name: String, values: [Float])] {
    all(count, seed: seed).filter { $0.name != "infinities" && $0.name != "any bits" }
  }

  static func all(_ count: Int, seed: UInt64) -> [(name: String, values: [Float])] {
    var random = SeededRandom(seed: seed)
    return [
      ("normal", random.normals(count)),
      ("activations", random.activations(count)),
      ("any bits", (0..<count).map { _ in random.anyFloat() }),
      ("two far clusters", (0..<count).map { _ in Float((random.next() % 2 == 0 ? 100 : 0) + random.unit() * 1e-4) }),
      ("around 1000", random.normals(count, scale: 1e-3, offset: 1000)),
      ("small integers", (0..<count).map { _ in Float(Int(random.next() % 19) - 9) }),
      ("all equal", Array(repeating: 2.5, count: count)),
      ("zeros of both signs", (0..<count).map { $0 % 2 == 0 ? 0 : -0.0 }),
      ("subnormal", (0..<count).map { _ in Float(random.normal()) * 1e-40 }),
      ("heavy tails", (0..<count).map { _ in Float(1 / (random.unit() - 0.5)) }),
      ("mostly one value between others", (0..<count).map { _ in random.next() % 10 == 0 ? Float(random.normal()) : 0.25 }),
      ("infinities", (0..<count).map { $0 % 50 == 7 ? .infinity : $0 % 50 == 31 ? -.infinity : Float(random.normal()) }),
    ]
  }
}

extension NumPy {
  /// float32 values as their bits, which JSON carries exactly, NaN and infinities too.
  static func bits(_ values: [Float]) -> [Double] { values.map { Double($0.bitPattern) } }

  static func floats(_ answer: Any?) -> [Float] {
    (answer as? [NSNumber] ?? []).map { Float(bitPattern: $0.uint32Value) }
  }
}
