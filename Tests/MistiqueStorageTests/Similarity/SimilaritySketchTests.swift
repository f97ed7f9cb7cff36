import MistiqueStorage
import TestSupport
import Testing

@Suite struct SimilaritySketchTests {
  @Test("The estimated similarity is within three standard deviations of the exact one", arguments: [0, 250, 500, 750, 1000])
  func theEstimatedSimilarityIsWithin(shared: Int) {
    let seed: UInt64 = 5
    var random = SeededRandom(seed: seed)
    let repeats = 200
    var sum = 0.0
    var expected = 0.0
    for _ in 0..<repeats {
      let (a, b) = SimilarityFixture.pair(count: 1000, shared: shared, &random)
      let exact = SimilarityFixture.jaccard(a, b)
      // Different minima have the same 16 bits once in 65,536 times.
      expected = exact + (1 - exact) * 0x1p-16
      let estimate = SimilarityFixture.sketch(a, .int64).similarity(to: SimilarityFixture.sketch(b, .int64))
      // Of 1,000 estimates three would be past three deviations. One hash more, because near 0 and 1 the distribution is not normal.
      #expect(abs(estimate - expected) <= 4 * (expected * (1 - expected) / 64).squareRoot() + 1.0 / 64, "seed \(seed)")
      sum += estimate
    }
    let deviation = (expected * (1 - expected) / Double(64 * repeats)).squareRoot()
    let mean = sum / Double(repeats)
    #expect(abs(mean - expected) <= 3 * deviation, "seed \(seed), mean \(mean), expected \(expected)")
  }

  @Test("Sets smaller than the signature are estimated without bias too")
  func setsSmallerThanTheSignature() {
    let seed: UInt64 = 11
    var random = SeededRandom(seed: seed)
    var sum = 0.0
    for _ in 0..<1000 {
      let (a, b) = SimilarityFixture.sketches(count: 12, shared: 8, &random)
      sum += a.similarity(to: b)
    }
    // Twelve values leave a larger spread than 64 hashes; one of J (1 - J) / 12 bounds it.
    #expect(abs(sum / 1000 - 0.5) <= 3 * (0.25 / 12 / 1000).squareRoot(), "seed \(seed), mean \(sum / 1000)")
  }

  @Test("Values in regular distances are estimated like random ones", arguments: [1, 8, 1000])
  func regularValues(distance: Int64) {
    var options = SimilarityOptions()
    options.hashes = 1024
    for start in stride(from: Int64(0), to: 1_000_000, by: 50_021) {
      let a = (0..<16_000).map { start + $0 * distance }
      let b = (8_000..<24_000).map { start + $0 * distance }
      for estimate in [
        SimilarityFixture.sketch(a, .int64, options).similarity(to: SimilarityFixture.sketch(b, .int64, options)),
        SimilarityFixture.sketch(a.map(Double.init), .float64, options).similarity(
          to: SimilarityFixture.sketch(b.map(Double.init), .float64, options)),
      ] {
        #expect(abs(estimate - 1.0 / 3) <= 4 * (2.0 / 9 / 1024).squareRoot(), "start \(start)")
      }
    }
  }

  @Test("Order and repetition of values do not count")
  func orderAndRepetitionOfValues() {
    let values: [Double] = [1, 2, 3, 4, 5]
    let other: [Double] = [5, 5, 4, 3, 2, 2, 2, 1]
    #expect(SimilarityFixture.sketch(values, .float64) == SimilarityFixture.sketch(other, .float64))
  }

