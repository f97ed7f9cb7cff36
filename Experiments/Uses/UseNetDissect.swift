import ConvolutionalNetworks
import Diagnosis
import ExperimentKit
import Foundation
import Mistique

/// NETDISSECT, which the paper names in section 2 and THRESHOLD_QT is made for: the colour that each neuron of a layer detects, from a store in
/// full precision and from two of bits, with a threshold per neuron and with one for the layer.
enum UseNetDissect {
  static let layer = 9
  /// A neuron's cells above this quantile are active.
  static let quantile = 0.995
  static let schemes: [NamedScheme] = [.full, .thresholdPerNeuron, .threshold]
  /// Bau et al. call a neuron a detector above this intersection over union.
  static let detectorThreshold = 0.04
  static let shownNeurons = 3
  static let shownImages = 6

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "use-netdissect", aliases: ["netdissect"], title: "Which colour each neuron detects, from a store of bits",
        source: "section 2, Netdissect; section 4.1, THRESHOLD_QT"),
      parameters: ["scheme", "neuron", "concept", "image", StoredPictures.parameter],
      costs: [
        .smoke: Cost(seconds: 4, diskBytes: 10_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 13, diskBytes: 250_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 60, diskBytes: 600_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 1_800, diskBytes: 15_000_000_000, memoryBytes: 12_000_000_000),
      ],
      outcome: .init(
        claims: UseNetDissectClaims.all, figures: [Figure("use-netdissect", chart: UseNetDissectFigure.chart)],
        gates: UseGates.gates(["changedBest", "largestDifference", "meanDifference", "activeShare", "detectors"]),
        keyFigures: UseNetDissectClaims.keyFigures)
    ) { context in
      let stores = try SchemeStores(context, settings)
      let images = stores.workload.input.images
      let shape = try stores.workload.description.layers()[layer].shape
      let shown = (0..<images.count).flatMap { ColourConcepts.shown(StoredPictures.colours($0, of: images)) }
      let side = StoredPictures.side
      let concepts = try ConceptMasks(
        shown, concepts: ColourConcepts.names.count, image: .init(height: side, width: side),
        map: .init(height: shape.height, width: shape.width))
      var reference: NetworkDissection?
      for scheme in schemes {
        // Not taken over one by one: every scheme is compared with the first.
        let store = try stores.readOnly(scheme)
        let (masks, found, seconds) = try dissect(store, scheme, neurons: shape.channels, concepts)
        let all = place(scheme.name)
        try context.record("partitionBytes", store.storage().partitionBytes, unit: "B", at: all)
        try context.record("images", images.count, unit: "images", at: all)
        try context.record("cells", masks.images * masks.neurons * masks.cells, unit: "cells", at: all)
        try context.record(
          "activeShare", Double(masks.activeCells) / Double(masks.images * masks.neurons * masks.cells), unit: "1", at: all)
        let cost = try store.getIntermediates([SchemeStores.key(layer: layer)], plan: .read)[0].cost
        try UseGates.record([cost], seconds: seconds, at: all, context)
        try record(found, scheme, comparedWith: reference ?? found, context)
        if scheme.name == NamedScheme.thresholdPerNeuron.name {
          try recordPictures(masks, chosen(reference ?? found), scheme, images, mapWidth: shape.width, context)
        }
        if reference == nil { reference = found }
        try stores.remove(store)
      }
    }
  }

  static func place(_ scheme: String, neuron: Int? = nil, concept: Int? = nil, image: Int? = nil) -> MeasurementTable.Parameters {
    func text(_ number: Int?) -> String { number.map { "\($0)" } ?? "all" }
    return [
      "scheme": scheme, "neuron": text(neuron), "concept": concept.map { ColourConcepts.names[$0] } ?? "all", "image": text(image),
      StoredPictures.parameter: "none",
    ]
  }

  /// Full precision finds each neuron's exact quantile; of the others the stored bits say what lies above it.
  private static func dissect(
    _ store: IntermediateStore, _ scheme: NamedScheme, neurons: Int, _ concepts: ConceptMasks
  ) throws -> (ActivationMasks, NetworkDissection, seconds: Double) {
    let watch = Stopwatch()
    let masks: ActivationMasks
    if scheme.name == NamedScheme.full.name {
      let matrix = try SchemeStores.read(layer: layer, from: store)
      masks = try matrix.withValues {
        try ActivationMasks(above: quantile, of: $0, neurons: neurons, cells: matrix.columns / neurons)
      }
    } else {
      let codes = try store.getCodes("\(SchemeStores.key(layer: layer))")
      masks = try ActivationMasks(bits: codes.codes, neurons: neurons, cells: concepts.cells)
    }
    return (masks, NetworkDissection(masks, concepts), watch.seconds)
  }

  private static func record(
    _ found: NetworkDissection, _ scheme: NamedScheme, comparedWith reference: NetworkDissection, _ context: RunContext
  ) throws {
    for neuron in 0..<found.neurons {
      for concept in 0..<found.concepts {
        let value = found[neuron, concept]
        // Neither is ever there: no overlap.
        try context.record(
          "intersectionOverUnion", value.isNaN ? 0 : value, unit: "1", at: place(scheme.name, neuron: neuron, concept: concept))
      }
    }
    let best = (0..<found.neurons).map { found.best(ofNeuron: $0) }
    let changed = best.indices.count { best[$0]?.concept != reference.best(ofNeuron: $0)?.concept }
    let differences = zip(found.intersectionOverUnion, reference.intersectionOverUnion).map { abs($0 - $1) }
    let all = place(scheme.name)
    try context.record("changedBest", changed, unit: "neurons", at: all)
    let known = differences.filter { !$0.isNaN }
    try context.record("largestDifference", known.max() ?? 0, unit: "1", at: all)
    try context.record("meanDifference", known.reduce(0, +) / Double(max(1, known.count)), unit: "1", at: all)
    try context.record(
      "detectors", best.count { $0.map { $0.intersectionOverUnion > detectorThreshold } ?? false }, unit: "neurons", at: all)
  }

  /// The neurons that cover a colour best, each another colour.
  static func chosen(_ found: NetworkDissection) -> [(neuron: Int, concept: Int)] {
    let best = (0..<found.neurons).map { found.best(ofNeuron: $0) }
    var taken: Set<Int> = []
    let order = TopK.largest(found.neurons, of: best.map { $0?.intersectionOverUnion ?? 0 })
    return order.compactMap { neuron in
      guard let concept = best[neuron]?.concept, taken.count < shownNeurons, taken.insert(concept).inserted else { return nil }
      return (neuron, concept)
    }
  }

  /// The images in which most cells of a neuron are active, dark where they are not.
  private static func recordPictures(
    _ masks: ActivationMasks, _ chosen: [(neuron: Int, concept: Int)], _ scheme: NamedScheme, _ images: ImageSet, mapWidth: Int,
    _ context: RunContext
  ) throws {
    let side = StoredPictures.side
    let step = side / mapWidth
    for (neuron, concept) in chosen {
      let active = (0..<masks.images).map { masks.activeCells(ofNeuron: neuron, image: $0) }
      for image in TopK.largest(shownImages, of: active.map { Double($0.count { $0 }) }) {
        let place = place(scheme.name, neuron: neuron, concept: concept, image: image)
        try StoredPictures.record(image, of: images, at: place, context) { pixel, colour in
          let isActive = active[image][pixel / side / step * mapWidth + pixel % side / step]
          // A third of each channel, nearly.
          return isActive ? colour : (colour >> 2 & 0x3F3F3F) + (colour >> 4 & 0x0F0F0F)
        }
      }
    }
  }
}
