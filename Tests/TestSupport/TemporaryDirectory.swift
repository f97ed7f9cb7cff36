import Foundation
import Synchronization

/// A folder of its own for a test, removed when the tests end: a store may still write to it after the test's last mention of the folder.
public final class TemporaryDirectory: Sendable {
  public let url: URL
  public var path: String { url.path }

  public convenience init(_ label: String = "mistique") { self.init(label, in: FileManager.default.temporaryDirectory) }

  public init(_ label: String, in parent: URL) {
    url = parent.appendingPathComponent("\(label) 🧪 \(UUID().uuidString)")
    // A test without a folder cannot say anything: stop loudly.
    try! FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    Self.made.withLock { made in
      if made.isEmpty { atexit { TemporaryDirectory.removeAll() } }
      made.append(url)
    }
  }

  private static let made = Mutex<[URL]>([])

  private static func removeAll() {
    for url in made.withLock({ $0 }) { try? FileManager.default.removeItem(at: url) }
  }

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
