import COpenBLAS

/// SVCCA (paper table 2): how much of the variation of two representations is the same, e.g. a layer's activations and the logits.
///
/// The two matrices have one row for each of the same examples; their columns need not correspond.
///
/// ```swift
/// let similarity = try SVCCA(MatrixView(activations, columns: 8_192), MatrixView(logits, columns: 10))
/// similarity.mean  // 0...1
/// ```
///
/// Source: Raghu, Gilmer, Yosinski and Sohl-Dickstein, "SVCCA: Singular Vector Canonical Correlation Analysis for Deep Learning Dynamics
/// and Interpretability", NeurIPS 2017, arXiv 1706.05806, section 2. Each matrix is centred by column; of its singular directions the
/// largest are kept, until they explain ``Options/variance``; the coefficients are the canonical correlations of the kept ones. As the left
/// singular vectors of the kept directions are orthonormal bases, these are the singular values of the product of the two bases (Björck and
/// Golub 1973, doi 10.1090/S0025-5718-1973-0348991-3), and no covariance need be inverted.
///
/// **How many rows it needs.** Kept directions are subspaces of a space of `rows - 1` dimensions. Representations that have nothing in
/// common still give squared coefficients whose mean is about the greater number of directions over `rows - 1`, and `firstDirections +
/// secondDirections - (rows - 1)` coefficients, if that is positive, are 1 whatever the data. Ask for many more rows than kept directions,
/// or limit them with ``Options/maximumDirections``.
///
/// When equal singular values lie on both sides of the cut, it is arbitrary which of their directions is kept.
public struct SVCCA: Sendable, Equatable {
  /// How many singular directions are kept.
  public struct Options: Sendable, Equatable {
    /// The share of the variance, the sum of the squared singular values, that the kept directions must explain; above 0, at most 1.
    public var variance: Double
    /// At most this many directions of either matrix are kept, even if they explain less; unlimited when `nil`.
    public var maximumDirections: Int?

    /// The paper's 99 % of the variance, unless stated otherwise.
    ///
    /// - Precondition: `variance` is above 0 and at most 1; `maximumDirections` is at least 1.
    public init(variance: Double = 0.99, maximumDirections: Int? = nil) {
      precondition(variance > 0 && variance <= 1, "a share of \(variance) of the variance is outside 0...1")
      precondition(maximumDirections ?? 1 > 0, "at least one direction must be kept")
      self.variance = variance
      self.maximumDirections = maximumDirections
    }
  }

  /// Canonical correlations, largest first, in 0...1; as many as the side with fewer kept directions has.
  public let coefficients: [Double]
  /// How many singular directions of the first matrix were kept.
  public let firstDirections: Int
  /// How many singular directions of the second matrix were kept.
  public let secondDirections: Int

  /// The mean coefficient, which is the paper's number.
  public var mean: Double { coefficients.reduce(0, +) / Double(coefficients.count) }

  /// Compares two matrices.
  ///
  /// Both must be in memory as a whole, at 4 bytes per value (500 MB for 2,000 rows of 65,536). Pool a layer that does not fit, or sample
  /// its rows.
  ///
  /// With m the smaller of rows and columns, this takes 16 m² bytes, a panel of at most 64 MB and 8 bytes per row and kept direction
  /// besides.
  ///
  /// - Throws: ``DiagnosisError``: `tooFewRows` under two rows, `notFinite` with the first row and column, `constant` when no column
  ///   varies, `tooLarge` when rows and columns both exceed 46,340. Constant and repeated columns are no error.
  /// - Precondition: both matrices have the same number of rows.
  /// - Complexity: O(rows x columns x m + m³). Against ten logits on two cores of an EPYC (Zen 4): 1.4 s for 2,000 rows of 8,192, 2.7 s for
  ///   2,000 of 65,536, 0.7 s for 50,000 of 512. The eigenvectors, m³, outweigh the rest from m = 2,000 on: sample rows.
  /// - Note: The same to the last bit for the same number of OpenBLAS threads, on the same kind of processor.
  public init(_ first: MatrixView, _ second: MatrixView, options: Options = Options()) throws(DiagnosisError) {
    let (left, right) = try Self.directions(of: first, second, options: options)
    try self.init(left, right, rows: first.rows)
  }

  /// Compares two matrices by the directions that explain the variance, and once more by at most `limit` of them on either side: one decomposition for
  /// both, which takes most of the time.
  ///
  /// - Throws: as ``init(_:_:options:)``.
  /// - Precondition: both matrices have the same number of rows; `limit` is at least 1.
  package static func withAndWithoutLimit(
    of limit: Int, _ first: MatrixView, _ second: MatrixView, variance: Double = 0.99
  ) throws(DiagnosisError) -> (whole: SVCCA, limited: SVCCA) {
    precondition(limit > 0, "at least one direction must be kept")
    let (left, right) = try directions(of: first, second, options: Options(variance: variance))
    let whole = try SVCCA(left, right, rows: first.rows)
    return (whole, try SVCCA(left.largest(limit), right.largest(limit), rows: first.rows))
  }

  private static func directions(
    of first: MatrixView, _ second: MatrixView, options: Options
  ) throws(DiagnosisError) -> (left: PrincipalDirections, right: PrincipalDirections) {
    precondition(first.rows == second.rows, "\(first.rows) and \(second.rows) rows are not of the same examples")
    return (
      try PrincipalDirections(of: first, named: "the first matrix", options: options),
      try PrincipalDirections(of: second, named: "the second matrix", options: options)
    )
  }

  private init(_ left: PrincipalDirections, _ right: PrincipalDirections, rows: Int) throws(DiagnosisError) {
    let products = LinearAlgebra.products(left.basis, right.basis, rows: rows)
    let values = try LinearAlgebra.singularValues(products, rows: left.count, columns: right.count)
    coefficients = values.map { min(1, max(0, $0)) }
    (firstDirections, secondDirections) = (left.count, right.count)
  }
}
