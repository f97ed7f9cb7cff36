/// VIS (paper section 5): the mean of every column in every group of rows, e.g. the mean activation of every neuron for every class.
public enum GroupMeans {
  /// - Parameters:
  ///   - values: row-major, `groups.count` rows of `columns` values.
  ///   - groups: the group of each row, 0..<`groupCount`.
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

  /// The same over columns that are numbers with gaps; a missing value counts in neither sum nor number.
  public static func of(_ columns: [[Double]], groups: [Int?], groupCount: Int) -> [Double] {
    var means: [Double] = Array(repeating: 0, count: groupCount * columns.count)
    for (place, column) in columns.enumerated() {
      precondition(column.count == groups.count, "every column needs a value for each row")
      var counts = [Int](repeating: 0, count: groupCount)
      for (value, group) in zip(column, groups) {
        guard let group, !value.isNaN else { continue }
        means[group * columns.count + place] += value
        counts[group] += 1
      }
      for group in 0..<groupCount { means[group * columns.count + place] /= Double(counts[group]) }
    }
    return means
  }
}
