import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Counts what all images of a network take, one range after the other, and goes on after the last range that was finished.
///
/// The stores of a range hold its images only, so that nothing but finished pieces has to outlive the process: RowBlocks end where a range does, codebooks are
/// fitted to the first images of each, and each has directories and a catalogue of its own. Those make the sum larger: of 1,000 images they are at most 0.8 % of
/// what a scheme takes, under BOUND. Weights are counted once. Equal chunks of different ranges are not found; other images have hardly any.
struct CountedRanges {
  /// RowBlocks have at most so many rows: those of narrow layers are whole.
  static let usualSize = 1_000

  let network: CountedNetwork
  let pieces: CountedPieces
  let scale: ExperimentKit.Scale
  let seed: UInt64
  var size = CountedRanges.usualSize
  let say: (String) -> Void
  let makeProgress: (_ label: String, _ total: Int, _ unit: String) -> ProgressReporter

  /// What all images take, by policy and checkpoint.
  func counts(under policies: [StorageMeasurement.Policy]) throws -> [[StoredCounts]] {
    let ranges = stride(from: 0, to: network.images.count, by: size).map { $0..<min($0 + size, network.images.count) }
    let (weights, samples) = (try network.origin(), try network.sample(under: policies))
    let progress = makeProgress("\(network.name), counting under \(policies.count) policies", network.images.count, "images")
    var counted: [[[StoredCounts]]] = policies.map { _ in [] }
    var known = 0
    for range in ranges {
      let pixels = network.images[range].identity
      let origins = zip(policies, samples).map { policy, sample in
        CountedPieces.Origin(
          scale: scale, seed: seed, network: network.name, policy: policy.name, scheme: "\(policy.policy)",
          images: [range.lowerBound, range.upperBound], pixels: pixels, weights: weights, sample: sample)
      }
      let found = try origins.map { try pieces.counts($0) }
      let missing = policies.indices.filter { found[$0] == nil }
      known += missing.isEmpty ? 1 : 0
      let new = missing.isEmpty ? [] : try network.counts(of: range, under: missing.map { policies[$0] })
      for (place, counts) in zip(missing, new) { try pieces.keep(counts, origins[place]) }
      for place in policies.indices { counted[place].append(found[place] ?? new[missing.firstIndex(of: place)!]) }
      progress.advance(by: range.count)
    }
    progress.finish()
    if known > 0 { say("  \(network.name): \(known) of \(ranges.count) ranges were counted before, in \(pieces.folder.path)") }
    return counted.map { ranges in network.checkpoints.indices.map { place in StoredCounts(adding: ranges.map { $0[place] }) } }
  }
}
