import Foundation

/// A user's own model, as the command line names it.
struct OwnModel: Sendable, Equatable {
  /// A folder of arrays, a `.npy` or `.npz` file, or the YAML of a pipeline or a network.
  let url: URL
  /// The network's weights, a safetensors file; beside the YAML, under its name, when nil.
  var weights: URL?
  /// The network's images; those of the folder of data when nil.
  var images: URL?

  /// Whether it is a pipeline or a network; else it is arrays.
  var isYAML: Bool { ["yaml", "yml"].contains(url.pathExtension.lowercased()) }

  /// What the results of a run are kept apart by: the files and what changes when they do.
  var configuration: String {
    let files = [url, weights, images].compactMap { $0 }.flatMap { file -> [URL] in
      let entries = (try? FileManager.default.contentsOfDirectory(at: file, includingPropertiesForKeys: nil)) ?? []
      return [file] + entries.sorted { $0.path < $1.path }
    }
    return files.map { file in
      var status = stat()
      guard stat(file.path, &status) == 0 else { return file.path }
      return "\(file.lastPathComponent) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }.joined(separator: ", ")
  }
}
