import COpenBLAS
import CXGBoost
import Foundation
import Mistique

extension TransformerBits.Library {
  /// The same text wherever the library gives the same bits: its version and build, the number of threads, and the kind of processor. `nil` where the
  /// system does not tell its processor.
  var libraryKind: String? {
    switch self {
    case .xgBoost: Self.xgBoostKind
    case .openBLAS: Self.openBLASKind
    }
  }

  private static let xgBoostKind: String? = ProcessorKind.text.map { processor in
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    XGBoostVersion(&major, &minor, &patch)
    var build: UnsafePointer<CChar>?
    let about = XGBuildInfo(&build) == 0 ? build.map { String(cString: $0) } ?? "" : ""
    // In a container with a smaller share of the processors, XGBoost starts fewer threads than it was asked for.
    let share = ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map { file in
      (try? String(contentsOfFile: "/sys/fs/cgroup/cpu/\(file)", encoding: .utf8)) ?? "none"
    }
    return "XGBoost \(major).\(minor).\(patch) \(about), \(Booster.threadCount) threads of \(share.joined(separator: " "))\n" + processor
  }

  /// One thread computes (`SingleThreadedBLAS`), with loops that are chosen by the core.
  private static let openBLASKind: String? = ProcessorKind.text.map { processor in
    let (build, core) = (openblas_get_config().map { String(cString: $0) }, openblas_get_corename().map { String(cString: $0) })
    return "OpenBLAS \(build ?? ""), \(core ?? "")\n" + processor
  }
}
