import Dispatch
import TestSupport
import Testing

@testable import MistiqueStorage

@Suite struct WordEncodingTests {
  @Test(
    "Columns of pipelines come back to the bit, in the encoding that suits them and smaller than zstd makes them",
    arguments: SampleFrame.typical)
  func typical(frame: SampleFrame) throws {
    let stored = frame.encoded
    #expect(stored.withUnsafeBytes { WordEncoding.encoding(of: $0) } == frame.expected)
    #expect(decoded(stored, like: frame) == frame.raw)
    #expect(stored.count < (try FrameEncodingTests.encoded(frame.raw, .opaque, .zstd())).bytes.count)
  }

  @Test("Odd numbers, noise and left-over bytes come back to the bit, and take one byte more at most")
  func adversarial() {
    var chosen: Set<WordEncoding> = []
    for frame in SampleFrame.adversarial {
      let stored = frame.encoded
      #expect(decoded(stored, like: frame) == frame.raw, "\(frame)")
      #expect(stored.count <= frame.raw.count + 1, "\(frame)")
      chosen.insert(stored.withUnsafeBytes { WordEncoding.encoding(of: $0)! })
    }
    #expect(chosen == Set(WordEncoding.allCases))
  }

  @Test("Frames of every size from nothing to three words come back", arguments: [1, 2, 4, 8])
  func sizes(wordBytes: Int) {
    for count in 0...3 * wordBytes {
      let frame = SampleFrame(name: "\(count) bytes", raw: (0..<count).map { UInt8($0 * 37 & 0xff) }, wordBytes: wordBytes)
      #expect(decoded(frame.encoded, like: frame) == frame.raw, "\(frame)")
    }
  }

  @Test("Bitmaps come back whether or not their prediction holds", arguments: SampleFrame.withBitmaps)
  func bitmaps(frame: SampleFrame) {
    var unnamed = frame
    unnamed.bitmaps = []
    #expect(decoded(frame.encoded, like: frame) == frame.raw)
    #expect(decoded(unnamed.encoded, like: frame) == frame.raw)
  }

  @Test("Bitmaps that only say which values are zero add less than 60 bytes")
  func predictedBitmaps() {
    let frame = SampleFrame.withBitmaps.last { $0.name.contains(" 0.0 ") }!
    let values = frame.bitmaps.reversed().reduce(into: frame.raw) { $0.removeSubrange($1.offset..<$1.offset + $1.bitmapBytes) }
    let alone = SampleFrame(name: "without", raw: values, wordBytes: frame.wordBytes)
    #expect(frame.encoded.count < alone.encoded.count + 60)
  }

  @Test("The same frame gives the same bytes whatever was encoded before it, and whichever thread does it")
  func deterministic() {
    let alone = SampleFrame.typical.map(\.encoded)
    DispatchQueue.concurrentPerform(iterations: 100) { iteration in
      let index = iteration * 7 % alone.count
      let frame = SampleFrame.typical[index]
      #expect(frame.encoded == alone[index], "\(frame)")
      #expect(decoded(alone[index], like: frame) == frame.raw, "\(frame)")
    }
  }

  @Test("20,000 damaged frames give an error or bytes of the right size")
  func damage() {
    let seed: UInt64 = 21
    var random = SeededRandom(seed: seed)
    let frames = SampleFrame.typical + SampleFrame.withBitmaps + SampleFrame.adversarial
    let stored = frames.map(\.encoded)
    var refused = 0
    for _ in 0..<20_000 {
      let index = Int.random(in: 0..<frames.count, using: &random)
      if let result = decoded(damaged(stored[index], &random), like: frames[index]) {
        #expect(result.count == frames[index].raw.count, "seed \(seed)")
      } else {
        refused += 1
      }
    }
    // Both happen, or the damage is not what it should be.
    #expect((2_000...19_000).contains(refused))
  }

  @Test("What is damaged says where")
  func place() {
    var output = [UInt8](repeating: 0, count: 16)
    #expect {
      try output.withUnsafeMutableBytes { output in
        try [UInt8(99)].withUnsafeBytes { try WordEncoding.decode($0, into: output, wordBytes: 8, place: "frame 3 of x.mqp") }
      }
    } throws: {
      ($0 as? StoreError)?.code == .corrupt && "\($0)".hasPrefix("frame 3 of x.mqp: ")
    }
  }
}
