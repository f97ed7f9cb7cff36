import Mistique

/// The inner products of columns, each less its centre and divided by its scale: symmetric, float64.
///
/// The table is read in panels of rows and is never in memory as a whole: memory is one panel of 16 MB and the matrix. A missing value or NaN
/// counts as the centre. Complexity: O(rows x columns^2). For the same columns the bits are the same (`SingleThreadedBLAS`).
struct GramMatrix {
  /// 512 MB of products; an eigenproblem of that size takes minutes.
  static let largestSize = 8_192
  /// Values per panel. It decides where sums are split, so it is the same on every machine.
  private static let panelValues = 2 << 20

  let size: Int
  /// `size` x `size`, both triangles.
  private(set) var products: [Double]

  /// - Parameters:
  ///   - columns: as many as `centres` and `scales`, all of one length, none of them a text.
  ///   - scales: finite and not zero.
  ///
  /// Throws `NumericColumnError.outOfRange` for a column whose products are more than float64 can hold, and `.tooManyColumns`.
  init(of columns: [(name: String, column: Column)], centres: [Double], scales: [Double]) throws {
    precondition(columns.count == centres.count && columns.count == scales.count, "every column needs a centre and a scale")
    let (size, rowCount) = (columns.count, columns.first?.column.count ?? 0)
    guard size <= Self.largestSize else { throw NumericColumnError.tooManyColumns(size, limit: Self.largestSize) }
    self.size = size
    products = [Double](repeating: 0, count: size * size)
    let step = max(1, min(rowCount, Self.panelValues / max(1, size)))
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: step * size) { panel in
      guard let start = panel.baseAddress, size > 0 else { return }
      for first in stride(from: 0, to: rowCount, by: step) {
        let rows = first..<min(rowCount, first + step)
        for (place, column) in columns.enumerated() {
          let values = start + place * rows.count
          column.column.read(rows, into: values)
          Self.standardise(values, rows.count, centre: centres[place], scale: scales[place])
        }
        SingleThreadedBLAS.addInnerProducts(of: start, rows: rows.count, columns: size, to: &products)
      }
      // Of two columns whose squares are finite, the products are too.
      for place in 0..<size where !products[place * (size + 1)].isFinite {
        throw NumericColumnError.outOfRange(column: columns[place].name)
      }
    }
    for column in 0..<size { for row in 0..<column { products[row * size + column] = products[column * size + row] } }
  }

  mutating func scale(by factor: Double) { for place in products.indices { products[place] *= factor } }

  private static func standardise(_ values: UnsafeMutablePointer<Double>, _ count: Int, centre: Double, scale: Double) {
    for row in 0..<count {
      let value = (values[row] - centre) / scale
      values[row] = value.isNaN ? 0 : value
    }
  }
}
