import Diagnosis
import Foundation
import TestSupport
import Testing

@Suite struct NetworkDissectionTests {
  private func masks(above share: Double, _ values: [Float], neurons: Int, cells: Int) throws -> ActivationMasks {
    try values.withUnsafeBufferPointer { try ActivationMasks(above: share, of: $0, neurons: neurons, cells: cells) }
  }

  @Test("Intersection over union is NumPy's, counted pixel by pixel on maps enlarged to the images", .enabled(if: NumPy.isInstalled))
  func numpy() throws {
    let (images, neurons, concepts) = (9, 5, 4)
    var random = SeededRandom(seed: 77)
    // Many equal values, as after a ReLU, and one neuron that is never active.
    let values = (0..<images * neurons * 16).map { place -> Float in
      let value = Float(random.next() % 64)
      return place / 16 % neurons == 3 ? 0 : max(0, value - 20) / 8
    }
    let shown = (0..<images * 64).map { _ -> UInt32 in UInt32(random.next() & random.next() & 0b0111) }
    let script = """
      import json, sys, numpy as np
      d = json.load(sys.stdin)
      a = np.array(d["values"], np.float32).astype(np.float64).reshape(9, 5, 4, 4)
      shown = np.array(d["shown"]).astype(int).reshape(9, 1, 8, 8)
      thresholds = np.quantile(a, 0.9, axis=(0, 2, 3))
      masks = (a > thresholds[None, :, None, None]).repeat(2, axis=2).repeat(2, axis=3)
      answer = []
      for neuron in range(5):
        for concept in range(4):
          concept_mask = ((shown[:, 0] >> concept) & 1).astype(bool)
          union = (masks[:, neuron] | concept_mask).sum()
          answer.append(float((masks[:, neuron] & concept_mask).sum() / union) if union else -1.0)
      print(json.dumps({"iou": answer, "thresholds": thresholds.tolist(), "active": int(masks.sum()) // 4}))
      """
    let answer = try NumPy.run(script, input: ["values": values.map(Double.init), "shown": shown.map(Double.init)])
    let active = try masks(above: 0.9, values, neurons: neurons, cells: 16)
    let concept = try ConceptMasks(
      shown, concepts: concepts, image: .init(height: 8, width: 8), map: .init(height: 4, width: 4))
    let found = NetworkDissection(active, concept)
    let expected = try #require(answer["iou"] as? [Double])
    #expect(expected.count == 20 && Set(expected).count > 10)
    for (place, value) in expected.enumerated() {
      let ours = found.intersectionOverUnion[place]
      // The fourth concept is never shown, the fourth neuron never active: both masks are empty.
      #expect(value < 0 ? ours.isNaN : abs(ours - value) < 1e-14, "place \(place): \(ours), NumPy \(value)")
    }
    #expect(found[3, 3].isNaN && found[3, 0] == 0 && found.best(ofNeuron: 3) == nil)
    #expect(active.activeCells == answer["active"] as? Int)
    for (neuron, threshold) in try #require(answer["thresholds"] as? [Double]).enumerated() {
      let own = (0..<images).flatMap { image -> [Double] in
        let start = (image * neurons + neuron) * 16
        return values[start..<start + 16].map(Double.init)
      }
      #expect(abs(Quantiles.of(own, shares: [0.9])[0] - threshold) < 1e-12)
    }
  }

  @Test("The best concept is the one that is covered best, the first of equals, and none for a neuron that covers none")
  func best() throws {
    // One image of 2 x 2 pixels, each a cell: concept 0 is the first row, concept 1 the first column, concept 2 the last pixel.
    let shown: [UInt32] = [0b011, 0b001, 0b010, 0b100]
    let size = ConceptMasks.Size(height: 2, width: 2)
    let concepts = try ConceptMasks(shown, concepts: 3, image: size, map: size)
    let bits: [UInt8] = [1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1]
    let found = NetworkDissection(try ActivationMasks(bits: bits, neurons: 4, cells: 4), concepts)
    #expect(found.best(ofNeuron: 0) == .init(concept: 0, intersectionOverUnion: 0.5))
    #expect(found.best(ofNeuron: 1) == .init(concept: 2, intersectionOverUnion: 0.5))
    #expect(found[1, 1] == 1.0 / 3)
    #expect(found.best(ofNeuron: 2) == nil)
    #expect(found.best(ofNeuron: 3) == .init(concept: 2, intersectionOverUnion: 1))
    #expect(concepts.pixels == [2, 2, 1] && concepts.pixelsPerCell == 1)
  }

  @Test("Bits and activations give the same masks when the threshold is the same")
  func bits() throws {
    let values: [Float] = [0, 1, 2, 3, 4, 5, 6, 7]
    let exact = try masks(above: 0.5, values, neurons: 2, cells: 2)
    // Neuron 0 has 0, 1, 4, 5, neuron 1 the rest: medians 2.5 and 4.5.
    #expect(try exact == ActivationMasks(bits: [0, 0, 0, 0, 1, 1, 1, 1], neurons: 2, cells: 2))
    #expect(exact.images == 2 && exact.activeCells == 4)
    #expect(exact.activeCells(ofNeuron: 1, image: 0) == [false, false] && exact.activeCells(ofNeuron: 0, image: 1) == [true, true])
  }

  @Test("Values that are no numbers, codes that are no bits, pixels of unknown concepts and no images are errors that say where")
  func hostile() {
    func error(_ body: () throws -> Void) -> DiagnosisError? {
      do { try body() } catch { return error as? DiagnosisError }
      return nil
    }
    let broken = error { _ = try masks(above: 0.995, [1, 2, 3, .nan], neurons: 2, cells: 1) }
    #expect(broken?.code == .notFinite && "\(broken!)".contains("image 1, neuron 1: an activation is nan"))
    #expect(error { _ = try masks(above: 0.995, [.infinity], neurons: 1, cells: 1) }?.code == .notFinite)
    #expect(error { _ = try masks(above: 0.995, [], neurons: 1, cells: 1) }?.code == .tooFewRows)
    let code = error { _ = try ActivationMasks(bits: [0, 1, 17], neurons: 3, cells: 1) }
    #expect(code?.code == .notAMask && "\(code!)".contains("code 2 is 17") && "\(code!)".contains("THRESHOLD_QT"))
    let size = ConceptMasks.Size(height: 1, width: 2)
    let pixel = error { _ = try ConceptMasks([1, 2, 4, 8], concepts: 3, image: size, map: size) }
    #expect(pixel?.code == .notAMask && "\(pixel!)".contains("pixel 1 of image 1"))
    #expect(error { _ = try ConceptMasks([.max], concepts: 32, image: .init(height: 1, width: 1), map: .init(height: 1, width: 1)) } == nil)
  }

  @Test("No image at all has no overlap of anything, and thresholds at the ends leave all but the smallest, or none")
  func ends() throws {
    let size = ConceptMasks.Size(height: 1, width: 1)
    let none = NetworkDissection(
      try ActivationMasks(bits: [], neurons: 1, cells: 1), try ConceptMasks([], concepts: 1, image: size, map: size))
    #expect(none[0, 0].isNaN && none.best(ofNeuron: 0) == nil)
    let ends: [Float] = [-.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude]
    #expect(try masks(above: 0, ends, neurons: 1, cells: 1).activeCells == 2)
    #expect(try masks(above: 0.5, ends, neurons: 1, cells: 1).activeCells == 1)
    #expect(try masks(above: 1, ends, neurons: 1, cells: 1).activeCells == 0)
    #expect(try masks(above: 0.995, [7, 7, 7], neurons: 1, cells: 1).activeCells == 0, "equal activations, as a dead neuron's")
  }
}
