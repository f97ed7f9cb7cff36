import COpenMP
import CXGBoost
import Foundation

/// A matrix of features in XGBoost's own form, float32 with NaN for missing.
final class BoosterMatrix {
  fileprivate let handle: DMatrixHandle

  /// - Parameter rowMajor: `rows * columns` values, row after row.
  init(rowMajor: [Float], rows: Int, columns: Int) throws {
    precondition(rowMajor.count == rows * columns, "a matrix needs rows * columns values")
    var created: DMatrixHandle?
    Booster.fixThreads()
    try check(XGDMatrixCreateFromMat_omp(rowMajor, UInt64(rows), UInt64(columns), .nan, &created, Booster.threadCount))
    handle = created!
  }

  deinit { XGDMatrixFree(handle) }

  func setLabels(_ labels: [Float]) throws { try check(XGDMatrixSetFloatInfo(handle, "label", labels, UInt64(labels.count))) }
}

/// A handle of an XGBoost model. Not thread-safe. Only the model's bytes are ever kept.
final class Booster {
  /// The result of training may depend on the number of threads, so it is the same on every machine.
  static let threadCount: Int32 = 2

  private let handle: BoosterHandle

  /// A model that learns `rounds` trees from `matrix`, whose labels are set.
  init(parameters: [String: String], rounds: Int, matrix: BoosterMatrix) throws {
    handle = try Self.create([matrix.handle])
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { try check(XGBoosterSetParam(handle, name, value)) }
    for round in 0..<rounds { try check(XGBoosterUpdateOneIter(handle, Int32(round), matrix.handle)) }
  }

  /// The model that `bytes` hold. They must be known to be intact (`FittedState`): XGBoost's parser is not trusted with damaged bytes.
  init(modelBytes bytes: [UInt8]) throws {
    handle = try Self.create([])
    try bytes.withUnsafeBytes { try check(XGBoosterLoadModelFromBuffer(handle, $0.baseAddress, UInt64($0.count))) }
    try check(XGBoosterSetParam(handle, "nthread", "\(Self.threadCount)"))
  }

  deinit { XGBoosterFree(handle) }

  /// Makes the calling thread get as many threads as it asks for. XGBoost shares its work out among those, and what belongs to a thread that was not given is never
  /// done: OMP_DYNAMIC and OMP_MAX_ACTIVE_LEVELS may give fewer, without an error.
  fileprivate static func fixThreads() {
    omp_set_dynamic(0)
    omp_set_max_active_levels(max(1, omp_get_max_active_levels()))
  }

  private static func create(_ matrices: [DMatrixHandle?]) throws -> BoosterHandle {
    var created: BoosterHandle?
    fixThreads()
    try check(XGBoosterCreate(matrices, UInt64(matrices.count), &created))
    return created!
  }

  /// One prediction per row.
  func predict(_ matrix: BoosterMatrix) throws -> [Float] {
    var count: bst_ulong = 0
    var values: UnsafePointer<Float>?
    Self.fixThreads()
    try check(XGBoosterPredict(handle, matrix.handle, 0, 0, 0, &count, &values))
    return Array(UnsafeBufferPointer(start: values, count: Int(count)))
  }

  /// One prediction per row of a row-major matrix with NaN for missing values, which is read in place. No value may be infinite.
  ///
  /// The bits are those of predicting a `BoosterMatrix`, without the cost of making one. Measured on 1,000,000 rows x 50 columns and 60 trees, in
  /// batches of 65,536 rows and with copying into them: 1.9, 2.7 and 2.2 s against 2.7, 2.9 and 2.8 s, in turn on two shared cores. Copying is
  /// 0.2 s of that, and smaller batches are slower.
  func predict(rowMajor: [Float], rows: Int, columns: Int) throws -> [Float] {
    precondition(rowMajor.count == rows * columns, "a matrix needs rows * columns values")
    guard rows > 0 else { return [] }
    Self.fixThreads()
    return try rowMajor.withUnsafeBytes { values in
      let address = UInt(bitPattern: values.baseAddress!)
      let array = #"{"data": [\#(address), true], "shape": [\#(rows), \#(columns)], "typestr": "<f4", "version": 3}"#
      var shape: UnsafePointer<bst_ulong>?
      var dimensions: bst_ulong = 0
      var result: UnsafePointer<Float>?
      try check(XGBoosterPredictFromDense(handle, array, Self.predictionSettings, nil, &shape, &dimensions, &result))
      return Array(UnsafeBufferPointer(start: result, count: rows))
    }
  }

  /// All trees, the plain prediction (type 0). XGBoost 1.7 requires a cache_id and does not use it.
  private static let predictionSettings =
    #"{"type": 0, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false, "missing": NaN, "cache_id": 0}"#

  /// The model in XGBoost's binary JSON.
  func modelBytes() throws -> [UInt8] {
    var count: bst_ulong = 0
    var bytes: UnsafePointer<CChar>?
    try check(XGBoosterSaveModelToBuffer(handle, #"{"format": "ubj"}"#, &count, &bytes))
    return Array(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
  }

  /// `kind` of importance (`gain`, `weight`, `cover`) by feature number; features that no tree uses are absent.
  func importance(_ kind: String) throws -> [Int: Double] {
    var count: bst_ulong = 0
    var dimensions: bst_ulong = 0
    var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    var shape: UnsafePointer<bst_ulong>?
    var scores: UnsafePointer<Float>?
    try check(XGBoosterFeatureScore(handle, #"{"importance_type": "\#(kind)"}"#, &count, &names, &dimensions, &shape, &scores))
    var result: [Int: Double] = [:]
    for index in 0..<Int(count) {
      // Features have no names of their own in the model: XGBoost calls them f0, f1, ...
      guard let name = names?[index], let feature = Int(String(cString: name).dropFirst()) else { continue }
      result[feature] = Double(scores![index])
    }
    return result
  }
}

private func check(_ status: Int32) throws {
  guard status != 0 else { return }
  let message = String(cString: XGBGetLastError())
  throw TransformerError.learner(message.split(separator: "\n").first.map(String.init) ?? message)
}
