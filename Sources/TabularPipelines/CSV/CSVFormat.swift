/// How to read the bytes of a file: the part of a `CSVSchema` that the inner loops need.
struct CSVFormat: Sendable {
  let separator: UInt8
  /// Whether blanks around fields are dropped.
  let trims: Bool
  /// The unquoted fields that mean a missing value, in addition to the empty one.
  private let markers: [[UInt8]]
  /// Those that are numbers, by value: as integers, and as float64. NaN is in neither.
  private let markedIntegers: Set<Int64>
  private let markedNumbers: Set<Double>
  private let marksNaN: Bool

  var hasMarkers: Bool { !markers.isEmpty }

  /// Whether a marker could be read as a number, so that numbers must be compared with the markers too.
  let hasNumericMarkers: Bool

  /// Throws `CSVError.separator`.
  init(_ schema: CSVSchema, file: String) throws {
    let bytes = Array(schema.separator.utf8)
    guard bytes.count == 1, Self.canSeparate(bytes[0]) else { throw CSVError.separator(file: file, got: schema.separator) }
    separator = bytes[0]
    trims = schema.trims
    markers = Set(schema.missing.map { Array($0.utf8) }).subtracting([[]]).sorted { $0.lexicographicallyPrecedes($1) }
    let numbers = markers.compactMap { $0.withUnsafeBufferPointer { CSVFieldParsing.slowNumber($0) } }
    markedIntegers = Set(markers.compactMap { $0.withUnsafeBufferPointer { CSVFieldParsing.slowInteger($0) } })
    markedNumbers = Set(numbers.filter { !$0.isNaN })
    marksNaN = numbers.contains(where: \.isNaN)
    hasNumericMarkers = !numbers.isEmpty || !markedIntegers.isEmpty
  }

  /// A separator is ASCII and is no quote, no line end and no part of a number.
  private static func canSeparate(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): false
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): false
    default: byte > 0 && byte < 127
    }
  }

  /// Whether an unquoted field means a missing value in a column of any type. Complexity: O(markers).
  func isMarker(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    markers.contains { $0.count == field.count && $0.elementsEqual(field) }
  }

  /// Whether an unquoted field means a missing value in a column of numbers: whether it spells the number of a marker.
  ///
  /// Integers are compared as such, so that no rounding makes two of them equal.
  func isNumericMarker(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    guard hasNumericMarkers else { return false }
    if let integer = CSVFieldParsing.slowInteger(field) { return markedIntegers.contains(integer) }
    guard let number = CSVFieldParsing.slowNumber(field) else { return false }
    return number.isNaN ? marksNaN : markedNumbers.contains(number)
  }

  /// Whether `isNumericMarker` may hold for a field of this value. Decided without looking at the field.
  func mayMark(_ value: Int64) -> Bool { markedIntegers.contains(value) }
  func mayMark(_ value: Double) -> Bool { markedNumbers.contains(value) || Int64(exactly: value).map(markedIntegers.contains) == true }

  /// Whether a field ends before `p`: at a separator, a newline or a carriage return with a newline. A newline must follow the bytes.
  @inline(__always)
  func endsField(_ p: UnsafePointer<UInt8>) -> Bool {
    let byte = p.pointee
    return byte == separator || byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && p[1] == UInt8(ascii: "\n"))
  }

  /// Whether a byte is dropped around fields. A tab that separates fields is not.
  @inline(__always)
  func isBlank(_ byte: UInt8) -> Bool { (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")) && byte != separator }

  /// The field without the blanks around it, if the schema drops them.
  func trimmed(_ field: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    guard trims else { return field }
    return Self.withoutBlanks(field, separator: separator)
  }

  static func withoutBlanks(_ field: UnsafeBufferPointer<UInt8>, separator: UInt8) -> UnsafeBufferPointer<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")) && byte != separator }
    var (start, end) = (0, field.count)
    while start < end, isBlank(field[start]) { start += 1 }
    while end > start, isBlank(field[end - 1]) { end -= 1 }
    return UnsafeBufferPointer(rebasing: field[start..<end])
  }
}
