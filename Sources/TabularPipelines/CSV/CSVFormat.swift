/// How the bytes of a file are to be taken: what the inner loops need of a `CSVSchema`.
struct CSVFormat: Sendable {
  let separator: UInt8
  /// The unquoted fields that mean a missing value, beside the empty one.
  private let markers: [[UInt8]]
  /// Whether a marker could be read as a number, so that numbers must be compared with the markers too.
  let hasNumericMarkers: Bool

  var hasMarkers: Bool { !markers.isEmpty }

  /// Throws `CSVError.separator`.
  init(_ schema: CSVSchema, file: String) throws {
    let bytes = Array(schema.separator.utf8)
    guard bytes.count == 1, Self.canSeparate(bytes[0]) else { throw CSVError.separator(file: file, got: schema.separator) }
    separator = bytes[0]
    markers = Set(schema.missing).subtracting([""]).map { Array($0.utf8) }
    hasNumericMarkers = markers.contains { $0.withUnsafeBufferPointer { CSVFieldParsing.slowNumber($0) != nil } }
  }

  /// A separator is ASCII and can be neither part of a number nor a quote or line end.
  private static func canSeparate(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): false
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): false
    default: byte > 0 && byte < 127
    }
  }

  /// Whether an unquoted field means a missing value. Complexity: O(markers).
  func isMarker(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    markers.contains { $0.count == field.count && $0.elementsEqual(field) }
  }

  func isMarker(_ field: CSVRecordScanner.Field) -> Bool {
    !field.isQuoted && field.bytes.withUnsafeBufferPointer(isMarker)
  }

  /// Whether a field ends before `p`: at a separator, a newline or a carriage return with a newline. A newline must stand behind the bytes.
  @inline(__always)
  func endsField(_ p: UnsafePointer<UInt8>) -> Bool {
    let byte = p.pointee
    return byte == separator || byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && p[1] == UInt8(ascii: "\n"))
  }
}
