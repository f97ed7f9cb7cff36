import ArgumentParser
import Diagnosis
import Mistique

/// What becomes of the map that a neuron emits for each image.
enum MapChoice: String, CaseIterable, ExpressibleByArgument {
  case maximum, mean, values

  /// The same of rows in a store; `nil` for values, of which each counts by itself.
  var score: RowScore? {
    switch self {
    case .maximum: .maximum
    case .mean: .mean
    case .values: nil
    }
  }

  /// One number per row. Trap: not for `values`.
  func reduced(_ matrix: FloatMatrix, columns: [Range<Int>]) -> [Double] {
    let count = columns.reduce(0) { $0 + $1.count }
    var map: [Float] = []
    map.reserveCapacity(matrix.rows * count)
    matrix.withValues { values in
      for row in 0..<matrix.rows {
        for range in columns { map += values[row * matrix.columns + range.lowerBound..<row * matrix.columns + range.upperBound] }
      }
    }
    return map.withUnsafeBufferPointer { map in
      switch self {
      case .maximum: MapReduction.maxima(map, columns: count)
      case .mean: MapReduction.means(map, columns: count)
      case .values: preconditionFailure("a map is not reduced to its values")
      }
    }
  }
}
