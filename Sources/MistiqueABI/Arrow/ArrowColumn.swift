import CMistique
import Groundwork
import Mistique

/// One column of an Arrow record batch, on its way in.
///
/// Numbers are widened to the column types of the engine: integers to int64, float16 to float32. What would lose something is refused.
struct ArrowColumn {
  let format: String
  let array: ArrowArray
  let schema: ArrowSchema
  /// The first value, and how many there are.
  let first: Int
  let count: Int
  let place: String

  init(
    schema: UnsafeMutablePointer<ArrowSchema>, array: UnsafeMutablePointer<ArrowArray>, offset: Int, count: Int, place: String
  ) throws {
    self.schema = schema.pointee
    self.array = array.pointee
    self.place = place
    format = try Arguments.text(schema.pointee.format, "format")
    guard (0...Arguments.mostRows).contains(self.array.offset), (0...Arguments.mostRows).contains(self.array.length),
      offset + count <= Int(self.array.length)
    else {
      throw InterfaceError.invalid(
        "it has \(self.array.length) values from \(self.array.offset) on, and \(offset + count) are needed", at: place,
        remedy: "Hand over columns that are as long as their record batch.")
    }
    first = Int(self.array.offset) + offset
    self.count = count
  }

  func invalid(_ what: String, _ remedy: String) -> InterfaceError { .invalid(what, at: place, remedy: remedy) }

  /// The column with its missing values.
  func column() throws -> Column {
    if format == "n" { return Column(.float64([Double](repeating: 0, count: count)), validity: Validity(count: count, present: false)) }
    let validity = try validity()
    if let dictionary = schema.dictionary { return try decoded(dictionary, validity) }
    return Column(try values(validity), validity: validity)
  }

  /// `nil` when nothing is missing.
  func validity() throws -> Validity? {
    guard array.null_count != 0, let bitmap = try buffer(0, optional: true) else { return nil }
    let bits = ArrowBits(bitmap, offset: first)
    var validity = Validity(count: count, present: true)
    for row in 0..<count where !bits[row] { validity[row] = false }
    return validity
  }

  /// Buffer `index`; `nil` when nothing needs to be read from it.
  func buffer(_ index: Int, optional: Bool = false) throws -> UnsafeRawPointer? {
    guard array.n_buffers > Int64(index), let buffers = array.buffers, let buffer = buffers[index] else {
      guard optional || count == 0 else {
        throw invalid("its buffer \(index) is missing", "Hand over an array with all buffers of its format (\"\(format)\").")
      }
      return nil
    }
    return buffer
  }

  func values(_ validity: Validity?) throws -> Column.Values {
    switch format {
    case "b":
      guard let bytes = try buffer(1) else { return .boolean([]) }
      let bits = ArrowBits(bytes, offset: first)
      return .boolean((0..<count).map { bits[$0] })
    case "c": return .int64(try fixed(Int8.self).map(Int64.init))
    case "C": return .int64(try fixed(UInt8.self).map(Int64.init))
    case "s": return .int64(try fixed(Int16.self).map(Int64.init))
    case "S": return .int64(try fixed(UInt16.self).map(Int64.init))
    case "i": return .int64(try fixed(Int32.self).map(Int64.init))
    case "I": return .int64(try fixed(UInt32.self).map(Int64.init))
    case "l": return .int64(try fixed(Int64.self))
    case "L": return .int64(try fixed(UInt64.self).enumerated().map { try fitting($1, $0, validity) })
    case "e": return .float32(try fixed(UInt16.self).map(HalfPrecision.widened))
    case "f": return .float32(try fixed(UInt32.self).map { Float(bitPattern: $0) })
    case "g": return .float64(try fixed(UInt64.self).map { Double(bitPattern: $0) })
    case "u": return .text(try text(Int32.self, validity))
    case "U": return .text(try text(Int64.self, validity))
    case "vu": return .text(try textViews(validity))
    case "tdD": return .date(try fixed(Int32.self))
    case "tdm": return .date(try days(validity))
    default:
      guard format.hasPrefix("ts") else { throw unknown() }
      return .timestamp(try timestamps(validity))
    }
  }

  private func unknown() -> InterfaceError {
    invalid(
      "its Arrow format is \"\(format)\"",
      "Cast it to booleans, integers, floating-point numbers, strings, dates or timestamps; a nested column to several columns.")
  }

  /// The values of a format of fixed width, in any alignment.
  private func fixed<Value: FixedWidthInteger>(_ type: Value.Type) throws -> [Value] {
    guard let bytes = try buffer(1) else { return [] }
    let size = MemoryLayout<Value>.size
    return (0..<count).map { bytes.loadUnaligned(fromByteOffset: (first + $0) * size, as: Value.self) }
  }

  private func fitting(_ value: UInt64, _ row: Int, _ validity: Validity?) throws -> Int64 {
    if let result = Int64(exactly: value) { return result }
    guard validity.map({ $0[row] }) ?? true else { return 0 }
    throw invalid("row \(row) is \(value)", "Integers go up to \(Int64.max): cast it to float64 or to text.")
  }

  // MARK: Times

  /// Milliseconds, which must be whole days.
  private func days(_ validity: Validity?) throws -> [Int32] {
    let day: Int64 = 86_400_000
    return try fixed(Int64.self).enumerated().map { row, value in
      guard validity.map({ $0[row] }) ?? true else { return 0 }
      guard value % day == 0, let days = Int32(exactly: value / day) else {
        throw invalid("row \(row) is \(value) ms, which is no whole day", "Cast it to a timestamp.")
      }
      return days
    }
  }

  private func timestamps(_ validity: Validity?) throws -> [Int64] {
    let parts = format.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let unit = parts[0].last, let (factor, divisor) = Self.microseconds[unit], parts[0].count == 3 else {
      throw unknown()
    }
    guard parts[1].isEmpty else {
      throw invalid(
        "its timestamps are of the time zone \(parts[1])",
        "Convert them to UTC and take the zone off; in pandas: column.dt.tz_convert(\"UTC\").dt.tz_localize(None).")
    }
    return try fixed(Int64.self).enumerated().map { row, value in
      guard validity.map({ $0[row] }) ?? true else { return 0 }
      let (result, overflow) = value.multipliedReportingOverflow(by: factor)
      guard !overflow, result % divisor == 0 else {
        throw invalid(
          "row \(row) is \(value), which is no whole number of microseconds that fits 64 bits",
          "Round it to microseconds: cast to timestamp[us].")
      }
      return result / divisor
    }
  }

  /// What the number of a unit is multiplied with and divided by.
  private static let microseconds: [Character: (Int64, Int64)] = ["s": (1_000_000, 1), "m": (1_000, 1), "u": (1, 1), "n": (1, 1_000)]
}
