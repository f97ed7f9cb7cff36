import Mistique

/// The value of a stage's parameter, as a specification gives it.
public enum ParameterValue: Sendable, Equatable {
  /// A whole number.
  case integer(Int)
  /// A decimal number; a specification may write it as a whole one.
  case number(Double)
  /// A list of decimal numbers.
  case numbers([Double])
  /// `true` or `false`.
  case boolean(Bool)
  /// A text, in quotes or not.
  case text(String)
  /// A list of texts, such as the names of columns.
  case texts([String])
  /// Names to texts, each name once, in the order of the names' bytes.
  case mapping([Entry])

  /// One entry of a mapping.
  public struct Entry: Sendable, Equatable {
    /// Unique in its mapping, byte for byte.
    public let name: String
    /// The text that the name stands for.
    public let value: String

    init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// A mapping with these entries, whatever their order. Equal mappings are equal texts.
  static func mapping(of entries: some Sequence<(String, String)>) -> ParameterValue {
    .mapping(
      entries.map { Entry(name: $0, value: $1) }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
  }
}

/// What a transformer says of one of its parameters; specifications are checked against it.
struct ParameterDeclaration: Sendable {
  enum Kind: Sendable, Equatable {
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// Each of them in the range.
    case numbers(ClosedRange<Double>)
    case boolean
    /// One of these texts, or any text when there are none.
    case text(oneOf: [String])
    case texts
    /// Names to one of these texts each, or to any texts when there are none.
    case mapping(oneOf: [String])
  }

  let name: String
  let kind: Kind
  /// `nil` for a parameter that must be given.
  let defaultValue: ParameterValue?
  /// Whether stored specifications have the default written out. False for a parameter that was added after specifications were stored: writing it
  /// would change them although nothing else changed. Such a default never changes.
  let isWrittenAtDefault: Bool

  init(_ name: String, _ kind: Kind, default defaultValue: ParameterValue? = nil, isWrittenAtDefault: Bool = true) {
    precondition(isWrittenAtDefault || defaultValue != nil, "only a default can be left out")
    self.isWrittenAtDefault = isWrittenAtDefault
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
  }

  /// In words, for errors: "a number from 0.0 to 1.0".
  var expectation: String {
    switch kind {
    case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .numbers(let range): "a list of numbers from \(range.lowerBound) to \(range.upperBound)"
    case .boolean: "true or false"
    case .text(let allowed): allowed.isEmpty ? "a text" : "one of \(allowed.joined(separator: ", "))"
    case .texts: "a list of texts"
    case .mapping(let allowed): "a mapping of names to \(allowed.isEmpty ? "texts" : allowed.joined(separator: ", "))"
    }
  }

  func accepts(_ value: ParameterValue) -> Bool {
    switch (kind, value) {
    case (.integer(let range), .integer(let value)): range.contains(value)
    case (.number(let range), .number(let value)): range.contains(value)
    case (.numbers(let range), .numbers(let values)): values.allSatisfy(range.contains)
    case (.boolean, .boolean): true
    case (.text(let allowed), .text(let value)): allowed.isEmpty || allowed.contains(value)
    case (.texts, .texts): true
    case (.mapping(let allowed), .mapping(let entries)):
      (allowed.isEmpty || entries.allSatisfy { allowed.contains($0.value) }) && entries.map(\.name).firstRepeatedName == nil
    default: false
    }
  }
}

/// The checked parameters of a stage: every declared parameter has a value of its kind and range.
struct Parameters: Sendable, Equatable {
  let values: [String: ParameterValue]

  /// These values, which were checked against `declarations`, and the defaults of the others. A value that does not fit is a programmer's mistake.
  init(_ values: [String: ParameterValue], declarations: [ParameterDeclaration]) {
    var complete: [String: ParameterValue] = [:]
    for declaration in declarations {
      let value = values[declaration.name] ?? declaration.defaultValue
      precondition(value.map(declaration.accepts) == true, "parameter \(declaration.name) needs \(declaration.expectation)")
      complete[declaration.name] = value
    }
    precondition(values.keys.allSatisfy { complete[$0] != nil }, "a parameter is not declared")
    self.values = complete
  }

  func integer(_ name: String) -> Int {
    guard case .integer(let value)? = values[name] else { preconditionFailure("parameter \(name) is not declared as an integer") }
    return value
  }

  func number(_ name: String) -> Double {
    guard case .number(let value)? = values[name] else { preconditionFailure("parameter \(name) is not declared as a number") }
    return value
  }

  func numbers(_ name: String) -> [Double] {
    guard case .numbers(let value)? = values[name] else { preconditionFailure("parameter \(name) is not declared as a list of numbers") }
    return value
  }

  func boolean(_ name: String) -> Bool {
    guard case .boolean(let value)? = values[name] else { preconditionFailure("parameter \(name) is not declared as a boolean") }
    return value
  }

  func text(_ name: String) -> String {
    guard case .text(let value)? = values[name] else { preconditionFailure("parameter \(name) is not declared as a text") }
    return value
  }

  func texts(_ name: String) -> [String] {
    guard case .texts(let value)? = values[name] else { preconditionFailure("parameter \(name) is not declared as a list") }
    return value
  }

  func entries(_ name: String) -> [ParameterValue.Entry] {
    guard case .mapping(let value)? = values[name] else { preconditionFailure("parameter \(name) is not declared as a mapping") }
    return value
  }

  /// Without the later parameters that have their defaults: a state bound to these is the same as before the parameters were added.
  func withoutLaterDefaults(_ declarations: [ParameterDeclaration]) -> Parameters {
    let kept = declarations.filter { $0.isWrittenAtDefault || values[$0.name] != $0.defaultValue }
    let names = Set(kept.map(\.name))
    return Parameters(values.filter { names.contains($0.key) }, declarations: kept)
  }

  /// One line that is equal for equal parameters. Fitted states are bound to it.
  var canonicalText: String { values.keys.sorted().map { "\($0)=\(values[$0]!.canonicalText)" }.joined(separator: ";") }
}

extension ParameterValue {
  /// The value as a specification writes it, in one fixed form; reading it back gives the same bits.
  public var canonicalText: String {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): value.description
    case .numbers(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .boolean(let value): value ? "true" : "false"
    case .text(let value): YAMLText.quoted(value)
    case .texts(let values): "[" + values.map(YAMLText.quoted).joined(separator: ", ") + "]"
    case .mapping(let entries): "{" + entries.map(\.canonicalText).joined(separator: ", ") + "}"
    }
  }
}

extension ParameterValue.Entry {
  /// The question mark lets a name be longer than the 1,024 characters that YAML looks ahead for its colon.
  fileprivate var canonicalText: String {
    let name = YAMLText.quoted(name)
    return (name.utf8.count < 1_000 ? name : "? " + name + " ") + ": " + YAMLText.quoted(value)
  }
}
