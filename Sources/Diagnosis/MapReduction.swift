/// One number for a neuron whose activation is a map.
public enum MapReduction {
  /// The largest value of each row: how much the row's example excites the neuron. NaN for a row that holds NaN, wherever it stands.
  /// Complexity: O(rows x columns).
  public static func maxima(_ values: UnsafeBufferPointer<Float>, columns: Int) -> [Double] {
    reduce(values, columns: columns) { row in Double(row.reduce(-.infinity) { $0 > $1 || $0.isNaN ? $0 : $1 }) }
  }

  /// The mean of each row. Complexity: O(rows x columns).
  public static func means(_ values: UnsafeBufferPointer<Float>, columns: Int) -> [Double] {
    reduce(values, columns: columns) { row in row.reduce(into: 0.0) { $0 += Double($1) } / Double(columns) }
  }

  private static func reduce(
    _ values: UnsafeBufferPointer<Float>, columns: Int, _ body: (Slice<UnsafeBufferPointer<Float>>) -> Double
  ) -> [Double] {
    precondition(columns > 0 && values.count % columns == 0, "\(values.count) values are not rows of \(columns)")
    return stride(from: 0, to: values.count, by: columns).map { body(values[$0..<$0 + columns]) }
  }
}
