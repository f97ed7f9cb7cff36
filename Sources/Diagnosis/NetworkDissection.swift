/// NETDISSECT (paper section 4.1, THRESHOLD_QT): which concept of the images each neuron detects.
///
/// A neuron detects a concept as well as its active cells cover the concept's pixels and nothing else: the intersection over union of the two
/// masks, summed over all images. Pixels are counted at the image's resolution, each cell of a map standing for the pixels it covers. Bau et al.
/// enlarge maps bilinearly *before* they apply the threshold; that needs activations, of which a store of bits has none.
///
/// It says nothing about how strongly a neuron responds, and does not decide what counts as a detector (Bau et al.: IoU above 0.04).
///
/// Source: D. Bau, B. Zhou, A. Khosla, A. Oliva, A. Torralba, "Network Dissection: Quantifying Interpretability of Deep Visual Representations",
/// CVPR 2017, section 3.2, DOI 10.1109/CVPR.2017.354.
public struct NetworkDissection: Sendable, Equatable {
  /// The number of neurons.
  public let neurons: Int
  /// The number of concepts.
  public let concepts: Int
  /// Intersection over union, row-major neurons x concepts, 0 to 1; NaN where the neuron is never active and the concept never shown.
  public let intersectionOverUnion: [Double]

  /// A concept and how well a neuron's mask covers it.
  public struct Match: Sendable, Equatable {
    /// The concept's place.
    public let concept: Int
    /// Above 0, at most 1.
    public let intersectionOverUnion: Double

    package init(concept: Int, intersectionOverUnion: Double) {
      (self.concept, self.intersectionOverUnion) = (concept, intersectionOverUnion)
    }
  }

  /// - Parameters:
  ///   - active: the active cells of every neuron in every image.
  ///   - shown: the concepts of the same images, in cells of the same maps.
  /// - Precondition: both are of the same images and of maps of the same cells.
  /// - Complexity: O(images x neurons x cells + active cells x concepts).
  public init(_ active: ActivationMasks, _ shown: ConceptMasks) {
    precondition(active.images == shown.images, "masks of \(active.images) images and concepts of \(shown.images)")
    precondition(active.cells == shown.cells, "maps of \(active.cells) and \(shown.cells) cells")
    (neurons, concepts) = (active.neurons, shown.concepts)
    var intersections = [Int](repeating: 0, count: neurons * concepts)
    var activeCells = [Int](repeating: 0, count: neurons)
    active.bits.withUnsafeBufferPointer { bits in
      shown.counts.withUnsafeBufferPointer { counts in
        for map in 0..<active.images * active.neurons {
          let (image, neuron) = (map / active.neurons, map % active.neurons)
          for cell in 0..<active.cells where bits[map * active.cells + cell] != 0 {
            activeCells[neuron] += 1
            let source = (image * active.cells + cell) * shown.concepts
            let target = neuron * shown.concepts
            for concept in 0..<shown.concepts { intersections[target + concept] += Int(counts[source + concept]) }
          }
        }
      }
    }
    intersectionOverUnion = intersections.indices.map { place in
      let pixels = activeCells[place / shown.concepts] * shown.pixelsPerCell + shown.pixels[place % shown.concepts]
      return Double(intersections[place]) / Double(pixels - intersections[place])
    }
  }

  /// The intersection over union of one neuron and one concept. Both places count from 0.
  public subscript(neuron: Int, concept: Int) -> Double {
    precondition((0..<neurons).contains(neuron) && (0..<concepts).contains(concept), "(\(neuron), \(concept)) of \(neurons) x \(concepts)")
    return intersectionOverUnion[neuron * concepts + concept]
  }

  /// The concept that a neuron covers best, the first of equals; `nil` when it covers no pixel of any. Complexity: O(concepts).
  public func best(ofNeuron neuron: Int) -> Match? {
    var best: Match?
    for concept in 0..<concepts where self[neuron, concept] > best?.intersectionOverUnion ?? 0 {
      best = Match(concept: concept, intersectionOverUnion: self[neuron, concept])
    }
    return best
  }
}