  @Test("All NaNs are one value, so are 0 and -0, and infinities are two of their own")
  func allNansAreOneValue() {
    var options = SimilarityOptions()
    for mantissaBits in [nil, 7, 0] {
      options.mantissaBits = mantissaBits
      func double(_ value: Double) -> SimilaritySketch { SimilarityFixture.sketch([value], .float64, options) }
      func float(_ value: Float) -> SimilaritySketch { SimilarityFixture.sketch([value], .float32, options) }
      #expect(double(.nan) == double(Double(nan: 12, signaling: false)) && double(.nan) == double(-.nan))
      #expect(float(.nan) == float(Float(nan: 12, signaling: true)) && float(.nan) == float(-.nan))
      #expect(double(0) == double(-0.0) && float(0) == float(-0.0))
      let doubles = [double(.infinity), double(-.infinity), double(.nan), double(0), double(.greatestFiniteMagnitude)]
      let floats = [float(.infinity), float(-.infinity), float(.nan), float(0), float(.greatestFiniteMagnitude)]
      for (a, b) in [(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (2, 3), (2, 4)] {
        #expect(doubles[a] != doubles[b] && floats[a] != floats[b], "values \(a) and \(b), \(String(describing: mantissaBits)) bits")
      }
    }
  }

  @Test("Discretisation joins values that differ in the mantissa's low bits only")
  func discretisationJoinsValuesThatDiffer() {
    var options = SimilarityOptions()
    let near: [Float] = [1, 1.0000001]
    #expect(SimilarityFixture.sketch([near[0]], .float32, options) != SimilarityFixture.sketch([near[1]], .float32, options))
    options.mantissaBits = 7
    #expect(SimilarityFixture.sketch([near[0]], .float32, options) == SimilarityFixture.sketch([near[1]], .float32, options))
  }

  @Test("A chunk without an element is similar to nothing, one of a single element to its equal", arguments: SimilarityElement.allCases)
  func aChunkWithoutAnElement(element: SimilarityElement) {
    let empty = SimilarityFixture.sketch([UInt8](), element)
    let tooShort = SimilarityFixture.sketch([UInt8](repeating: 1, count: element.byteCount - 1), element)
    let one = SimilarityFixture.sketch([UInt8](repeating: 1, count: element.byteCount), element)
    #expect(empty.isEmpty && tooShort.isEmpty && !one.isEmpty)
    #expect(empty.similarity(to: empty) == 0 && empty.similarity(to: one) == 0)
    #expect(one.similarity(to: one) == 1)
  }

  @Test("A chunk's validity words are not values")
  func aChunksValidityWordsAre() {
    let values = (0..<100).map { Int64($0 * 31) }
    let payload = values.withUnsafeBytes { Array($0) }
    let plain = ColumnChunk(shape: .init(type: .values(.int64), rows: 100), payload: BufferSlice(copying: payload))
    let gaps = ColumnChunk(
      shape: .init(type: .values(.int64), rows: 100, hasValidity: true),
      payload: BufferSlice(copying: [UInt8](repeating: 7, count: 16) + payload))
    let options = SimilarityOptions()
    #expect(SimilaritySketch(plain, options: options) == SimilaritySketch(gaps, options: options))
    let text = ColumnChunk(shape: .init(type: .values(.text), rows: 1), payload: BufferSlice(copying: [1, 0, 0, 0, 65]))
    #expect(SimilaritySketch(text, options: options).isEmpty)
    #expect(
      SimilaritySketch(ColumnChunk(shape: .record(.blob, count: 800), payload: BufferSlice(copying: payload)), options: options).isEmpty)
  }

  @Test("Signatures are the same in every process")
  func signaturesAreTheSameIn() {
    var options = SimilarityOptions()
    options.hashes = 16
    let values = (0..<1000).map { Double($0) / 8 }
    // From another implementation of the same hashes. Stores written on two days must place chunks alike.
    #expect(
      SimilarityFixture.sketch(values, .float64, options).minima
        == [53861, 21449, 44223, 57246, 30, 27824, 60721, 55467, 29528, 1599, 43930, 50728, 28245, 60845, 7366, 57103])
    #expect(
      SimilarityFixture.sketch(values.map(Float.init), .float32, options).minima
        == [41595, 59212, 43603, 4824, 65006, 5260, 3365, 167, 59686, 17707, 51745, 11017, 9392, 2754, 51884, 16296])
    #expect(
      SimilarityFixture.sketch([Int32](0..<5), .int32, options).minima
        == [17578, 22724, 22724, 22724, 8111, 17578, 22724, 8111, 22724, 16582, 8111, 16582, 8111, 17578, 8111, 22724])
  }
}
