/// The values of a text column: one UTF-8 buffer and where each value ends in it.
///
/// Value `i` is `utf8[offsets[i]..<offsets[i + 1]]`; `offsets` has one element more than there are values and starts at 0.
/// A missing value is empty here and marked in the column's `Validity`. Nothing is copied into `String`s until one is asked for.
public struct TextValues: Sendable, Equatable {
  /// Where each value begins in `utf8`, and last, where the last one ends.
  package private(set) var offsets: [Int]
  /// The bytes of all values, one after the other.
  package private(set) var utf8: [UInt8]

  /// No values.
  package init() {
    offsets = [0]
    utf8 = []
  }

  /// A value for each string. Complexity: O(bytes).
  public init(_ strings: some Sequence<String>) {
    self.init()
    for string in strings { append(utf8: string.utf8) }
  }

  /// Takes over buffers that already have the shape described above.
  package init(offsets: [Int], utf8: [UInt8]) {
    precondition(offsets.first == 0 && offsets.last == utf8.count, "text offsets must start at 0 and end at the buffer's end")
    self.offsets = offsets
    self.utf8 = utf8
  }

  /// How many values there are.
  public var count: Int { offsets.count - 1 }

  /// The UTF-8 of the value at place `index`, from 0; nothing is copied.
  package func bytes(at index: Int) -> ArraySlice<UInt8> { utf8[offsets[index]..<offsets[index + 1]] }

  /// The value as a string; bytes that are not UTF-8 are repaired with U+FFFD for display, the stored bytes stay as they are.
  public subscript(index: Int) -> String { String(decoding: bytes(at: index), as: UTF8.self) }

  /// Adds a value, whose bytes should be UTF-8: they are stored as they are. Complexity: O(bytes).
  package mutating func append(utf8 bytes: some Collection<UInt8>) {
    utf8.append(contentsOf: bytes)
    offsets.append(utf8.count)
  }

  /// Takes memory for so many values of so many bytes together.
  package mutating func reserve(values: Int, bytes: Int) {
    offsets.reserveCapacity(values + 1)
    utf8.reserveCapacity(bytes)
  }

  /// The values of `range`. Complexity: O(range + bytes).
  package func slice(_ range: Range<Int>) -> TextValues {
    let start = offsets[range.lowerBound]
    return TextValues(
      offsets: offsets[range.lowerBound...range.upperBound].map { $0 - start },
      utf8: Array(utf8[start..<offsets[range.upperBound]]))
  }

  /// The values at `rows`, in that order; a row may repeat. Complexity: O(rows + bytes).
  package func gather(_ rows: some Collection<Int>) -> TextValues {
    var result = TextValues()
    result.reserve(values: rows.count, bytes: 0)
    for row in rows { result.append(utf8: bytes(at: row)) }
    return result
  }
}
