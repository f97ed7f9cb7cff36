import TestSupport

@testable import MistiqueStorage

extension SampleFrame {
  private init(name: String, raw: [UInt8], wordBytes: Int, bitmaps: [BitmapPlace] = [], expected: WordEncoding.Body? = nil) {
    self.init(name, raw, FrameContent(.words(bytes: wordBytes)))
    content.bitmaps = bitmaps
    self.expected = expected
  }

  /// The encoding of the frame's words.
  var wordEncoding: WordEncoding {
    guard case .words(let bytes) = content.element else { preconditionFailure("\(self) is not of words") }
    return WordEncoding(bytes: bytes)
  }

  /// All frames of words, and those with bitmaps also as if nobody knew of the bitmaps.
  static let words =
    typical + adversarial + short + withBitmaps
    + withBitmaps.map { frame in
      var unnamed = frame
      unnamed.content.bitmaps = []
      return unnamed
    }

  /// Of every size from nothing to three words.
  private static let short: [SampleFrame] = [1, 2, 4, 8].flatMap { wordBytes in
    (0...3 * wordBytes).map { count in
      SampleFrame(name: "a few bytes", raw: (0..<count).map { UInt8($0 * 37 & 0xff) }, wordBytes: wordBytes)
    }
  }

  /// Columns as pipelines have them, with the encoding each must get.
  static let typical: [SampleFrame] = {
    var random = SeededRandom(seed: 11)
    let rows = 8000
    func numbers<Number>(_ make: (Int) -> Number) -> [UInt8] { bytes((0..<rows).map(make)) }
    let noise = (0..<rows).map { _ in random.unit() + 0.01 }
    let picks = (0..<rows).map { _ in Int64.random(in: 0..<200, using: &random) }
    let leaves = (0..<1500).map { _ in random.unit() }
    return [
      SampleFrame(name: "a year for all", raw: numbers { _ in Int64(2015) }, wordBytes: 8, expected: .constant),
      SampleFrame(name: "one-hot", raw: numbers { picks[$0] < 30 ? 1.0 : 0.0 }, wordBytes: 8, expected: .dictionary),
      SampleFrame(name: "few codes", raw: numbers { picks[$0] % 7 * 1_000_003 }, wordBytes: 8, expected: .dictionary),
      SampleFrame(
        name: "200 distinct words far apart", raw: numbers { picks[$0] &* 0x123_4567_89AB_CDEF }, wordBytes: 8, expected: .dictionary),
      SampleFrame(
        name: "1,500 real numbers again and again", raw: numbers { leaves[$0 * 7919 % 1500] }, wordBytes: 8, expected: .dictionary),
      SampleFrame(name: "row ids", raw: numbers { Int64($0 + 123_456) }, wordBytes: 8, expected: .planes),
      SampleFrame(name: "prices", raw: numbers { Double(picks[$0] * 99_991 + Int64($0)) / 100 }, wordBytes: 8, expected: .planes),
      SampleFrame(name: "predictions", raw: bytes(noise), wordBytes: 8, expected: .planes),
      SampleFrame(name: "float32 predictions", raw: bytes(noise.map { Float($0) }), wordBytes: 4, expected: .planes),
      SampleFrame(name: "dates", raw: numbers { Int32(16801 + picks[$0] % 12) }, wordBytes: 4, expected: .dictionary),
      SampleFrame(name: "flags", raw: numbers { picks[$0] < 100 }, wordBytes: 1, expected: .dictionary),
      SampleFrame(name: "small words", raw: numbers { UInt16(picks[$0] * picks[($0 + 1) % rows]) }, wordBytes: 2, expected: .planes),
    ]
  }()

  /// Bits that tempt a decoder of numbers to lose some, and bytes that are nothing in particular.
  static let adversarial: [SampleFrame] = {
    var random = SeededRandom(seed: 12)
    let doubles: [Double] = [
      .nan, -.nan, .signalingNaN, Double(bitPattern: 0x7ff8_0000_dead_beef), 0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude,
      .greatestFiniteMagnitude, 0.1, 0.3, 1e15, 9_007_199_254_740_994, 4_503_599_627_370_497.5, -1, 1e-9, 123456789.987654321,
    ]
    var frames: [SampleFrame] = []
    for rows in [1, 2, 3, 64, 1000, 8000] {
      let odd = (0..<rows).map { _ in doubles.randomElement(using: &random)! }
      frames.append(SampleFrame(name: "\(rows) odd doubles", raw: bytes(odd), wordBytes: 8))
      frames.append(
        SampleFrame(
          name: "\(rows) prices, some odd",
          raw: bytes((0..<rows).map { row in row % 40 == 7 ? doubles[row % doubles.count] : Double(row * row % 100_000) / 100 }),
          wordBytes: 8))
      for wordBytes in [1, 2, 4, 8] {
        let random64 = (0..<rows).map { _ in random.next() }
        let tail = (0..<Int.random(in: 0..<wordBytes, using: &random)).map { UInt8($0) }
        let kinds: [(String, [UInt64])] = [
          ("noise", random64),
          ("extremes", random64.map { [0, 1, .max, 1 << 63, (1 << 63) - 1, 1 << 31, (1 << 31) - 1, 0x80, 0x7fff][Int($0 % 9)] }),
          ("small differences", random64.reduce(into: [0]) { $0.append($0.last! &+ $1 % 5 &- 2) }),
          ("a jump", (0..<rows).map { UInt64($0) &+ ($0 > rows / 2 ? 1 << 63 : 0) }),
          ("few words", random64.map { ($0 % 11) &* 0x0123_4567_89ab_cdef }),
          ("more than 256 words", random64.map { ($0 % 700) &* 0x0123_4567_89ab_cdef }),
          ("more than 4,096 words", random64.map { ($0 % 5000) &* 0x0123_4567_89ab_cdef }),
        ]
        for (name, words) in kinds {
          frames.append(
            SampleFrame(name: "\(rows) \(name), \(tail.count) bytes left", raw: bytes(words, each: wordBytes) + tail, wordBytes: wordBytes))
        }
      }
    }
    return frames
  }()

  /// Chunks with validity bitmaps before their values; a share of the present values is zero, which the prediction cannot know.
  static let withBitmaps: [SampleFrame] = {
    var random = SeededRandom(seed: 13)
    var frames: [SampleFrame] = []
    for wordBytes in [1, 2, 4, 8] {
      for presentZeros in [0.0, 0.01, 0.9] {
        var raw: [UInt8] = []
        var bitmaps: [BitmapPlace] = []
        for rows in [1000, 1000, 1000, 1000, 65, 1000, 64, 1, 300] {
          var validity = Validity(count: rows, present: false)
          var words: [UInt64] = []
          for row in 0..<rows {
            let present = random.unit() < 0.3
            validity[row] = present
            words.append(present && random.unit() >= presentZeros ? 1 + random.next() % 250 : 0)
          }
          // A chunk in which nothing is missing has no bitmap.
          if rows != 300 {
            bitmaps.append(BitmapPlace(offset: raw.count, rows: rows))
            raw += bytes(validity.words)
          }
          raw += bytes(words, each: wordBytes)
        }
        frames.append(SampleFrame(name: "bitmaps, \(presentZeros) zeros", raw: raw, wordBytes: wordBytes, bitmaps: bitmaps))
      }
    }
    return frames
  }()
}
