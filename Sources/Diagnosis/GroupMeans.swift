/// VIS (paper section 5): the mean of every column in every group of rows, e.g. the mean activation of every neuron for every class.
public enum GroupMeans {
  /// The means of a float32 matrix.
  ///
  /// - Parameters:
  ///   - values: row-major, `groups.count` rows of `columns` values.
  ///   - columns: values per row.
  ///   - groups: the group of each row, 0..<`groupCount`.
  ///   - groupCount: how many groups there are, empty ones included.
  /// - Returns: row-major, `groupCount` rows of `columns` means; NaN for a group without rows.
  /// - Complexity: O(rows x columns), one pass over the values.
  public static func of(_ values: UnsafeBufferPointer<Float>, columns: Int, groups: [Int], groupCount: Int) -> [Double] {
    precondition(values.count == groups.count * columns, "\(values.count) values are not \(groups.count) rows of \(columns)")
    precondition(groups.allSatisfy { (0..<groupCount).contains($0) }, "a row's group is outside 0..<\(groupCount)")
    var sums = [Double](repeating: 0, count: groupCount * columns)
    var counts = [Int](repeating: 0, count: groupCount)
    sums.withUnsafeMutableBufferPointer { sums in
      for (row, group) in groups.enumerated() {
        counts[group] += 1
        let source = values.baseAddress.map { $0 + row * columns }
        let target = sums.baseAddress.map { $0 + group * columns }
        guard let source, let target else { continue }
        for column in 0..<columns { target[column] += Double(source[column]) }
      }
    }
    for group in 0..<groupCount {
      for column in 0..<columns { sums[group * columns + column] /= Double(counts[group]) }
    }
    return sums
  }

  /// The means of columns with gaps: NaN is a missing value, which counts neither in the sum nor in the number of values. A row whose group
  /// is `nil` counts nowhere. The result has the same form as above.
  public static func of(_ columns: [[Double]], groups: [Int?], groupCount: Int) -> [Double] {
    precondition(groups.allSatisfy { $0.map((0..<groupCount).contains) ?? true }, "a row's group is outside 0..<\(groupCount)")
    // Rows without a group, and missing values, go to a group of their own, so that nothing has to be decided for each value.
    let places = groups.map { Int32(truncatingIfNeeded: $0 ?? groupCount) }
    var means: [Double] = Array(repeating: 0, count: groupCount * columns.count)
    var sums = [Double](repeating: 0, count: groupCount + 1)
    var counts = [Int](repeating: 0, count: groupCount + 1)
    // Differences from a group's first value are added: a running sum of large numbers that are nearly equal loses what they differ by.
    var firsts = [Double](repeating: 0, count: groupCount + 1)
    for (place, column) in columns.enumerated() {
      precondition(column.count == groups.count, "every column needs a value for each row")
      for group in 0...groupCount { (sums[group], counts[group], firsts[group]) = (0, 0, 0) }
      sums.withUnsafeMutableBufferPointer { sums in
        counts.withUnsafeMutableBufferPointer { counts in
          firsts.withUnsafeMutableBufferPointer { firsts in
            places.withUnsafeBufferPointer { places in
              column.withUnsafeBufferPointer { values in
                for row in 0..<values.count {
                  let group = values[row].isNaN ? groupCount : Int(places[row])
                  if counts[group] == 0 { firsts[group] = values[row] }
                  sums[group] += values[row] - firsts[group]
                  counts[group] += 1
                }
              }
            }
          }
        }
      }
      for group in 0..<groupCount {
        // Only where values near the end of float64, or infinite ones, are in the group.
        let isBeyond = !sums[group].isFinite
        let mean =
          isBeyond
          ? zip(column, groups).lazy.filter { $1 == group && !$0.isNaN }.map(\.0).stableMean
          : firsts[group] + sums[group] / Double(counts[group])
        means[group * columns.count + place] = mean
      }
    }
    return means
  }
}
