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
    let bytes: [UInt8]
    do throws(SystemFailure) { bytes = try FileStart.bytes(of: url.path, atMost: largestByteCount) } catch {
      throw SpecificationError(file: url.relativePath, line: 1, key: "", problem: .unreadable(reason: "\(error)"))
    }
    guard bytes.count <= largestByteCount else { throw SpecificationError(file: url.relativePath, line: 1, key: "", problem: .tooLarge) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let place = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
      throw SpecificationError(file: url.relativePath, line: place + 1, key: "", problem: .notUTF8)
    }
    return text
  }

  /// Throws `SpecificationError` for a text that is too large or has what may be an anchor or an alias. Complexity: O(bytes).
  static func check(_ text: String, file: String) throws {
    guard text.utf8.count <= largestByteCount else { throw SpecificationError(file: file, line: 1, key: "", problem: .tooLarge) }
    if let (line, sign) = YAMLAnchor.first(in: text) { throw SpecificationError(file: file, line: line, key: "", problem: .anchor(sign)) }
  }
}
