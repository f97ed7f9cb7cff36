import Foundation
import MistiqueStorage
import TestSupport
import Testing

@Suite struct SimilarityIndexTests {
  @Test("Chunks meet in a band as often as the S-curve says", arguments: [60, 140, 250, 400, 600, 900])
  func chunksMeetAsTheCurveSays(shared: Int) {
    let seed: UInt64 = 3
    var random = SeededRandom(seed: seed)
    var options = SimilarityOptions()
    options.threshold = 0
    let trials = 2000
    let pairs = (0..<trials).map { _ in SimilarityFixture.sketches(count: 1000, shared: shared, &random) }
    var index = SimilarityIndex(options: options)
    for (id, pair) in pairs.enumerated() { index.insert(pair.a, id: id) }
    let met = pairs.indices.count { index.closest(to: pairs[$0].b)?.id == $0 }
    let jaccard = Double(shared) / Double(2000 - shared)
    let expected = 1 - pow(1 - pow(jaccard, Double(options.hashesPerBand)), Double(options.bands))
    let deviation = (expected * (1 - expected) / Double(trials)).squareRoot()
    // Different minima share one of 2,048 buckets of a band by chance, 32 times: such meetings come on top.
    let chance = 32.0 / 2048
    let part = Double(met) / Double(trials)
    #expect(part >= expected - 3 * deviation && part <= expected + 3 * deviation + chance, "seed \(seed), \(part), expected \(expected)")
  }

  @Test("What is above the threshold is found among thousands, what is below is not")
  func whatIsAboveTheThreshold() throws {
    let seed: UInt64 = 21
    var random = SeededRandom(seed: seed)
    let options = SimilarityOptions()
    var index = SimilarityIndex(options: options)
    var similar: [SimilaritySketch] = []
    for id in 0..<5000 {
      let (a, b) = SimilarityFixture.sketches(count: 200, shared: 150, &random)
      index.insert(a, id: id)
      similar.append(b)
    }
    for id in stride(from: 0, to: 5000, by: 7) {
      let closest = try #require(index.closest(to: similar[id]), "seed \(seed), chunk \(id)")
      #expect(closest.id == id && closest.similarity >= options.threshold)
    }
    let strangers = (0..<500).count { _ in index.closest(to: SimilarityFixture.sketches(count: 200, shared: 0, &random).a) != nil }
    #expect(strangers == 0, "seed \(seed)")
  }

  @Test("Of equally similar chunks the newest is closest")
  func ofEquallySimilarChunksThe() throws {
    var random = SeededRandom(seed: 1)
    let (a, _) = SimilarityFixture.sketches(count: 100, shared: 0, &random)
    var index = SimilarityIndex(options: SimilarityOptions())
    for id in [3, 5, 8] { index.insert(a, id: id) }
    #expect(try #require(index.closest(to: a)) == (8, 1))
  }

  @Test("A removed chunk is not found again, and removing what is not there changes nothing")
  func aRemovedChunkIsNot() throws {
    var random = SeededRandom(seed: 2)
    let (a, _) = SimilarityFixture.sketches(count: 100, shared: 0, &random)
    var index = SimilarityIndex(options: SimilarityOptions())
    for id in [3, 5, 8] { index.insert(a, id: id) }
    index.remove(8)
    index.remove(4)
    index.remove(8)
    #expect(try #require(index.closest(to: a)).id == 5)
    index.remove(3)
    index.remove(5)
    #expect(index.closest(to: a) == nil)
    index.insert(a, id: 9)
    #expect(try #require(index.closest(to: a)).id == 9)
  }

  @Test("Memory is bounded and the oldest entries go first")
  func memoryIsBoundedAndThe() throws {
    let seed: UInt64 = 4
    var random = SeededRandom(seed: seed)
    var options = SimilarityOptions()
    options.indexBytes = 300 * SimilarityIndex.bytesPerEntry(options)
    var index = SimilarityIndex(options: options)
    #expect(index.capacity == 300)
    let sketches = (0..<1000).map { _ in SimilarityFixture.sketches(count: 50, shared: 0, &random).a }
    for (id, sketch) in sketches.enumerated() {
      index.insert(sketch, id: id)
      #expect(index.count <= 300)
    }
    for id in 0..<700 { #expect(index.closest(to: sketches[id]) == nil, "seed \(seed), chunk \(id)") }
    for id in 700..<1000 { #expect(try #require(index.closest(to: sketches[id])).id == id, "seed \(seed), chunk \(id)") }
  }

  @Test("An index agrees with a search of everything, through growth, removal and eviction")
  func anIndexAgreesWithA() {
    let seed: UInt64 = 6
    var random = SeededRandom(seed: seed)
    var options = SimilarityOptions()
    options.hashesPerBand = 1
    options.candidatesPerBand = 1000
    options.indexBytes = 150 * SimilarityIndex.bytesPerEntry(options)
    var index = SimilarityIndex(options: options)
    var model: [(id: Int, sketch: SimilaritySketch, isRemoved: Bool)] = []
    let families = (0..<20).map { _ in (0..<60).map { _ in Int64(bitPattern: random.next()) } }
    for id in 0..<600 {
      let family = families[Int(random.next() % 20)]
      let sketch = SimilarityFixture.sketch(family.map { random.next() % 3 == 0 ? Int64(bitPattern: random.next()) : $0 }, .int64)
      var best: (id: Int, similarity: Double)?
      for entry in model.suffix(150) where !entry.isRemoved {
        let similarity = entry.sketch.similarity(to: sketch)
        if similarity >= max(options.threshold, best?.similarity ?? 0) { best = (entry.id, similarity) }
      }
      let found = index.closest(to: sketch)
      #expect(found?.id == best?.id && found?.similarity == best?.similarity, "seed \(seed), chunk \(id)")
      index.insert(sketch, id: id)
      model.append((id, sketch, false))
      if random.next() % 4 == 0 {
        let victim = max(0, id - Int(random.next() % 200))
        index.remove(victim)
        model[victim].isRemoved = true
      }
    }
  }

  @Test("An empty sketch is neither kept nor found")
  func anEmptySketchIsNeither() {
    var index = SimilarityIndex(options: SimilarityOptions())
    let empty = SimilarityFixture.sketch([Double](), .float64)
    index.insert(empty, id: 0)
    #expect(index.count == 0 && index.closest(to: empty) == nil)
  }
}
