/// What is wrong with a pipeline specification, and where.
public struct SpecificationError: Error, Equatable, Sendable {
  public enum Problem: Equatable, Sendable {
    /// The reason is the system's.
    case unreadable(reason: String)
    case notUTF8
    /// Larger than `SpecificationText.largestByteCount`.
    case tooLarge
    /// A YAML anchor or alias, as it is written.
    case anchor(String)
    case notYAML(String)
    case missingKey
    case unknownKey(allowed: [String])
    case wrongType(expected: String, got: String)
    case badName(String)
    case duplicateName(String)
    case unknownTransformer(String, known: [String])
    case unknownParameter(transformer: String, known: [String])
    case missingParameter(transformer: String, expected: String)
    case unknownInput(String, known: [String])
    case laterStage(String)
    case inputKind(String, expected: String, got: String)
    case inputCount(transformer: String, expected: String, got: Int)
    case unknownStage(String, known: [String])
    case pathLeavesDirectory(String)
    case unknownVariant(String, known: [String])
  }

  public let file: String
  /// From 1.
  public let line: Int
  /// The path to the entry, such as `stages.split.parameters.seed`.
  public let key: String
  public let problem: Problem
}

extension SpecificationError: CustomStringConvertible {
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
    case .tooLarge: return "a specification has at most \(SpecificationText.largestByteCount) bytes; this is no pipeline"
    case .anchor(let sign):
      return
        "\"\(sign)\" may be a YAML anchor or alias, which are not taken; write the value out. In a text, put it in double quotes with \\x26 for & "
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
      return "\(quoted(name)) runs at or after this stage; a stage can use only what earlier stages put out, so move it up"
    case .inputKind(let name, let expected, let got): return "\"\(name)\" is \(got); this input takes \(expected)"
    case .inputCount(let transformer, let expected, let got): return "\(transformer) takes \(expected) inputs, got \(got)"
    case .unknownStage(let name, let known): return "there is no stage \(quoted(name)); there are: \(list(known))"
    case .pathLeavesDirectory(let path): return "\(quoted(path)) is not a path inside the data directory"
    case .unknownVariant(let name, let known): return "there is no variant \"\(name)\"; there are: \(list(known))"
    }
  }
}
