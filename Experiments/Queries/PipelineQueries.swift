import Diagnosis
import Mistique

/// The paper's eight queries of pipelines over the Zillow tables (section 5, TRAD).
///
/// A home's number is its `row_id`. POINTQ asks for the average lot size where the home is, which the stage Avg appends. COL_DIST is over all homes
/// that were sold, those held out included. "Interm-8" is taken to be the table that the trees learn from, the paper's residual to be predicted
/// minus true log error. The paper names neither the kind of home nor the two cities of VIS: they are single-family homes, in the two cities that
/// have most of them.
struct PipelineQueries {
  static let target = "Zillow"

  /// Pipelines whose features are as the files have them, with gaps.
  let trees: ModelIdentity
  let otherTrees: ModelIdentity
  /// A pipeline that averages, encodes and fills, so that every feature is a number.
  let linear: ModelIdentity

  private static func key(_ model: ModelIdentity, _ intermediate: String, _ column: String = "*") -> IntermediateKey {
    IntermediateKey(model: model, intermediate: intermediate, column: column)
  }

  private static func query(
    _ name: String, _ keys: [IntermediateKey], rows: RowRequest = .all,
    _ compute: @escaping @Sendable ([IntermediateResult]) throws -> [Double]
  ) -> DiagnosticQuery {
    DiagnosticQuery(name: name, target: target, keys: keys, rows: rows, compute: compute)
  }

  func all() -> [DiagnosticQuery] { fewColumns + manyColumns }

  private var residual: [IntermediateKey] {
    [Self.key(trees, "predict_train", "prediction"), Self.key(trees, "select_target", "logerror")]
  }

  private var fewColumns: [DiagnosticQuery] {
    let lotSize = "lotsizesquarefeet_avg_by_regionidzip"
    return [
      // Average lot size in the neighbourhood of Home-135.
      Self.query("POINTQ", [Self.key(linear, "avg", lotSize)], rows: .ids([135])) { try $0[0].requiredNumbers(lotSize) },
      // Error on the ten newest homes.
      Self.query("TOPK", residual + [Self.key(trees, "join_train", "yearbuilt")]) { results in
        let errors = try Self.errors(results[0], results[1])
        return TopK.largest(10, of: try results[2].requiredNumbers("yearbuilt")).map { errors[$0] }
      },
      // Two models' absolute errors by type of house.
      Self.query(
        "COL_DIFF",
        residual + [Self.key(trees, "join_train", "propertylandusetypeid"), Self.key(otherTrees, "predict_train", "prediction")]
      ) { results in
        let types = try results[2].requiredNumbers("propertylandusetypeid")
        let kinds = Set(types.filter { !$0.isNaN }).sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(kinds, kinds.indices))
        let errors = try [0, 3].map { try Self.errors(results[$0], results[1]).map(abs) }
        return GroupMeans.of(errors, groups: types.map { places[$0] }, groupCount: kinds.count)
      },
      // Error over all homes.
      Self.query("COL_DIST", residual) { results in
        Distribution(try Self.errors(results[0], results[1])).map { $0.histogram.map(Double.init) } ?? []
      },
    ]
  }

  private var manyColumns: [DiagnosticQuery] {
    [
      // Predictions for the ten homes most like Home-50, by all their features.
      Self.query("KNN", [Self.key(linear, "drop_test"), Self.key(linear, "predict_test", "prediction")]) { results in
        let features = try StandardisedFeatures(results[0].frame?.columns.compactMap(\.doubles) ?? [])
        let predictions = try results[1].requiredNumbers("prediction")
        return features.nearest(to: 50, count: 10).map { predictions[$0.row] }
      },
      // Home-50 and Home-55: the features that differ, and by how much.
      Self.query("ROW_DIFF", [Self.key(linear, "drop_test")], rows: .ids([50, 55])) { results in
        let columns = results[0].frame?.columns.compactMap(\.doubles) ?? []
        let difference = RowDifference(columns.map { $0[0] }, columns.map { $0[1] }, count: columns.count)
        return difference.columns.flatMap { [Double($0.column), $0.first - $0.second] }
      },
      // Every feature that the trees learn from against the residual.
      Self.query("CORR", residual + [Self.key(trees, "drop_train")]) { results in
        let columns = results[2].frame?.columns.compactMap(\.doubles) ?? []
        return Correlation.of(columns, with: try Self.errors(results[0], results[1])).map(\.coefficient)
      },
      // Mean features of single-family homes in two cities.
      Self.query("VIS", [Self.key(trees, "drop_test")]) { results in
        let types = try results[0].requiredNumbers("propertylandusetypeid")
        let cities = zip(try results[0].requiredNumbers("regionidcity"), types).map { $1 == 261 ? $0 : .nan }
        let compared = Self.mostFrequent(2, of: cities)
        let columns = results[0].frame?.columns.compactMap(\.doubles) ?? []
        return GroupMeans.of(columns, groups: cities.map { compared.firstIndex(of: $0) }, groupCount: compared.count)
      },
    ]
  }

  /// The `count` values that occur most often, of equally frequent ones the smaller; fewer when there are not as many. NaN, a missing value, is none.
  static func mostFrequent(_ count: Int, of values: [Double]) -> [Double] {
    var occurrences: [Double: Int] = [:]
    for value in values where !value.isNaN { occurrences[value, default: 0] += 1 }
    return occurrences.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(count).map(\.key)
  }

  /// Predicted minus true log error of every home, in the order of `row_id`.
  private static func errors(_ predictions: IntermediateResult, _ target: IntermediateResult) throws -> [Double] {
    guard predictions.rowIDs == target.rowIDs else {
      throw UnexpectedIntermediate(intermediate: predictions.intermediate, need: "over the same rows as the target")
    }
    return zip(try predictions.requiredNumbers("prediction"), try target.requiredNumbers("logerror")).map { $0 - $1 }
  }
}
