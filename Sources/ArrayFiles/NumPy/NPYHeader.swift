/// Reads the header of a `.npy` file: exactly the dictionary that the format knows, and nothing else.
///
///     {'descr': '|u1', 'fortran_order': False, 'shape': (1000, 3, 32, 32), }
///
/// A reader of its own: NumPy's evaluates the text as Python.
struct NPYHeader: Equatable {
  /// Dimensions at most, as in NumPy.
  static let mostDimensions = 64

  /// The type of an element as NumPy writes it, such as `|u1` or `<i8`.
  private(set) var type = ""
  private(set) var isFortranOrder = false
  private(set) var shape: [Int] = []

  /// What is wrong with a header, and at which byte of it.
  struct Problem: Error, Equatable {
    let position: Int
    let what: String
  }

  init(_ bytes: [UInt8]) throws(Problem) {
    var reader = PythonText(bytes: bytes)
    var seen: Set<String> = []
    try reader.require("{")
    while !reader.take("}") {
      let key = try reader.string()
      guard seen.insert(key).inserted else { throw reader.problem("'\(key)' is given twice") }
      try reader.require(":")
      switch key {
      case "descr":
        guard !reader.isNext("[") else { throw reader.problem("the elements have fields; an array of plain numbers is needed") }
        type = try reader.string()
      case "fortran_order": isFortranOrder = try reader.truth()
      case "shape": shape = try reader.shape()
      default: throw reader.problem("'\(key)' is none of descr, fortran_order and shape")
      }
      guard reader.take(",") || reader.isNext("}") else { throw reader.problem("a comma or } is missing") }
    }
    for key in ["descr", "fortran_order", "shape"] where !seen.contains(key) { throw reader.problem("'\(key)' is missing") }
    guard reader.isAtEnd else { throw reader.problem("something follows the closing brace") }
  }
}

/// The little of Python that occurs.
private struct PythonText {
  let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  func problem(_ what: String) -> NPYHeader.Problem { NPYHeader.Problem(position: position, what: what) }

  private mutating func skipSpaces() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  var isAtEnd: Bool {
    mutating get {
      skipSpaces()
      return position == bytes.count
    }
  }

  mutating func isNext(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    return position < bytes.count && bytes[position] == UInt8(ascii: character)
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard isNext(character) else { return false }
    position += 1
    return true
  }

  mutating func require(_ character: Unicode.Scalar) throws(NPYHeader.Problem) {
    guard take(character) else { throw problem("\(character) is missing") }
  }

  /// Between single or double quotes; no name of the format needs an escape.
  mutating func string() throws(NPYHeader.Problem) -> String {
    let quote: Unicode.Scalar = isNext("\"") ? "\"" : "'"
    try require(quote)
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: quote) {
      guard (0x20..<0x7F).contains(bytes[position]), bytes[position] != UInt8(ascii: "\\") else {
        throw problem("a name holds the byte \(bytes[position])")
      }
      position += 1
    }
    guard position < bytes.count else { throw problem("a quote is not closed") }
    defer { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  mutating func truth() throws(NPYHeader.Problem) -> Bool {
    skipSpaces()
    for (word, value) in [("True", true), ("False", false)] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw problem("True or False is missing")
  }

  /// `(3, 4)`, `(3,)` or `()`.
  mutating func shape() throws(NPYHeader.Problem) -> [Int] {
    try require("(")
    var shape: [Int] = []
    while !take(")") {
      guard shape.count < NPYHeader.mostDimensions else { throw problem("there are more than \(NPYHeader.mostDimensions) dimensions") }
      shape.append(try number())
      if take(",") { continue }
      // Of one number in parentheses Python makes no tuple.
      guard isNext(")"), shape.count > 1 else { throw problem("a comma is missing in the shape") }
    }
    return shape
  }

  private mutating func number() throws(NPYHeader.Problem) -> Int {
    skipSpaces()
    let start = position
    while position < bytes.count, (48...57).contains(bytes[position]) { position += 1 }
    guard start < position else { throw problem("a number is missing in the shape") }
    guard let number = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else { throw problem("a dimension is too large") }
    return number
  }
}
