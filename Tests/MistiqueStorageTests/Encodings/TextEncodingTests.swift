import Testing

@testable import MistiqueStorage

/// What is chosen for frames of texts; that they come back is `EncodingConformanceTests`' matter.
@Suite struct TextEncodingTests {
  @Test("Columns of few texts are stored as a dictionary, others as bytes")
  func choice() {
    let chosen = SampleFrame.texts.map { $0.encoded(TextEncoding())?.first.flatMap(TextEncoding.Body.init) }
    #expect(chosen.prefix(5).allSatisfy { $0 == .dictionary })
    #expect(chosen[5] == .bytes)
  }
}
