import COpenBLAS

/// A matrix whose columns' means are taken off whenever a part of it is copied into a panel; it is nowhere as a whole.
///
/// Values are scaled too, by a power of two that brings the largest near 1, so that float32 products neither overflow nor vanish.
struct CentredMatrix {
  private let matrix: MatrixView
  private let means: [Double]
  private var scale: Double

  init(_ matrix: MatrixView, named name: String) throws(DiagnosisError) {
    guard matrix.rows >= 2 else {
      throw DiagnosisError(
        .tooFewRows, "\(name) has \(matrix.rows) rows", remedy: "Correlation needs two at the least, and many to mean much")
    }
    // Sums of float32 in float64 cannot overflow, and those of a constant column are exact, so that its centred values are exactly 0.
    var sums = [Double](repeating: 0, count: matrix.columns)
    var largest: Float = 0
    sums.withUnsafeMutableBufferPointer { sums in
      for row in 0..<matrix.rows {
        let values = matrix.start(ofRow: row)
        for column in 0..<matrix.columns {
          sums[column] += Double(values[column])
          largest = max(largest, abs(values[column]))
        }
      }
    }
    if !sums.allSatisfy(\.isFinite), let place = matrix.values.firstIndex(where: { !$0.isFinite }) {
      throw DiagnosisError(
        .notFinite, "\(name) holds \(matrix.values[place]) in row \(place / matrix.columns), column \(place % matrix.columns)",
        remedy: "Leave out that row or column")
    }
    self.matrix = matrix
    means = sums.map { $0 / Double(matrix.rows) }
    scale = largest > 0 ? Double(sign: .plus, exponent: -Int(largest.exponent), significand: 1) : 1
  }

  /// Brings the largest centred value near 1 in place of the largest value: for a matrix whose largest column hardly varies, so that what does
  /// vary would vanish from products. False when nothing varies.
  mutating func scaleToDeviations() -> Bool {
    var largest = 0.0
    for row in 0..<matrix.rows {
      let values = matrix.start(ofRow: row)
      for column in 0..<matrix.columns { largest = max(largest, abs(Double(values[column]) - means[column])) }
    }
    guard largest > 0 else { return false }
    scale = Double(sign: .plus, exponent: -Int(largest.exponent), significand: 1)
    return true
  }

  /// Column-major upper triangle of the inner products of the smaller side, rows with rows or columns with columns.
  func innerProducts<Scalar: PanelScalar>(in scalar: Scalar.Type) -> [Double] {
    let byColumns = matrix.rows <= matrix.columns
    let (size, length) = byColumns ? (matrix.rows, matrix.columns) : (matrix.columns, matrix.rows)
    let step = min(length, 4_096, max(1, PrincipalDirections.panelValues / size))
    var products = [Double](repeating: 0, count: size * size)
    var part = [Scalar](repeating: 0, count: Scalar.self == Double.self ? 0 : size * size)
    var panel = [Scalar](repeating: 0, count: size * step)
    for start in stride(from: 0, to: length, by: step) {
      let range = start..<min(length, start + step)
      if byColumns {
        fill(&panel, rows: 0..<matrix.rows, columns: range)
      } else {
        fill(&panel, rows: range, columns: 0..<matrix.columns)
      }
      // A row-major panel is its transpose to Fortran.
      Scalar.add(panel, ofColumns: byColumns, size: size, length: range.count, part: &part, to: &products)
    }
    return products
  }

  /// The same in the precision that the share of the variance asks for.
  func innerProducts(_ options: SVCCA.Options) -> [Double] {
    options.variance <= 0.99 ? innerProducts(in: Float.self) : innerProducts(in: Double.self)
  }

  /// The matrix times `vectors`, column-major of `columns` rows, each scaled to length 1: column-major of `rows` rows.
  func normalisedProducts(with vectors: ArraySlice<Double>, count: Int) -> [Double] {
    let (rows, columns) = (matrix.rows, matrix.columns)
    let step = min(rows, max(1, PrincipalDirections.panelValues / columns))
    var panel = [Double](repeating: 0, count: step * columns)
    var products = [Double](repeating: 0, count: rows * count)
    products.withUnsafeMutableBufferPointer { products in
      vectors.withUnsafeBufferPointer { vectors in
        for start in stride(from: 0, to: rows, by: step) {
          let range = start..<min(rows, start + step)
          fill(&panel, rows: range, columns: 0..<columns)
          cblas_dgemm(
            CblasColMajor, CblasTrans, CblasNoTrans, blasint(range.count), blasint(count), blasint(columns), 1, panel, blasint(columns),
            vectors.baseAddress, blasint(columns), 0, products.baseAddress! + start, blasint(rows))
        }
      }
      for place in 0..<count {
        let vector = products.baseAddress! + place * rows
        cblas_dscal(blasint(rows), 1 / cblas_dnrm2(blasint(rows), vector, 1), vector, 1)
      }
    }
    return products
  }

  /// Centred and scaled values of a part, row-major.
  private func fill<Scalar: PanelScalar>(_ panel: inout [Scalar], rows: Range<Int>, columns: Range<Int>) {
    panel.withUnsafeMutableBufferPointer { panel in
      means.withUnsafeBufferPointer { means in
        for row in rows {
          let source = matrix.start(ofRow: row) + columns.lowerBound
          let target = panel.baseAddress! + (row - rows.lowerBound) * columns.count
          let means = means.baseAddress! + columns.lowerBound
          for column in 0..<columns.count { target[column] = Scalar((Double(source[column]) - means[column]) * scale) }
        }
      }
    }
  }
}

/// What inner products are summed in within a panel.
protocol PanelScalar: BinaryFloatingPoint {
  /// Adds a panel's inner products to the upper triangle of `products`.
  ///
  /// - Parameters:
  ///   - ofColumns: whether the panel is part of the columns of `size` rows, else `length` rows of `size` columns.
  ///   - part: room for as many values as `products` has, if the scalar needs it.
  static func add(_ panel: [Self], ofColumns: Bool, size: Int, length: Int, part: inout [Self], to products: inout [Double])
}

extension Double: PanelScalar {
  static func add(_ panel: [Double], ofColumns: Bool, size: Int, length: Int, part: inout [Double], to products: inout [Double]) {
    cblas_dsyrk(
      CblasColMajor, CblasUpper, ofColumns ? CblasTrans : CblasNoTrans, blasint(size), blasint(length), 1, panel,
      blasint(ofColumns ? length : size), 1, &products, blasint(size))
  }
}

extension Float: PanelScalar {
  static func add(_ panel: [Float], ofColumns: Bool, size: Int, length: Int, part: inout [Float], to products: inout [Double]) {
    cblas_ssyrk(
      CblasColMajor, CblasUpper, ofColumns ? CblasTrans : CblasNoTrans, blasint(size), blasint(length), 1, panel,
      blasint(ofColumns ? length : size), 0, &part, blasint(size))
    products.withUnsafeMutableBufferPointer { products in
      part.withUnsafeBufferPointer { part in
        for place in 0..<products.count { products[place] += Double(part[place]) }
      }
    }
  }
}
