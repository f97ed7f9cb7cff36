import TestSupport
import Testing

@testable import MistiqueStorage

/// Chunks of a text column as the store lays them out.
private struct TextFrame: CustomStringConvertible, Sendable {
  let name: String
  private(set) var raw: [UInt8] = []
  private(set) var chunks: [TextChunkPlace] = []

  var description: String { name }

  init(_ name: String, _ chunks: [[String?]]) {
    self.name = name
    for texts in chunks {
      let start = raw.count
      let hasValidity = texts.contains { $0 == nil }
      if hasValidity {
        var validity = Validity(count: texts.count, present: true)
        for (row, text) in texts.enumerated() where text == nil { validity[row] = false }
        raw += bytes(validity.words)
      }
      raw += bytes(texts.map { UInt32($0?.utf8.count ?? 0) })
      for text in texts { raw += Array((text ?? "").utf8) }
      self.chunks.append(TextChunkPlace(rows: texts.count, hasValidity: hasValidity, bytes: raw.count - start))
    }
  }

  var encoded: [UInt8] { encoded(chunks) }

  func encoded(_ chunks: [TextChunkPlace]) -> [UInt8] {
    var output = [UInt8](repeating: 0xAA, count: TextEncoding.bound(raw.count))
    let size = raw.withUnsafeBytes { raw in output.withUnsafeMutableBytes { TextEncoding.encode(raw, chunks: chunks, into: $0) } }
    output.removeLast(output.count - size)
    return output
  }

  func decoded(_ stored: [UInt8]) -> [UInt8]? {
    MistiqueStorageTests.decoded(stored, count: raw.count) { try TextEncoding.decode($0, into: $1, place: "test") }
  }

  static let samples: [TextFrame] = {
    var random = SeededRandom(seed: 31)
    func chunk(_ rows: Int, distinct: Int, missing: Double = 0, empty: Double = 0) -> [String?] {
      (0..<rows).map { _ in
        if random.unit() < missing { return nil }
        if random.unit() < empty { return "" }
        let number = Int.random(in: 0..<distinct, using: &random)
        return number % 13 == 0 ? "Großes Grundstück am Rand der Stadt, Nummer \(number)" : "LAR\(number)"
      }
    }
    return [
      TextFrame("land use codes", [chunk(1000, distinct: 40), chunk(1000, distinct: 40), chunk(500, distinct: 40)]),
      TextFrame("zoning, a third missing", [chunk(1000, distinct: 900, missing: 0.3), chunk(1000, distinct: 900, missing: 0.3)]),
      TextFrame("missing and empty", [chunk(1000, distinct: 3, missing: 0.5, empty: 0.1), chunk(63, distinct: 3, empty: 0.5)]),
      TextFrame("one flag", [chunk(1000, distinct: 1, missing: 0.97), chunk(1000, distinct: 1)]),
      TextFrame("nothing but missing", [[String?](repeating: nil, count: 1000)]),
      TextFrame("every text another", [(0..<1000).map { "parcel \($0 * 7919)" }]),
      TextFrame("one text", [["x"]]),
      TextFrame("no rows", [[]]),
      TextFrame("no chunks", []),
      TextFrame("one long text", [[String(repeating: "long ", count: 30_000), nil, "short"]]),
    ]
  }()
}

@Suite struct TextEncodingTests {
  @Test("Texts come back to the byte", arguments: TextFrame.samples)
  fileprivate func roundTrip(frame: TextFrame) {
    let stored = frame.encoded
    #expect(frame.decoded(stored) == frame.raw)
    #expect(stored.count <= TextEncoding.bound(frame.raw.count))
  }

  @Test("Columns of few texts are stored as a dictionary, others as bytes")
  func choice() {
    let chosen = TextFrame.samples.map { $0.encoded.withUnsafeBytes { TextEncoding.encoding(of: $0)! } }
    #expect(chosen.prefix(5).allSatisfy { $0 == .dictionary })
    #expect(chosen[5] == .bytes)
  }

  @Test("Chunks that do not fit the bytes are no harm")
  func wrongChunks() {
    let frame = TextFrame.samples[0]
    for wrong in [
      [], [TextChunkPlace(rows: 9_999, hasValidity: true, bytes: frame.raw.count)], [TextChunkPlace(rows: 1, hasValidity: false, bytes: 3)],
      [TextChunkPlace(rows: 1000, hasValidity: true, bytes: frame.raw.count)],
    ] {
      #expect(frame.decoded(frame.encoded(wrong)) == frame.raw)
    }
  }

  @Test("20,000 damaged frames give an error or bytes of the right size")
  func damage() {
    let seed: UInt64 = 32
    var random = SeededRandom(seed: seed)
    let stored = TextFrame.samples.map(\.encoded)
    var refused = 0
    for _ in 0..<20_000 {
      let index = Int.random(in: 0..<stored.count, using: &random)
      let frame = TextFrame.samples[index]
      if let result = frame.decoded(damaged(stored[index], &random)) {
        #expect(result.count == frame.raw.count, "seed \(seed)")
      } else {
        refused += 1
      }
    }
    #expect((2_000...19_900).contains(refused))
  }
}
