import Testing

@testable import MistiqueStorage

/// What is chosen for frames of words; that they come back is `EncodingConformanceTests`' matter.
@Suite struct WordEncodingTests {
  @Test("Columns of pipelines get the body that suits them, and fewer bytes than under zstd", arguments: SampleFrame.typical)
  func typical(frame: SampleFrame) throws {
    let stored = try #require(frame.encoded(frame.wordEncoding))
    #expect(stored.withUnsafeBytes { WordEncoding.Body(of: $0) } == frame.expected)
    #expect(stored.count < (try frame.stored(.zstd())).bytes.count)
  }

  @Test("Odd numbers and noise get every body there is")
  func adversarial() {
    let chosen = SampleFrame.adversarial.map { frame in frame.encoded(frame.wordEncoding)?.withUnsafeBytes { WordEncoding.Body(of: $0) } }
    #expect(Set(chosen) == Set(WordEncoding.Body.allCases))
  }

  @Test("Bitmaps that only say which values are zero add less than 60 bytes")
  func predictedBitmaps() throws {
    let frame = SampleFrame.withBitmaps.last { $0.name.contains(" 0.0 ") }!
    var alone = frame
    for bitmap in frame.content.bitmaps.reversed() { alone.raw.removeSubrange(bitmap.offset..<bitmap.offset + bitmap.bitmapBytes) }
    alone.content.bitmaps = []
    let (with, without) = (try #require(frame.encoded(frame.wordEncoding)), try #require(alone.encoded(frame.wordEncoding)))
    #expect(with.count < without.count + 60)
  }
}
