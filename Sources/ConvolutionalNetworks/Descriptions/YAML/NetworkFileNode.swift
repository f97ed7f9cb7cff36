import Yams

/// A place in a network's YAML tree that knows its path, so that every error can say where it is.
struct NetworkFileNode {
  let node: Node
  let key: String
  let origin: String

  func error(_ problem: NetworkFileError.Problem) -> NetworkFileError {
    NetworkFileError(origin: origin, line: node.mark?.line ?? 1, key: key, problem: problem)
  }

  private func wrongType(_ expected: String) -> NetworkFileError { error(.wrongType(expected: expected, got: content)) }

  /// The error of an entry that is not there.
  func missing(_ name: String) -> NetworkFileError { child(node, name).error(.missingKey) }

  private func child(_ node: Node, _ name: String) -> NetworkFileNode {
    NetworkFileNode(node: node, key: key.isEmpty ? name : "\(key).\(name)", origin: origin)
  }

  var isMapping: Bool { node.mapping != nil }
  var isList: Bool { node.sequence != nil }

  /// The entries of a mapping, in their order.
  func entries() throws -> [(name: String, value: NetworkFileNode)] {
    guard case .mapping(let mapping) = node else { throw wrongType("a mapping of names to values") }
    return try mapping.map { key, value in
      guard case .scalar(let scalar) = key else { throw child(key, "?").wrongType("names as keys") }
      return (scalar.string, child(value, scalar.string))
    }
  }

  /// The entries of a mapping whose keys are known; a key outside `allowed` or missing from `required` is an error.
  func entries(allowed: [String], required: [String]) throws -> [String: NetworkFileNode] {
    var result: [String: NetworkFileNode] = [:]
    for (name, value) in try entries() {
      guard allowed.contains(name) else { throw value.error(.unknownKey(allowed: allowed)) }
      result[name] = value
    }
    for name in required where result[name] == nil { throw missing(name) }
    return result
  }

  /// The elements of a list, counted from 1.
  func elements() throws -> [NetworkFileNode] {
    guard case .sequence(let sequence) = node else { throw wrongType("a list") }
    return sequence.enumerated().map { child($1, "\($0 + 1)") }
  }

  func text() throws -> String {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else { throw wrongType("a text") }
    return scalar.string
  }

  func integer() throws -> Int {
    guard let value = plain.flatMap({ Int($0) }) else { throw wrongType("a whole number") }
    return value
  }

  /// A whole number, or so many of them in a list.
  func integers(_ count: Int, or expected: String) throws -> [Int] {
    if case .sequence = node {
      let numbers = try elements().map { try $0.integer() }
      guard numbers.count == count else { throw error(.wrongType(expected: expected, got: "\(numbers.count) numbers")) }
      return numbers
    }
    guard let value = plain.flatMap({ Int($0) }) else { throw wrongType(expected) }
    return Array(repeating: value, count: count)
  }

  /// Rows and columns: one number for both, or two.
  func extent() throws -> Extent {
    let both = try integers(2, or: "a whole number, or two: [rows, columns]")
    return Extent(both[0], both[1])
  }

  /// What is added around a map: a number for every side, two for rows and columns, or four.
  func sides(or names: String = "") throws -> Sides {
    let expected = "\(names)a whole number, [rows, columns] or [top, bottom, left, right]"
    if case .sequence(let sequence) = node, sequence.count == 2 {
      let both = try integers(2, or: expected)
      return Sides(top: both[0], bottom: both[0], left: both[1], right: both[1])
    }
    let all = try integers(4, or: expected)
    return Sides(top: all[0], bottom: all[1], left: all[2], right: all[3])
  }

  func number() throws -> Float {
    guard let value = plain.flatMap({ Float($0) }), value.isFinite else { throw wrongType("a number") }
    return value
  }

  func boolean() throws -> Bool {
    guard plain == "true" || plain == "false" else { throw wrongType("true or false") }
    return plain == "true"
  }

  func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) throws -> Choice where Choice.RawValue == String {
    guard let value = plain.flatMap({ Choice(rawValue: $0) }) else {
      throw wrongType(Choice.allCases.map(\.rawValue).joined(separator: " or "))
    }
    return value
  }

  /// Whether a choice, and no list or number, stands there.
  var isWord: Bool { plain.map { Int($0) == nil } ?? false }

  /// A scalar's text unless it is quoted: a quoted text is never a number.
  private var plain: String? {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return nil }
    return scalar.string
  }

  /// What stands there, for an error.
  var content: String {
    switch node {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "\"\(scalar.string)\""
    case .alias: "an alias"
    }
  }
}
