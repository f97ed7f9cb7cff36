import COpenBLAS

/// The singular directions of a centred matrix that explain most of its variance, as an orthonormal basis of `rows` dimensions.
///
/// The squared singular values are the eigenvalues of the matrix of inner products of the smaller side, rows x rows or columns x columns;
/// the other is never formed. Of the rows its eigenvectors are the basis; of the columns the centred matrix times them is, scaled to length
/// 1.
///
/// **Precision.** Inner products are summed in float32 over panels of at most 4,096 and in float64 over panels, if 0.99 of the variance or
/// less is asked for, else in float64 throughout. Against float64 SVDs of 1,500 x 6,144 matrices with spectra of 1/i and 1/√i the
/// coefficients of ten logits were then within 2e-7, and the product takes half the time (0.36 s against 0.68 s for 2,000 x 16,384). Where one direction has
/// nearly all of the variance that is asked for, the others are less exact: with 0.9 of it (2,000 x 800, the rest spread evenly) coefficients were within 3e-6, with
/// 0.985 within 7e-5. The last hundredth of the variance needs float64: its directions drown in float32's rounding of the largest.
struct PrincipalDirections {
  /// A direction with less than this share of the largest one's variance is rounding: repeated columns have such.
  static let smallestShare = 1e-10
  /// A centred value of the column with the largest value is rounding, 2^-24, or 0. Where all squares together are less, the others are so small
  /// beside it that they must be scaled by themselves.
  static let leastTotal = 0x1p-48
  /// Values of a panel, 64 MB in float64.
  static let panelValues = 8 << 20

  let count: Int
  /// Column-major, `rows` x `count`, the direction that explains most last.
  let basis: ArraySlice<Double>

  private init(count: Int, basis: ArraySlice<Double>) { (self.count, self.basis) = (count, basis) }

  /// The `limit` directions that explain most, or all if there are fewer.
  func largest(_ limit: Int) -> PrincipalDirections {
    let kept = min(limit, count)
    return PrincipalDirections(count: kept, basis: basis.suffix(basis.count / count * kept))
  }

  init(of matrix: MatrixView, named name: String, options: SVCCA.Options) throws(DiagnosisError) {
    var centred = try CentredMatrix(matrix, named: name)
    let size = min(matrix.rows, matrix.columns)
    guard size <= 46_340 else {
      throw DiagnosisError(
        .tooLarge, "\(name) has \(matrix.rows) rows and \(matrix.columns) columns", remedy: "Sample rows or pool columns")
    }
    var products = centred.innerProducts(options)
    var total = Self.trace(products, size: size)
    if total < Self.leastTotal {
      guard centred.scaleToDeviations() else {
        throw DiagnosisError(.constant, "no column of \(name) varies", remedy: "Leave out this matrix, or give other rows")
      }
      products = centred.innerProducts(options)
      total = Self.trace(products, size: size)
    }

    let most = min(size, options.maximumDirections ?? size)
    let system = try LinearAlgebra.largestEigenvalues(most, of: &products, size: size)
    products = []
    let count = Self.kept(system.values.reversed(), total: total, variance: options.variance)
    let vectors = system.vectors[((most - count) * size)...]
    self.count = count
    basis = matrix.rows <= matrix.columns ? vectors : centred.normalisedProducts(with: vectors, count: count)[...]
  }

  private static func trace(_ products: [Double], size: Int) -> Double { (0..<size).reduce(0.0) { $0 + products[$1 * (size + 1)] } }

  /// How many of the largest variances, largest first, make up the share asked for.
  private static func kept(_ variances: some Collection<Double>, total: Double, variance: Double) -> Int {
    var (count, explained) = (0, 0.0)
    guard let largest = variances.first else { return 0 }
    for value in variances {
      if count > 0, explained >= variance * total || value < smallestShare * largest { break }
      explained += value
      count += 1
    }
    return count
  }
}
