import ConvolutionalNetworks
import Diagnosis
import ExperimentKit
import Foundation
import Mistique

/// What the view of ActiVis shows of one store: mean activations by class, and for some neurons the images that most excite them.
struct ActivationView {
  /// Class by class, the mean of each neuron over the class's images and over its map; 0 for a class without images.
  let means: [Double]
  let layerCost: QueryCost
  /// Fetching and computing of the means.
  let layerSeconds: Double
  let excitements: [Excitement]

  /// A neuron and the images that most excite it, the strongest first, by the largest activation in the neuron's map.
  struct Excitement {
    let neuron: Int
    let images: [Int]
    /// Every image that may be among them: those with the smallest of their activations or a larger one. As many as `images` unless activations
    /// are equal, as those in one bin of 8BIT are.
    let candidates: [Int]
    let cost: QueryCost
    let seconds: Double
  }

  /// - Parameter neurons: those whose images are looked for; the most selective ones when nil.
  init(_ store: IntermediateStore, _ workload: ImageWorkload, layer: Int, neurons: [Int]? = nil) throws {
    let labels = workload.input.images.labels.map(Int.init)
    let channels = try workload.description.layers()[layer].shape.channels
    let watch = Stopwatch()
    let answer = try store.getIntermediates([SchemeStores.key(layer: layer)], plan: .read)[0]
    means = Self.means(of: try answer.requiredMatrix(), channels: channels, labels: labels)
    (layerCost, layerSeconds) = (answer.cost, watch.seconds)
    let shown = neurons ?? Self.selective(means, count: UseActiVis.shownNeurons)
    excitements = try shown.map { try Self.excitement($0, store, layer: layer) }
  }

  private static func means(of matrix: FloatMatrix, channels: Int, labels: [Int]) -> [Double] {
    let area = matrix.columns / channels
    let means = matrix.withValues { GroupMeans.of($0, columns: matrix.columns, groups: labels, groupCount: ImageSet.classes) }
    return stride(from: 0, to: means.count, by: area).map { start in
      let sum = means[start..<start + area].reduce(0, +)
      return sum.isNaN ? 0 : sum / Double(area)
    }
  }

  /// Reads the maps of one neuron, and nothing else of the layer.
  private static func excitement(_ neuron: Int, _ store: IntermediateStore, layer: Int) throws -> Excitement {
    let watch = Stopwatch()
    let whole = SchemeStores.key(layer: layer)
    let key = IntermediateKey(model: whole.model, intermediate: whole.intermediate, column: "n\(neuron)")
    let answer = try store.getIntermediates([key], plan: .read)[0]
    let matrix = try answer.requiredMatrix()
    let largest = matrix.withValues { MapReduction.maxima($0, columns: matrix.columns) }
    let images = TopK.largest(UseActiVis.shownImages, of: largest)
    let least = images.last.map { largest[$0] } ?? -.infinity
    return Excitement(
      neuron: neuron, images: images, candidates: largest.indices.filter { largest[$0] >= least }, cost: answer.cost, seconds: watch.seconds
    )
  }

  /// The neurons that one class excites most above the mean of all, each of another class, the most selective first.
  static func selective(_ means: [Double], count: Int) -> [Int] {
    let classes = ImageSet.classes
    let neurons = means.count / classes
    let excess = means.indices.map { place in
      let ofNeuron = (0..<classes).map { means[$0 * neurons + place % neurons] }
      return means[place] - ofNeuron.reduce(0, +) / Double(classes)
    }
    var (chosen, taken): ([Int], Set<Int>) = ([], [])
    for place in TopK.largest(means.count, of: excess) where chosen.count < count {
      let (group, neuron) = (place / neurons, place % neurons)
      guard !taken.contains(group), !chosen.contains(neuron) else { continue }
      taken.insert(group)
      chosen.append(neuron)
    }
    return chosen
  }
}
