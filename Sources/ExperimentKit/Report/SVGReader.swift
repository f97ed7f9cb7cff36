/// Reads an SVG file as tags and text: strict, because a figure that gnuplot wrote whole has nothing unusual in it.
struct SVGReader {
  enum Piece: Equatable {
    case open(name: String, attributes: [Attribute], isEmpty: Bool)
    case close(name: String)
    /// As it stands in the file, with its entities.
    case text(Substring)
  }

  struct Attribute: Equatable {
    let name: String
    /// As it stands in the file, with its entities.
    let value: Substring
  }

  /// What is wrong with a file.
  struct Problem: Error {
    let text: String
  }

  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  /// The next piece; nil at the end. Comments, declarations and processing instructions are passed over.
  mutating func next() throws -> Piece? {
    while let first = rest.first {
      guard first == "<" else {
        let end = rest.firstIndex(of: "<") ?? rest.endIndex
        defer { rest = rest[end...] }
        return .text(rest[..<end])
      }
      if rest.hasPrefix("<!--") {
        try skip(past: "-->")
      } else if rest.hasPrefix("<?") {
        try skip(past: "?>")
      } else if rest.hasPrefix("<!") {
        throw Problem(text: "has a declaration in it")
      } else {
        return try tag()
      }
    }
    return nil
  }

  private mutating func skip(past end: String) throws {
    guard let range = rest.firstRange(of: end) else { throw Problem(text: "is cut off") }
    rest = rest[range.upperBound...]
  }

  private mutating func tag() throws -> Piece {
    rest.removeFirst()
    if rest.first == "/" {
      rest.removeFirst()
      let name = try takeName()
      skipSpace()
      try take(">")
      return .close(name: name)
    }
    let name = try takeName()
    var attributes: [Attribute] = []
    while true {
      skipSpace()
      if rest.first == ">" {
        rest.removeFirst()
        return .open(name: name, attributes: attributes, isEmpty: false)
      }
      if rest.first == "/" {
        rest.removeFirst()
        try take(">")
        return .open(name: name, attributes: attributes, isEmpty: true)
      }
      attributes.append(try takeAttribute())
    }
  }

  private mutating func takeAttribute() throws -> Attribute {
    let name = try takeName()
    skipSpace()
    try take("=")
    skipSpace()
    guard let quote = rest.first, quote == "\"" || quote == "'" else { throw Problem(text: "has an attribute without quotes") }
    rest.removeFirst()
    guard let end = rest.firstIndex(of: quote) else { throw Problem(text: "is cut off") }
    defer { rest = rest[rest.index(after: end)...] }
    return Attribute(name: name, value: rest[..<end])
  }

  private mutating func takeName() throws -> String {
    let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ":" || $0 == "_") }
    guard !name.isEmpty else { throw Problem(text: rest.isEmpty ? "is cut off" : "has a tag without a name") }
    rest = rest[name.endIndex...]
    return String(name)
  }

  private mutating func take(_ character: Character) throws {
    guard rest.first == character else { throw Problem(text: rest.isEmpty ? "is cut off" : "has a broken tag") }
    rest.removeFirst()
  }

  private mutating func skipSpace() { rest = rest.drop { $0.isWhitespace } }
}
