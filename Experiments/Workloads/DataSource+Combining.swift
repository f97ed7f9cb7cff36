import ExperimentKit
import Foundation

extension DataSource {
  /// The data of an experiment on images and tables. It counts as generated when a part of it is; the text says which.
  static func combining(_ sources: [DataSource]) -> DataSource {
    var real: [String] = []
    var generated: [String] = []
    var files: [URL] = []
    for source in sources {
      switch source {
      case .real(let description, let more):
        real.append(description)
        files += more
      case .generated(let description, let more):
        generated.append(description)
        files += more
      }
    }
    if generated.isEmpty { return .real(real.joined(separator: "; "), files: files) }
    let rest = real.isEmpty ? "" : "; real data: \(real.joined(separator: "; "))"
    return .generated(generated.joined(separator: "; ") + rest, files: files)
  }
}
