import Yams

/// A place in the YAML tree that knows its path, so that every error can say where it is.
struct SpecificationNode {
  let node: Node
  let key: String
  let file: String

  func error(_ problem: SpecificationError.Problem) -> SpecificationError {
    SpecificationError(file: file, line: node.mark?.line ?? 1, key: key, problem: problem)
  }

  func child(_ node: Node, _ name: String) -> SpecificationNode {
    // Every entry has its path: a long name would be in memory once for each entry under it.
    let name = name.utf8.count > 200 ? "\(name.prefix(50))..." : name
    return SpecificationNode(node: node, key: key.isEmpty ? name : "\(key).\(name)", file: file)
  }

  /// The entries of a mapping, in their order.
  func entries() throws -> [(name: String, value: SpecificationNode)] {
    guard case .mapping(let mapping) = node else { throw error(.wrongType(expected: "a mapping of names to values", got: kind)) }
    return try mapping.map { key, value in
      guard case .scalar(let scalar) = key else {
        throw child(key, "?").error(.wrongType(expected: "names as keys", got: child(key, "?").kind))
      }
      return (scalar.string, child(value, scalar.string))
    }
  }

  /// The entries of a mapping whose keys are known; a key outside `allowed` or missing from `required` is an error.
  func entries(allowed: [String], required: [String]) throws -> [String: SpecificationNode] {
    var result: [String: SpecificationNode] = [:]
    for (name, value) in try entries() {
      guard allowed.contains(name) else { throw value.error(.unknownKey(allowed: allowed)) }
      result[name] = value
    }
    for name in required where result[name] == nil { throw child(node, name).error(.missingKey) }
    return result
  }

  func elements() throws -> [SpecificationNode] {
    guard case .sequence(let sequence) = node else { throw error(.wrongType(expected: "a list", got: kind)) }
    return sequence.map { SpecificationNode(node: $0, key: key, file: file) }
  }

  /// Anything written as one value. An empty text must be in quotes: without them a value was probably forgotten.
  func text() throws -> String {
    guard case .scalar(let scalar) = node, !(scalar.string.isEmpty && plain != nil) else {
      throw error(.wrongType(expected: "a text", got: kind))
    }
    return scalar.string
  }

  func name() throws -> String {
    let text = try text()
    guard Self.isName(text) else { throw error(.badName(text)) }
    return text
  }

  static func isName(_ text: String) -> Bool {
    text.utf8.first.map(isLetter) == true && text.utf8.allSatisfy { isLetter($0) || ($0 >= 48 && $0 < 58) || $0 == 95 || $0 == 45 }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 97 && (byte | 0x20) <= 122 }

  /// The value of a declared parameter. An integer serves where a number is expected; a quoted text is never a number.
  func value(_ declaration: ParameterDeclaration) throws -> ParameterValue {
    let wrong = error(.wrongType(expected: declaration.expectation, got: kind))
    let value: ParameterValue
    switch declaration.kind {
    case .texts: value = .texts(try elements().map { try $0.text() })
    case .text: value = .text(try text())
    case .integer:
      guard let integer = plain.flatMap({ Int($0) }) else { throw wrong }
      value = .integer(integer)
    case .number:
      guard let number = plainNumber else { throw wrong }
      value = .number(number)
    case .numbers:
      value = .numbers(
        try elements().map { element in
          guard let number = element.plainNumber else {
            throw element.error(.wrongType(expected: declaration.expectation, got: element.kind))
          }
          return number
        })
    case .mapping(let allowed):
      value = .mapping(
        of: try entries().map { name, entry in
          let text = try entry.text()
          guard allowed.isEmpty || allowed.contains(text) else {
            throw entry.error(.wrongType(expected: "one of \(allowed.joined(separator: ", "))", got: entry.kind))
          }
          return (name, text)
        })
    case .boolean:
      guard plain == "true" || plain == "false" else { throw wrong }
      value = .boolean(plain == "true")
    }
    guard declaration.accepts(value) else { throw wrong }
    return value
  }

  /// Decimal and finite: Swift would also accept hexadecimal numbers, `inf` and `nan`.
  private var plainNumber: Double? {
    guard let plain, plain.utf8.allSatisfy({ ($0 >= 48 && $0 < 58) || "+-.eE".utf8.contains($0) }) else { return nil }
    return Double(plain).flatMap { $0.isFinite ? $0 : nil }
  }

  private var plain: String? {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return nil }
    return scalar.string
  }

  private var kind: String {
    switch node {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "\"\(scalar.string.shortened())\""
    case .alias: "an alias"
    }
  }
}
