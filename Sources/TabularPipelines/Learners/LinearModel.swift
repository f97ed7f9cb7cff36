import Mistique

/// A trained linear model: what `TrainElasticNet` fits.
///
/// Applied as a stage it emits one row per feature in the model's order (`row_id` is the feature's number) and a last row `(intercept)`. Columns:
/// `feature` (text); `coefficient` (float64), for the feature as it is in the table; `mean` (float64), the feature's over the training rows,
/// missing if it has no value there, and the target's in the last row. How training ended is the same in every row: `sweeps` (int64), the duality
/// `gap` in units of the objective (float64) and `converged` (boolean). It needs no inputs for that.
struct LinearModel: Predictor {
  struct Feature: Equatable {
    let name: String
    let coefficient: Double
    /// NaN for a feature without a value.
    let mean: Double
  }

  let features: [Feature]
  let times: TimeFeatures
  let intercept: Double
  let targetMean: Double
  let ending: CoordinateDescent.Ending
  let parameters: Parameters

  var notes: [ColumnNote] {
    ending.converged ? [] : [ColumnNote(columns: [parameters.text("target")], reason: .notConverged(sweeps: ending.sweeps))]
  }

  var featureNames: [String] { features.map(\.name) }
  private var fillsGaps: Bool { parameters.text("missing") == "mean" }

  init(trainedOn frame: DataFrame, _ parameters: Parameters) throws {
    self.parameters = parameters
    let targetName = parameters.text("target")
    let (target, names) = try FeatureMatrix.target(targetName, of: frame)
    try frame.requiredColumn(targetName).requireWholeAsFloat64(named: targetName, rowIDs: frame.rowIDs)
    let columns = try FeatureMatrix.columns(names, of: frame)
    times = TimeFeatures(columns)
    let fillsGaps = parameters.text("missing") == "mean"
    let moments = try zip(names, columns).map { name, column in
      let moments = try ColumnMoments(of: column, named: name, rowIDs: frame.rowIDs)
      if let row = moments.firstGap, !fillsGaps {
        throw Self.gap(column: name, rowID: frame.rowIDs[row], rows: frame.rowCount - moments.count)
      }
      return moments
    }
    let targetColumn = Column(.float64(target))
    let targetMoments = try ColumnMoments(of: targetColumn, named: targetName, rowIDs: frame.rowIDs)
    targetMean = targetMoments.mean
    let normalizes = parameters.boolean("normalize")
    if !normalizes, let place = moments.firstIndex(where: { !$0.hasSafeProducts }) {
      throw NumericColumnError.outOfRange(column: names[place])
    }
    guard targetMoments.hasSafeProducts else { throw NumericColumnError.outOfRange(column: targetName) }
    let scales = moments.map { normalizes ? $0.deviation(over: frame.rowCount) : 1 }
    let gram = try GramMatrix(
      of: Array(zip(names, columns)).map { (name: $0, column: $1) } + [(name: targetName, column: targetColumn)],
      centres: moments.map { $0.count > 0 ? $0.mean : 0 } + [targetMean], scales: scales + [1])
    var descent = try CoordinateDescent(
      gram, rows: frame.rowCount,
      penalty: CoordinateDescent.Penalty(alpha: parameters.number("alpha"), l1Ratio: parameters.number("l1_ratio")))
    ending = descent.run(tolerance: parameters.number("tol"), sweeps: parameters.integer("max_iter"))
    features = names.indices.map { place in
      // Zero has no sign, so that equal coefficients are equal bytes.
      Feature(name: names[place], coefficient: descent.coefficients[place] / scales[place] + 0, mean: moments[place].mean)
    }
    if let wild = features.first(where: { !$0.coefficient.isFinite }) { throw NumericColumnError.outOfRange(column: wild.name) }
    intercept = features.reduce(targetMean) { $1.coefficient == 0 ? $0 : $0 - $1.coefficient * $1.mean }
    guard intercept.isFinite, ending.gap.isFinite else { throw NumericColumnError.outOfRange(column: targetName) }
  }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let count = features.count + 1
    var known = Validity(count: count, present: true)
    for (row, feature) in features.enumerated() where feature.mean.isNaN { known[row] = false }
    return [
      DataFrame(
        rowIDs: .first(count),
        columns: [
          ("feature", Column(.text(TextValues(featureNames + ["(intercept)"])))),
          ("coefficient", Column(.float64(features.map(\.coefficient) + [intercept]))),
          ("mean", Column(.float64(features.map(\.mean) + [targetMean]), validity: known)),
          ("sweeps", Column(.int64(Array(repeating: Int64(ending.sweeps), count: count)))),
          ("gap", Column(.float64(Array(repeating: ending.gap, count: count)))),
          ("converged", Column(.boolean(Array(repeating: ending.converged, count: count)))),
        ])
    ]
  }

  /// float64: the intercept plus coefficient times value, added in the order of features by plain arithmetic, so the bits are the same
  /// everywhere. A feature with a coefficient of zero must be in the frame, but its values are ignored, as are columns that are no features. A
  /// feature is a time where it was one when the model was trained.
  /// Complexity: O(rows x features with a coefficient).
  func predict(_ frame: DataFrame) throws -> Column {
    let columns = try FeatureMatrix.columns(featureNames, of: frame)
    try times.check(columns, featureNames)
    let used = zip(features, columns).filter { $0.0.coefficient != 0 }
    for (feature, column) in used { try column.requireWholeAsFloat64(named: feature.name, rowIDs: frame.rowIDs) }
    let fillsGaps = fillsGaps
    var predictions = [Double](repeating: intercept, count: frame.rowCount)
    predictions.withUnsafeMutableBufferPointer { predictions in
      for (feature, column) in used {
        let (coefficient, mean) = (feature.coefficient, feature.mean)
        column.forEachBlock { start, values in
          for row in values.indices {
            let value = values[row]
            predictions[start + row] += coefficient * (fillsGaps && value.isNaN ? mean : value)
          }
        }
      }
    }
    // A value that is not finite makes the sum of its row so for good: one check at the end is enough.
    if let row = predictions.firstIndex(where: { !$0.isFinite }) { throw try cause(row: row, used.map { ($0.0.name, $0.1) }, frame.rowIDs) }
    return Column(.float64(predictions))
  }

  /// Why the prediction of `row` is not finite.
  private func cause(row: Int, _ columns: [(name: String, column: Column)], _ rowIDs: RowIDs) throws -> NumericColumnError {
    for (name, column) in columns {
      let value = column.slice(row..<(row + 1)).doubles![0]
      if value.isInfinite { return .infinite(column: name, rowID: rowIDs[row]) }
      if value.isNaN, !fillsGaps {
        return Self.gap(column: name, rowID: rowIDs[row], rows: column.doubles!.count { $0.isNaN })
      }
    }
    return .predictionOutOfRange(rowID: rowIDs[row])
  }

  private static func gap(column: String, rowID: Int64, rows: Int) -> NumericColumnError {
    .gap(
      column: column, rowID: rowID, rows: rows,
      remedy: "fill the gaps (FillNA), or train with missing: mean to take the column's mean over the training rows")
  }
}
