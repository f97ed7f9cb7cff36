import COpenBLAS

/// The LAPACK calls of this target, on column-major float64.
enum LinearAlgebra {
  /// The largest eigenvalues of a symmetric matrix, ascending, and their eigenvectors, one after the other.
  struct Eigensystem {
    let values: [Double]
    let vectors: [Double]
  }

  /// - Parameters:
  ///   - matrix: `size` x `size`, its upper triangle; destroyed.
  ///   - count: how many of the largest eigenvalues, 1...`size`.
  static func largestEigenvalues(_ count: Int, of matrix: inout [Double], size: Int) throws(DiagnosisError) -> Eigensystem {
    let order = blasint(size)
    var values = [Double](repeating: 0, count: size)
    var vectors = [Double](repeating: 0, count: size * count)
    var support = [blasint](repeating: 0, count: 2 * count)
    // What LAPACK asks for at the least is 26 and 10 per row; with blocks of 64 it can work on panels.
    var work = [Double](repeating: 0, count: 72 * size)
    var integers = [blasint](repeating: 0, count: 10 * size)
    var (workCount, integerCount) = (blasint(work.count), blasint(integers.count))
    var (first, last, found, info) = (order - blasint(count) + 1, order, blasint(0), blasint(0))
    var (bound, tolerance) = (0.0, 0.0)
    var (leading, leadingVectors) = (order, order)
    var rank = order
    dsyevr_(
      "V", "I", "U", &rank, &matrix, &leading, &bound, &bound, &first, &last, &tolerance, &found, &values, &vectors, &leadingVectors,
      &support, &work, &workCount, &integers, &integerCount, &info, 1, 1, 1)
    guard info == 0, Int(found) == count else { throw noConvergence("dsyevr", info) }
    return Eigensystem(values: Array(values[..<count]), vectors: vectors)
  }

  /// The singular values, largest first, of a column-major matrix.
  static func singularValues(_ matrix: [Double], rows: Int, columns: Int) throws(DiagnosisError) -> [Double] {
    var matrix = matrix
    let smaller = min(rows, columns)
    var values = [Double](repeating: 0, count: smaller)
    var integers = [blasint](repeating: 0, count: 8 * smaller)
    var (height, width, leading, one, info) = (blasint(rows), blasint(columns), blasint(rows), blasint(1), blasint(0))
    var (unused, size) = (0.0, 0.0)
    var unusedToo = 0.0
    var workCount = blasint(-1)
    dgesdd_("N", &height, &width, &matrix, &leading, &values, &unused, &one, &unusedToo, &one, &size, &workCount, &integers, &info, 1)
    var work = [Double](repeating: 0, count: Int(size))
    workCount = blasint(work.count)
    dgesdd_("N", &height, &width, &matrix, &leading, &values, &unused, &one, &unusedToo, &one, &work, &workCount, &integers, &info, 1)
    guard info == 0 else { throw noConvergence("dgesdd", info) }
    return values
  }

  /// The inner products of the columns of one matrix with those of another, both of `rows` rows: column-major, a row for each of `first`.
  static func products(_ first: ArraySlice<Double>, _ second: ArraySlice<Double>, rows: Int) -> [Double] {
    let (height, width) = (first.count / rows, second.count / rows)
    var products = [Double](repeating: 0, count: height * width)
    first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in
        cblas_dgemm(
          CblasColMajor, CblasTrans, CblasNoTrans, blasint(height), blasint(width), blasint(rows), 1, first.baseAddress, blasint(rows),
          second.baseAddress, blasint(rows), 0, &products, blasint(height))
      }
    }
    return products
  }

  private static func noConvergence(_ routine: String, _ info: blasint) -> DiagnosisError {
    DiagnosisError(.noConvergence, "LAPACK's \(routine) did not converge (info \(info))", remedy: "Report the matrix: finite input should")
  }
}
