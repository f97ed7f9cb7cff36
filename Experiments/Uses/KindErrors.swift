import Diagnosis
import Foundation
import Mistique

/// Two pipelines' absolute errors by kind of home, from one store: COL_DIFF of the paper, drawn by VizML.
struct KindErrors {
  /// The kinds that there are, ascending.
  let kinds: [Int]
  /// Homes of each kind.
  let homes: [Int]
  /// Pipeline by pipeline, the mean absolute error of each kind.
  let errors: [[Double]]
  /// The kind of each home; nil where it is missing.
  let kindOfHome: [Int?]
  let costs: [QueryCost]

  /// - Parameter pipelines: the first one's log error and kind of home are used for both, which are of the same homes.
  /// - Throws: `UnexpectedIntermediate` when the fetched intermediates are of different homes, or a kind is no whole number.
  init(_ store: IntermediateStore, pipelines: [ModelIdentity]) throws {
    let first = pipelines[0]
    let keys =
      [
        IntermediateKey(model: first, intermediate: "select_target", column: "logerror"),
        IntermediateKey(model: first, intermediate: "join_train", column: "propertylandusetypeid"),
      ] + pipelines.map { IntermediateKey(model: $0, intermediate: "predict_train", column: "prediction") }
    let answers = try store.getIntermediates(keys, plan: .read)
    for answer in answers where answer.rowIDs != answers[0].rowIDs {
      throw UnexpectedIntermediate(intermediate: answer.intermediate, need: "over the same rows as the target")
    }
    let target = try answers[0].requiredNumbers("logerror")
    kindOfHome = try answers[1].requiredNumbers("propertylandusetypeid").map { number in
      guard !number.isNaN else { return nil }
      guard let kind = Int(exactly: number) else {
        throw UnexpectedIntermediate(intermediate: "join_train", need: "a frame whose kinds of homes are whole numbers (\(number))")
      }
      return kind
    }
    let kinds = Set(kindOfHome.compactMap(\.self)).sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(kinds, kinds.indices))
    let groups = kindOfHome.map { $0.flatMap { places[$0] } }
    homes = kinds.indices.map { place in groups.count { $0 == place } }
    let absolute = try answers[2...].map { answer in zip(try answer.requiredNumbers("prediction"), target).map { abs($0 - $1) } }
    let means = GroupMeans.of(absolute, groups: groups, groupCount: kinds.count)
    errors = pipelines.indices.map { pipeline in kinds.indices.map { means[$0 * pipelines.count + pipeline] } }
    self.kinds = kinds
    costs = answers.map(\.cost)
  }

  /// Homes whose kind is another one here than there.
  func changedHomes(from other: KindErrors) -> Int { zip(kindOfHome, other.kindOfHome).count { $0 != $1 } }

  /// The largest difference of a kind's mean error, as a share of the other's, over the kinds of which the other has at least `homes` homes. A kind
  /// that is missing here differs by all of it.
  func largestDifference(from other: KindErrors, homes least: Int) -> Double {
    let places = Dictionary(uniqueKeysWithValues: zip(kinds, kinds.indices))
    let common = other.kinds.indices.filter { other.homes[$0] >= least }
    return zip(errors, other.errors).flatMap { ours, theirs in
      common.map { place in places[other.kinds[place]].map { abs(ours[$0] - theirs[place]) / theirs[place] } ?? 1 }
    }.max() ?? 0
  }

  /// Kinds of at least `homes` homes for which another pipeline errs less here than there; a kind that is missing here is one.
  func changedOrder(from other: KindErrors, homes least: Int) -> Int {
    func best(_ view: KindErrors, _ place: Int) -> Int? { view.errors.indices.min { view.errors[$0][place] < view.errors[$1][place] } }
    return other.kinds.indices.count { place in
      other.homes[place] >= least && kinds.firstIndex(of: other.kinds[place]).flatMap { best(self, $0) } != best(other, place)
    }
  }
}
