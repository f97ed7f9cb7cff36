import ExperimentKit
import Foundation

extension DataSource {
  /// The data of an experiment on images and tables. It counts as generated when a part of it is; the text says which.
  static func joined(_ sources: [DataSource]) -> DataSource {
    var parts: [String] = []
    var files: [URL] = []
    var anyGenerated = false
    for source in sources {
      switch source {
      case .real(let description, let more):
        parts.append("\(description) (real)")
        files += more
      case .generated(let description, let more):
        parts.append("\(description) (generated)")
        files += more
        anyGenerated = true
      }
    }
    let text = parts.joined(separator: "; ")
    return anyGenerated ? .generated(text, files: files) : .real(text, files: files)
  }
}
