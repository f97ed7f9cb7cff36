import Diagnosis
import Foundation
import Mistique

/// Some rows of an intermediate as they come out of a store, column after column of a table or row after row of maps.
struct ComparedValues {
  /// Of a table the columns of numbers; of maps nil.
  let columns: [[Double]]?
  /// Of maps; nil of a table.
  let matrix: FloatMatrix?
  let schema: IntermediateSchema

  var rows: Int { matrix?.rows ?? columns?.first?.count ?? 0 }

  /// Of maps.
  init(_ matrix: FloatMatrix, _ schema: IntermediateSchema) { (self.matrix, columns, self.schema) = (matrix, nil, schema) }

  /// Of a table, with the columns in their order.
  init(columns: [[Double]], _ schema: IntermediateSchema) { (matrix, self.columns, self.schema) = (nil, columns, schema) }

  /// Reads the compared rows.
  init(_ asked: QuestionedIntermediate, from store: IntermediateStore) throws {
    let rows = RowRequest.ids(asked.compared.map { asked.rowIDs[$0] })
    let result = try store.getIntermediates([asked.key()], rows: rows, plan: .read)[0]
    if let frame = result.frame {
      self.init(columns: frame.columns.compactMap(\.doubles), result.schema)
    } else {
      self.init(try result.requiredMatrix(), result.schema)
    }
  }
}

/// Rows as points, in which neighbours and directions are looked for: maps as they are; the columns of a table less the mean and over the standard
/// deviation that they have in full precision, for their units differ.
struct ComparedPoints {
  /// rows x columns.
  let matrix: FloatMatrix

  /// - Parameter reference: the values in full precision, which say how a table is standardised.
  init?(_ values: ComparedValues, standardisedBy reference: ComparedValues) {
    if let matrix = values.matrix {
      guard matrix.columns > 0 else { return nil }
      self.matrix = matrix
      return
    }
    guard let columns = values.columns, let full = reference.columns else { return nil }
    let scales = full.map(Scale.init)
    let kept = scales.indices.filter { scales[$0] != nil }
    guard !kept.isEmpty else { return nil }
    matrix = FloatMatrix(rows: values.rows, columns: kept.count) { target in
      for (place, column) in kept.enumerated() {
        let scale = scales[column]!
        for row in 0..<values.rows { target[row * kept.count + place] = scale.standardised(columns[column][row]) }
      }
    }
  }

  /// A column's mean and standard deviation, over its finite values.
  private struct Scale {
    let mean: Double
    let deviation: Double

    /// Nil for a column that does not vary.
    init?(_ values: [Double]) {
      guard let distribution = Distribution(values, bins: 1), distribution.deviation > 0, distribution.deviation.isFinite else {
        return nil
      }
      (mean, deviation) = (distribution.mean, distribution.deviation)
    }

    /// A missing value is taken as the mean.
    func standardised(_ value: Double) -> Float { value.isFinite ? Float((value - mean) / deviation) : 0 }
  }
}
