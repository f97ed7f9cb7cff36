import TestSupport

@testable import MistiqueStorage

extension SampleFrame {
  /// Chunks of a text column as the store lays them out.
  private init(texts name: String, _ chunks: [[String?]]) {
    self.init(name, [], FrameContent(.text))
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
      content.texts.append(TextChunkPlace(rows: texts.count, hasValidity: hasValidity, bytes: raw.count - start))
    }
  }

  /// The first five have few distinct texts, the sixth has none twice.
  static let texts: [SampleFrame] = {
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
      SampleFrame(texts: "land use codes", [chunk(1000, distinct: 40), chunk(1000, distinct: 40), chunk(500, distinct: 40)]),
      SampleFrame(
        texts: "zoning, a third missing", [chunk(1000, distinct: 900, missing: 0.3), chunk(1000, distinct: 900, missing: 0.3)]),
      SampleFrame(texts: "missing and empty", [chunk(1000, distinct: 3, missing: 0.5, empty: 0.1), chunk(63, distinct: 3, empty: 0.5)]),
      SampleFrame(texts: "one flag", [chunk(1000, distinct: 1, missing: 0.97), chunk(1000, distinct: 1)]),
      SampleFrame(texts: "nothing but missing", [[String?](repeating: nil, count: 1000)]),
      SampleFrame(texts: "every text another", [(0..<1000).map { "parcel \($0 * 7919)" }]),
      SampleFrame(texts: "one text", [["x"]]),
      SampleFrame(texts: "no rows", [[]]),
      SampleFrame(texts: "no chunks", []),
      SampleFrame(texts: "one long text", [[String(repeating: "long ", count: 30_000), nil, "short"]]),
    ]
  }()
}
