import ConvolutionalNetworks
import Diagnosis
import ExperimentKit
import Foundation
import Mistique

/// The view of ActiVis, which the paper names in section 2: the neurons of a layer by class, and beside them the images that most excite a
/// neuron, from a store in full precision and from one in 8BIT.
///
/// Source of the view: M. Kahng, P. Andrews, A. Kalro, D. H. Chau, "ActiVis: Visual Exploration of Industry-Scale Deep Neural Network Models",
/// IEEE TVCG 24(1), 2018, DOI 10.1109/TVCG.2017.2744718.
enum UseActiVis {
  static let layer = 9
  static let schemes: [NamedScheme] = [.full, .eightBit]
  /// Neurons whose images are shown, and images of each.
  static let shownNeurons = 3
  static let shownImages = 6

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "use-activis", aliases: ["activis"], title: "Neurons by class with the images that excite them, from a store alone",
        source: "section 2, ActiVis"),
      parameters: ["scheme", "neuron", "class", "image", StoredPictures.parameter],
      costs: [
        .smoke: Cost(seconds: 4, diskBytes: 10_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 10, diskBytes: 250_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 40, diskBytes: 600_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 1_200, diskBytes: 15_000_000_000, memoryBytes: 8_000_000_000),
      ],
      outcome: .init(
        claims: UseActiVisClaims.all, figures: [Figure("use-activis", chart: UseActiVisFigure.chart)],
        gates: UseGates.gates(["visibleShare", "rootMeanSquare", "keptImages", "candidates"]), keyFigures: UseActiVisClaims.keyFigures)
    ) { context in
      let stores = try SchemeStores(context, settings)
      var reference: ActivationView?
      var shown: Set<Int> = []
      for scheme in schemes {
        // Not taken over one by one: the second view is compared with the first.
        let store = try stores.readOnly(scheme)
        let view = try ActivationView(store, stores.workload, layer: layer, neurons: reference?.excitements.map(\.neuron))
        try context.record("partitionBytes", store.storage().partitionBytes, unit: "B", at: place(scheme.name))
        try record(view, scheme, images: stores.workload.input.images.count, comparedWith: reference ?? view, context)
        shown.formUnion(view.excitements.flatMap(\.images))
        if reference == nil { reference = view }
        try stores.remove(store)
      }
      let images = stores.workload.input.images
      for image in shown.sorted() {
        var place = place("none", image: image)
        place["class"] = Int(images.labels[image])
        try StoredPictures.record(image, of: images, at: place, context)
      }
    }
  }

  private static func place(
    _ scheme: String, neuron: Int? = nil, class group: Int? = nil, image: Int? = nil
  ) -> MeasurementTable.Parameters {
    func text(_ number: Int?) -> String { number.map { "\($0)" } ?? "all" }
    return ["scheme": scheme, "neuron": text(neuron), "class": text(group), "image": text(image), StoredPictures.parameter: "none"]
  }

  private static func record(
    _ view: ActivationView, _ scheme: NamedScheme, images: Int, comparedWith reference: ActivationView, _ context: RunContext
  ) throws {
    let neurons = view.means.count / ImageSet.classes
    for (index, mean) in view.means.enumerated() {
      try context.record(
        "meanActivation", mean, unit: "activation", at: place(scheme.name, neuron: index % neurons, class: index / neurons))
    }
    for excitement in view.excitements {
      for (rank, image) in excitement.images.enumerated() {
        try context.record("rank", rank + 1, unit: "1", at: place(scheme.name, neuron: excitement.neuron, image: image))
      }
      let one = place(scheme.name, neuron: excitement.neuron)
      try UseGates.record([excitement.cost], seconds: excitement.seconds, at: one, context)
    }
    let all = place(scheme.name)
    try UseGates.record([view.layerCost], seconds: view.layerSeconds, at: all, context)
    try context.record("images", images, unit: "images", at: all)
    let difference = try HeatMapDifference(reference: reference.means, other: view.means)
    try context.record("visibleShare", difference.visibleShare, unit: "1", at: all)
    try context.record("rootMeanSquare", difference.rootMeanSquare, unit: "of the range", at: all)
    let pairs = zip(view.excitements, reference.excitements)
    let shown = reference.excitements.reduce(0) { $0 + $1.images.count }
    let kept = pairs.reduce(0) { $0 + Set($1.0.images).intersection($1.1.images).count }
    let found = pairs.reduce(0) { $0 + Set($1.0.candidates).intersection($1.1.images).count }
    let candidates = view.excitements.reduce(0) { $0 + $1.candidates.count }
    try context.record("shownImages", shown, unit: "images", at: all)
    try context.record("keptImages", kept, unit: "images", at: all)
    try context.record("imagesAmongCandidates", found, unit: "images", at: all)
    try context.record("candidates", candidates, unit: "images", at: all)
  }
}
