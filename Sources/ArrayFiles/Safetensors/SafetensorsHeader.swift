import Foundation

/// Reads the JSON header of a safetensors file: exactly the objects the format knows, and nothing else.
///
///     {"__metadata__": {"key": "text", ...}, "name": {"dtype": "F32", "shape": [64, 3, 3, 3], "data_offsets": [0, 6912]}, ...}
///
/// A reader of its own because Foundation's take a name that occurs twice for one, and nest as deeply as the file wants.
struct SafetensorsHeader {
  struct Member {
    var name: String
    var type: String
    var shape: [Int]
    /// Bytes from the end of the header: first, and one past the last.
    var offsets: (begin: Int, end: Int)
  }

  private(set) var entries: [Member] = []
  private(set) var metadata: [String: String] = [:]

  private let bytes: [UInt8]
  private let origin: String
  private var position = 0

  init(_ header: Data, origin: String) throws {
    bytes = Array(header)
    self.origin = origin
    var names: Set<String> = []
    try members { reader, name in
      guard names.insert(name).inserted else { throw SafetensorsError(.duplicateName(origin: origin, name: name)) }
      if name == "__metadata__" {
        try reader.members { reader, key in
          guard reader.metadata.updateValue(try reader.string(), forKey: key) == nil else {
            throw SafetensorsError(.duplicateName(origin: origin, name: "__metadata__.\(key)"))
          }
        }
      } else {
        reader.entries.append(try reader.entry(name))
      }
    }
    // The format lets the header be padded with spaces.
    skipSpaces()
    guard position == bytes.count else { throw problem("something follows the end of the object") }
  }

  private mutating func entry(_ name: String) throws -> Member {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try members { reader, key in
      let isRepeated: Bool
      switch key {
      case "dtype":
        isRepeated = type != nil
        type = try reader.string()
      case "shape":
        isRepeated = shape != nil
        shape = try reader.numbers()
      case "data_offsets":
        isRepeated = offsets != nil
        offsets = try reader.numbers()
      default: throw reader.problem("tensor \(name) has the unknown member \(key)")
      }
      if isRepeated { throw SafetensorsError(.duplicateName(origin: reader.origin, name: "\(name).\(key)")) }
    }
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw problem("tensor \(name) needs dtype, shape and two data_offsets")
    }
    return Member(name: name, type: type, shape: shape, offsets: (offsets[0], offsets[1]))
  }
}

/// The JSON that occurs: objects, strings, arrays of numbers.
extension SafetensorsHeader {
  private func problem(_ problem: String) -> SafetensorsError {
    SafetensorsError(.malformedHeader(origin: origin, position: position, problem: problem))
  }

  private mutating func skipSpaces() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  /// Whether the next byte that is not a space is `character`; takes it if so.
  private mutating func take(_ character: Character) -> Bool {
    skipSpaces()
    guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Character) throws {
    guard take(character) else { throw problem("expected \(character)") }
  }

  /// An object; `member` reads the value of each name.
  private mutating func members(_ member: (inout Self, String) throws -> Void) throws {
    try expect("{")
    if take("}") { return }
    repeat {
      let name = try string()
      try expect(":")
      try member(&self, name)
    } while take(",")
    try expect("}")
  }

  /// An array of whole numbers from 0.
  private mutating func numbers() throws -> [Int] {
    var numbers: [Int] = []
    try expect("[")
    if take("]") { return numbers }
    repeat {
      skipSpaces()
      let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
      guard let number = Int(String(decoding: digits, as: UTF8.self)) else { throw problem("expected a whole number below 2^63") }
      position += digits.count
      numbers.append(number)
    } while take(",")
    try expect("]")
    return numbers
  }

  private mutating func string() throws -> String {
    try expect("\"")
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") { position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1 }
    guard position < bytes.count else {
      position = start
      throw problem("a string does not end")
    }
    defer { position += 1 }
    // Escapes are Foundation's; a single string can neither nest nor repeat.
    let quoted = Data([UInt8(ascii: "\"")] + bytes[start..<position] + [UInt8(ascii: "\"")])
    guard let text = try? JSONDecoder().decode(String.self, from: quoted) else { throw problem("it is not a string of JSON") }
    return text
  }
}
