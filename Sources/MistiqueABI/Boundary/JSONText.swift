import CMistique
import Foundation

/// Lists as JSON, which the caller frees.
enum JSONText {
  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Writes the JSON of `value` to the caller's pointer.
  static func hand(_ value: some Encodable, to target: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) throws {
    let text = try encode(value)
    guard let copy = strdup(text) else {
      throw InterfaceError(
        code: Int32(MISTIQUE_FAILED), what: "there is no memory for \(text.utf8.count) bytes", place: "json", remedy: "Free memory.")
    }
    target.pointee = copy
  }
}
