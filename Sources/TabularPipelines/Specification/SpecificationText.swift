import Foundation
import Groundwork

/// The text of a specification, checked before a YAML parser sees it.
///
/// Files may come from anywhere, so they are read up to a limit, must be UTF-8, and may not have anchors or aliases: a few lines of nested aliases
/// expand to more nodes than any memory holds, and a pipeline does not need them.
enum SpecificationText {
  /// The largest pipelines have some ten thousand bytes.
  static let largestByteCount = 1 << 20

  /// The file's text. Throws `SpecificationError` when it cannot be read, is too large or not UTF-8. Complexity: O(bytes), at most the limit.
  static func contents(of url: URL) throws -> String {
    let bytes = try bytes(of: url)
    guard bytes.count <= largestByteCount else { throw SpecificationError(file: url.relativePath, line: 1, key: "", problem: .tooLarge) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let place = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
      throw SpecificationError(file: url.relativePath, line: place + 1, key: "", problem: .notUTF8)
    }
    return text
  }

  /// At most one byte more than is allowed.
  private static func bytes(of url: URL) throws -> [UInt8] {
    func failure() -> SpecificationError {
      SpecificationError(file: url.relativePath, line: 1, key: "", problem: .unreadable(reason: String(cString: strerror(errno))))
    }
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: largestByteCount + 1)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + count, $0.count - count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw failure() }
      guard got > 0 else { break }
      count += got
    }
    return Array(bytes.prefix(count))
  }

  /// Throws `SpecificationError` for a text that is too large or has what may be an anchor or an alias. Complexity: O(bytes).
  static func check(_ text: String, file: String) throws {
    guard text.utf8.count <= largestByteCount else { throw SpecificationError(file: file, line: 1, key: "", problem: .tooLarge) }
    if let (line, sign) = YAMLAnchor.first(in: text) { throw SpecificationError(file: file, line: line, key: "", problem: .anchor(sign)) }
  }
}
