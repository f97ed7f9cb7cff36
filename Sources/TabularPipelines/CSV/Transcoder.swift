import Foundation

/// Converts the contents of a file to UTF-8.
struct Transcoder {
  private enum Form {
    case bytes(isWindows1252: Bool)
    case utf16(isBigEndian: Bool)
  }

  private static let bufferByteCount = 1 << 20

  private let form: Form
  /// Where the characters start, after a byte order mark.
  private let start: Int
  private let file: String

  /// `nil` when the contents can be read as they are. Throws `CSVError.otherEncoding` when the first bytes show another encoding than `encoding`.
  init?(to encoding: CSVEncoding, head: [UInt8], file: String) throws {
    self.file = file
    let marked = Self.marked(head)
    if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) {
      throw CSVError.otherEncoding(file: file, found: "UTF-32", advice: "convert it to UTF-8")
    }
    let found = marked ?? Self.shown(head)
    switch encoding {
    case .utf8:
      guard let found else { return nil }
      throw CSVError.otherEncoding(file: file, found: Self.words(found, marked != nil), advice: "read it with encoding: utf-16")
    case .latin1, .windows1252:
      if let found {
        throw CSVError.otherEncoding(file: file, found: Self.words(found, marked != nil), advice: "read it with encoding: utf-16")
      }
      if head.starts(with: [0xEF, 0xBB, 0xBF]) {
        throw CSVError.otherEncoding(
          file: file, found: "UTF-8, by its byte order mark", advice: "read it without encoding: \(encoding.rawValue)")
      }
      (form, start) = (.bytes(isWindows1252: encoding == .windows1252), 0)
    case .utf16:
      guard let found else {
        if head.isEmpty { return nil }
        throw CSVError.otherEncoding(
          file: file, found: "not UTF-16: it has neither a byte order mark nor the zero bytes of such a file",
          advice: "read it without encoding: utf-16")
      }
      (form, start) = (.utf16(isBigEndian: found), marked == nil ? 0 : 2)
    }
  }

  /// Whether a byte order mark says big-endian UTF-16; `nil` when there is none for UTF-16.
  private static func marked(_ head: [UInt8]) -> Bool? {
    head.starts(with: [0xFF, 0xFE]) ? false : head.starts(with: [0xFE, 0xFF]) ? true : nil
  }

  /// Whether zero bytes show big-endian UTF-16: many at every other place, and next to none in between. `nil` when they do not show UTF-16.
  private static func shown(_ head: [UInt8]) -> Bool? {
    let pairs = head.count / 2
    guard pairs > 0 else { return nil }
    let even = stride(from: 0, to: 2 * pairs, by: 2).count { head[$0] == 0 }
    let odd = stride(from: 1, to: 2 * pairs, by: 2).count { head[$0] == 0 }
    if odd * 3 >= pairs, even * 50 <= pairs, odd > 1 || pairs == 1 { return false }
    if even * 3 >= pairs, odd * 50 <= pairs, even > 1 || pairs == 1 { return true }
    return nil
  }

  private static func words(_ isBigEndian: Bool, _ isMarked: Bool) -> String {
    "UTF-16 (\(isBigEndian ? "big" : "little") endian), by its \(isMarked ? "byte order mark" : "zero bytes")"
  }

  /// Appends the contents to `output`. Stops after `limit` bytes, and then returns `true`. Throws `CSVError`.
  ///
  /// - Parameter isCut: whether the input ends before the contents do, perhaps within a character.
  func run(_ descriptor: Int32, isCut: Bool, into output: TemporaryFile, atMost limit: Int) throws -> Bool {
    let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Self.bufferByteCount)
    defer { input.deallocate() }
    var result: [UInt8] = []
    var offset = start
    while true {
      let count = try InputDescriptor.read(descriptor, at: offset, into: input, file: file)
      if count == 0 { return false }
      let bytes = UnsafeBufferPointer(rebasing: input[..<count])
      result.removeAll(keepingCapacity: true)
      switch form {
      case .bytes(let isWindows1252):
        for (place, byte) in bytes.enumerated() {
          guard Windows1252.ownBytes.contains(byte) else {
            Self.append(UInt32(byte), to: &result)
            continue
          }
          guard isWindows1252, let scalar = Windows1252.scalar(of: byte) else { throw foreign(byte, at: offset + place) }
          Self.append(scalar, to: &result)
        }
        offset += count
      case .utf16(let isBigEndian):
        let whole = isCut && bytes.count < 4 ? wholeBytes(bytes, isBigEndian) : bytes.count
        if whole == 0 { return true }
        offset += try convert(UnsafeBufferPointer(rebasing: bytes[..<whole]), isBigEndian, at: offset, to: &result)
      }
      try result.withUnsafeBufferPointer { try output.append($0) }
      if output.byteCount >= limit { return true }
    }
  }

  /// That a byte is no character of the encoding that was given, and which one it may be of.
  private func foreign(_ byte: UInt8, at offset: Int) -> CSVError {
    let place = "its byte \(offset), 0x\(String(byte, radix: 16, uppercase: true))"
    guard Windows1252.scalar(of: byte) != nil else {
      return .otherEncoding(
        file: file, found: "neither Latin-1 nor Windows-1252: \(place), is a character of neither", advice: "convert it to UTF-8")
    }
    return .otherEncoding(
      file: file, found: "not Latin-1: \(place), would be a control character", advice: "read it with encoding: windows-1252")
  }

  /// How many of the last bytes before a cut are of a whole character.
  private func wholeBytes(_ bytes: UnsafeBufferPointer<UInt8>, _ isBigEndian: Bool) -> Int {
    guard bytes.count >= 2 else { return 0 }
    let high = isBigEndian ? bytes[0] : bytes[1]
    return high & 0xFC == 0xD8 ? 0 : 2
  }

  /// Converts pairs of bytes up to the last whole character, and returns how many bytes it took.
  private func convert(_ bytes: UnsafeBufferPointer<UInt8>, _ isBigEndian: Bool, at offset: Int, to result: inout [UInt8]) throws -> Int {
    func unit(_ place: Int) -> UInt32 {
      let (first, second) = (UInt32(bytes[place]), UInt32(bytes[place + 1]))
      return isBigEndian ? first << 8 | second : second << 8 | first
    }
    var place = 0
    while place + 1 < bytes.count {
      let first = unit(place)
      if first & 0xF800 != 0xD800 {
        Self.append(first, to: &result)
        place += 2
        continue
      }
      // A surrogate whose other half is in the next stretch waits for it.
      if place + 3 >= bytes.count, place > 0, first < 0xDC00 { return place }
      guard first < 0xDC00, place + 3 < bytes.count, case let second = unit(place + 2), second & 0xFC00 == 0xDC00 else {
        throw damaged("half of a surrogate pair", offset + place)
      }
      Self.append(0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF), to: &result)
      place += 4
    }
    guard place > 0 else { throw damaged("half of a character", offset) }
    return place
  }

  private func damaged(_ what: String, _ offset: Int) -> CSVError {
    .damaged(file: file, reason: "byte \(offset) of the UTF-16 text begins \(what) without the other; copy or download the file again")
  }

  @inline(__always)
  private static func append(_ scalar: UInt32, to result: inout [UInt8]) {
    switch scalar {
    case ..<0x80: result.append(UInt8(scalar))
    case ..<0x800:
      result.append(UInt8(0xC0 | scalar >> 6))
      result.append(UInt8(0x80 | scalar & 63))
    case ..<0x10000:
      result.append(UInt8(0xE0 | scalar >> 12))
      result.append(UInt8(0x80 | scalar >> 6 & 63))
      result.append(UInt8(0x80 | scalar & 63))
    default:
      result.append(UInt8(0xF0 | scalar >> 18))
      result.append(UInt8(0x80 | scalar >> 12 & 63))
      result.append(UInt8(0x80 | scalar >> 6 & 63))
      result.append(UInt8(0x80 | scalar & 63))
    }
  }
}
