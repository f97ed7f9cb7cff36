import Foundation

/// A folder of its own for a test, removed when the test lets go of it.
public final class TemporaryDirectory: Sendable {
  public let url: URL
  public var path: String { url.path }

  public init(_ label: String = "mistique") {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("\(label) 🧪 \(UUID().uuidString)")
    // A test without a folder cannot say anything: stop loudly.
    try! FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Every file below, by path from here, with its size.
  public func files() -> [String: Int] {
    var result: [String: Int] = [:]
    let prefix = url.resolvingSymlinksInPath().path + "/"
    for case let file as URL in FileManager.default.enumerator(at: url, includingPropertiesForKeys: [.fileSizeKey, .isRegularFileKey])! {
      let values = try! file.resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey])
      if values.isRegularFile == true {
        result[file.resolvingSymlinksInPath().path.replacingOccurrences(of: prefix, with: "")] = values.fileSize
      }
    }
    return result
  }
}
