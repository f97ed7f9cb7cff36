/// What is wrong with a pipeline specification, and where.
public struct SpecificationError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// The file cannot be read. The reason is the system's.
    case unreadable(reason: String)
    /// The file is not UTF-8 text.
    case notUTF8
    /// The text has more than 1 MiB.
    case tooLarge
    /// The text has what may be a YAML anchor or alias, which is given as it is written.
    case anchor(String)
    /// The text is not YAML, for the parser's reason.
    case notYAML(String)
    /// A required entry is not there; ``SpecificationError/key`` names it.
    case missingKey
    /// An entry is none of those that this place of a specification has.
    case unknownKey(allowed: [String])
    /// A value is of another kind, or outside of the range, that is expected here. Both are given in words.
    case wrongType(expected: String, got: String)
    /// A name is not made of letters, digits, `_` and `-`, or does not begin with a letter.
    case badName(String)
    /// Two inputs or stages, or what they emit, have one name.
    case duplicateName(String)
    /// There is no transformer of this name.
    case unknownTransformer(String, known: [String])
    /// The transformer has no parameter of the entry's name; `known` are those it has.
    case unknownParameter(transformer: String, known: [String])
    /// The transformer needs a parameter that the stage does not give; `expected` says what it takes, in words.
    case missingParameter(transformer: String, expected: String)
    /// A stage takes an input that no file and no stage has the name of; `known` are those before it.
    case unknownInput(String, known: [String])
    /// A stage takes what itself or a later stage emits.
    case laterStage(String)
    /// An input is of another kind than the transformer takes in its place: a file, an intermediate or a training stage.
    case inputKind(String, expected: String, got: String)
    /// The stage has another number of inputs than its transformer takes. `expected` is a number or "1 or 2", "1 or more".
    case inputCount(transformer: String, expected: String, got: Int)
    /// A variant changes a stage that the pipeline does not have.
    case unknownStage(String, known: [String])
    /// The path of an input file is empty, absolute, has `..` in it or a control character.
    case pathLeavesDirectory(String)
    /// The pipeline has no variant of this name.
    case unknownVariant(String, known: [String])
  }

  /// The file, as it was named when the specification was read.
  public let file: String
  /// The line of the entry, from 1.
  public let line: Int
  /// The path to the entry, such as `stages.split.parameters.seed`.
  public let key: String
  /// What is wrong there.
  public let problem: Problem
}

extension SpecificationError: CustomStringConvertible {
  /// One line: `file:line: key: what is wrong and what to do`.
  public var description: String { "\(file):\(line): \(key.isEmpty ? "" : key.shortened(to: 200) + ": ")\(message)" }

  private var message: String {
    func quoted(_ text: String) -> String { "\"\(text.shortened())\"" }
    func list(_ names: [String]) -> String {
      guard names.count > 30 else { return names.isEmpty ? "none" : names.joined(separator: ", ") }
      return names.prefix(30).joined(separator: ", ") + " and \(names.count - 30) more"
    }
    switch problem {
    case .unreadable(let reason): return "the file cannot be read: \(reason)"
    case .notUTF8: return "the file is not UTF-8 text; save it as UTF-8"
    case .tooLarge:
      return
        "a specification has at most \(SpecificationText.largestByteCount) bytes, as it is written and as it is stored, with every text in quotes"
    case .anchor(let sign):
      return
        "\"\(sign)\" may be a YAML anchor or alias, which are not accepted; write the value out. In a text, put it in double quotes with \\x26 for & "
        + "and \\x2a for *"
    case .notYAML(let reason): return "not valid YAML: \(reason)"
    case .missingKey: return "this entry is required and missing"
    case .unknownKey(let allowed): return "unknown entry; allowed here: \(list(allowed))"
    case .wrongType(let expected, let got): return "expected \(expected), got \(got)"
    case .badName(let name): return "\(quoted(name)) is no name; use letters, digits, _ and -, beginning with a letter"
    case .duplicateName(let name): return "the name \(quoted(name)) is used twice; intermediates and inputs need different names"
    case .unknownTransformer(let name, let known): return "unknown transformer \(quoted(name)); known: \(list(known))"
    case .unknownParameter(let transformer, let known): return "\(transformer) has no such parameter; it has: \(list(known))"
    case .missingParameter(let transformer, let expected): return "\(transformer) needs this parameter: \(expected)"
    case .unknownInput(let name, let known): return "there is no input or earlier stage \(quoted(name)); there are: \(list(known))"
    case .laterStage(let name):
      return "\(quoted(name)) runs at or after this stage; a stage can use only what earlier stages emit, so move it up"
    case .inputKind(let name, let expected, let got): return "\"\(name)\" is \(got); this input takes \(expected)"
    case .inputCount(let transformer, let expected, let got):
      return "\(transformer) takes \(expected) input\(expected == "1" ? "" : "s"), got \(got)"
    case .unknownStage(let name, let known): return "there is no stage \(quoted(name)); there are: \(list(known))"
    case .pathLeavesDirectory(let path): return "\(quoted(path)) is not a path inside the data directory"
    case .unknownVariant(let name, let known): return "there is no variant \"\(name)\"; there are: \(list(known))"
    }
  }
}
