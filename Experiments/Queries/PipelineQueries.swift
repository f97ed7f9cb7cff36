import Diagnosis
import Mistique

/// POINTQ, TOPK, COL_DIST and VIS of a pipeline over the Zillow tables.
struct PipelineQueries {
  static let target = "pipeline P1"
  /// `row_id` of the home that the paper calls Home-135.
  static let home: Int64 = 135

  let model: ModelIdentity

  private func key(_ intermediate: String, _ column: String) -> IntermediateKey {
    IntermediateKey(model: model, intermediate: intermediate, column: column)
  }

  func all() -> [DiagnosticQuery] {
    let residual = [key("predict_train", "prediction"), key("select_target", "logerror")]
    return [
      // Lot size of Home-135.
      DiagnosticQuery(name: "POINTQ", target: Self.target, keys: [key("join_train", "lotsizesquarefeet")], rows: .ids([Self.home])) {
        try $0[0].requiredNumbers("lotsizesquarefeet")
      },
      // Error on the ten newest homes.
      DiagnosticQuery(name: "TOPK", target: Self.target, keys: residual + [key("join_train", "yearbuilt")], rows: .all) { results in
        let errors = try Self.errors(results)
        let newest = TopK.largest(10, of: try results[2].requiredNumbers("yearbuilt"))
        return newest.map { errors[$0] }
      },
      // Error over all homes.
      DiagnosticQuery(name: "COL_DIST", target: Self.target, keys: residual, rows: .all) { results in
        Distribution(try Self.errors(results)).map { $0.histogram.map(Double.init) } ?? []
      },
      // Mean features of the homes of each county.
      DiagnosticQuery(name: "VIS", target: Self.target, keys: [key("drop_train", "*")], rows: .all) { results in
        let counties = [6037.0, 6059, 6111]  // Los Angeles, Orange, Ventura
        let groups = try results[0].requiredNumbers("fips").map { counties.firstIndex(of: $0) }
        let columns = results[0].frame?.columns.compactMap(\.doubles) ?? []
        return GroupMeans.of(columns, groups: groups, groupCount: counties.count)
      },
    ]
  }

  /// Predicted minus true log error of every home, in the order of `row_id`.
  private static func errors(_ results: [IntermediateResult]) throws -> [Double] {
    guard results[0].rowIDs == results[1].rowIDs else {
      throw UnexpectedIntermediate(intermediate: results[0].intermediate, need: "over the same rows as the target")
    }
    return zip(try results[0].requiredNumbers("prediction"), try results[1].requiredNumbers("logerror")).map { $0 - $1 }
  }
}
