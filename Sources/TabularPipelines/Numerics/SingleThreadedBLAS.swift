import COpenBLAS
import Synchronization

/// The calls of OpenBLAS and LAPACK of this target, on column-major float64, each on one thread.
///
/// How OpenBLAS splits its work depends on its number of threads, and so may the last bits. The number is set to 1 for the duration of a call, and
/// one call is made at a time: equal inputs give equal bits, whatever the number of cores or `OPENBLAS_NUM_THREADS`. This holds for one version of
/// OpenBLAS on one kind of processor, because it chooses its loops by the processor. Calls that other code makes at the same time may find the
/// number at 1, which costs them time and nothing else.
enum SingleThreadedBLAS {
  private static let lock = Mutex(())

  private static func perform(_ body: () -> Void) {
    lock.withLock { _ in
      let threads = openblas_get_num_threads()
      openblas_set_num_threads(1)
      body()
      openblas_set_num_threads(threads)
    }
  }

  /// Adds the inner products of a panel's columns to the upper triangle of `products` (`columns` x `columns`).
  ///
  /// - Parameter panel: `rows` x `columns`. Complexity: O(rows x columns^2).
  static func addInnerProducts(of panel: UnsafePointer<Double>, rows: Int, columns: Int, to products: inout [Double]) {
    precondition(products.count == columns * columns, "a matrix of products has a value for each pair of columns")
    products.withUnsafeMutableBufferPointer { products in
      perform {
        cblas_dsyrk(
          CblasColMajor, CblasUpper, CblasTrans, blasint(columns), blasint(rows), 1, panel, blasint(rows), 1, products.baseAddress,
          blasint(columns))
      }
    }
  }

  /// The `count` largest eigenvalues of a symmetric matrix, largest first, and their eigenvectors of length 1, one after another.
  ///
  /// - Parameter matrix: `size` x `size`, of which the upper triangle is read. Complexity: O(size^3).
  static func largestEigenvalues(_ count: Int, of matrix: [Double], size: Int) throws -> (values: [Double], vectors: [Double]) {
    precondition(count >= 1 && count <= size && matrix.count == size * size, "a matrix has as many eigenvalues as rows")
    var matrix = matrix
    var values = [Double](repeating: 0, count: size)
    var vectors = [Double](repeating: 0, count: size * count)
    var support = [blasint](repeating: 0, count: 2 * count)
    // LAPACK needs at least 26 and 10 per row; with blocks of 64 it can work on panels.
    var work = [Double](repeating: 0, count: 72 * size)
    var integers = [blasint](repeating: 0, count: 10 * size)
    var order = blasint(size)
    var (workCount, integerCount, found, info) = (blasint(work.count), blasint(integers.count), blasint(0), blasint(0))
    var (first, last) = (blasint(size - count + 1), blasint(size))
    // LAPACK only reads these.
    var (leading, leadingVectors) = (order, order)
    var (lower, upper, tolerance) = (0.0, 0.0, 0.0)
    perform {
      dsyevr_(
        "V", "I", "U", &order, &matrix, &leading, &lower, &upper, &first, &last, &tolerance, &found, &values, &vectors, &leadingVectors,
        &support, &work, &workCount, &integers, &integerCount, &info, 1, 1, 1)
    }
    guard info == 0, Int(found) == count else { throw NumericColumnError.noConvergence(routine: "dsyevr", code: Int(info)) }
    let descending = (0..<count).reversed()
    return (descending.map { values[$0] }, descending.flatMap { vectors[($0 * size)..<(($0 + 1) * size)] })
  }
}
