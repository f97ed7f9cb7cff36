import COpenBLAS
import CXGBoost
import Mistique

extension TransformerBits.Library {
  /// The same text wherever the library gives the same bits: its version and build, the number of threads, and the kind of processor. `nil` where the
  /// system does not tell its processor.
  var libraryKind: String? { self == .xgBoost ? Self.xgBoostKind : Self.openBLASKind }

  private static let xgBoostKind: String? = ProcessorKind.text.map { processor in
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    XGBoostVersion(&major, &minor, &patch)
    return "XGBoost \(major).\(minor).\(patch), \(Booster.threadCount) threads\n" + processor
  }

  /// One thread computes (`SingleThreadedBLAS`), with loops that are chosen by the core.
  private static let openBLASKind: String? = ProcessorKind.text.map { processor in
    let (build, core) = (openblas_get_config().map { String(cString: $0) }, openblas_get_corename().map { String(cString: $0) })
    return "OpenBLAS \(build ?? ""), \(core ?? "")\n" + processor
  }
}
