/// What is wrong with the YAML text of a network, and where.
public struct NetworkFileError: Error, Equatable, Sendable {
  enum Problem: Equatable {
    /// The reason is the system's.
    case unreadable(reason: String)
    case notUTF8
    case notYAML(String)
    /// The text has what may be an anchor or an alias, which is given as it is written.
    case anchor(String)
    case tooLarge(Int)
    case missingKey
    case unknownKey(allowed: [String])
    /// A layer of a kind that there is not.
    case unknownKind(String, known: [String])
    case wrongType(expected: String, got: String)
    /// A layer without, or with more than one, kind.
    case notOneKind(got: [String])
    /// The text is well formed, but the network that it describes cannot be.
    case impossible(NetworkError)
  }

  /// The file's path, or what the text is from.
  public let origin: String
  /// From 1.
  public let line: Int
  /// The path to the entry, such as `layers.3.convolution.kernel`; layers count from 1, as everywhere.
  public let key: String
  let problem: Problem
}

extension NetworkFileError: CustomStringConvertible {
  /// `origin:line: key: ` and what is wrong there.
  public var description: String { "\(origin):\(line): \(key.isEmpty ? "" : key + ": ")\(message)" }

  private var message: String {
    switch problem {
    case .unreadable(let reason): return "the file cannot be read: \(reason); check the path"
    case .notUTF8: return "the file is not UTF-8 text; give the network's YAML file, and save it as UTF-8"
    case .notYAML(let reason): return "not valid YAML: \(reason)"
    case .anchor(let sign):
      return "\"\(sign)\" may be a YAML anchor or alias, which are not accepted; write the layers out"
    case .tooLarge(let most): return "a network has at most \(most) bytes; this is none"
    case .missingKey: return "this entry is required and missing"
    case .unknownKey(let allowed): return "unknown entry; allowed here: \(allowed.joined(separator: ", "))"
    case .unknownKind(let name, let known):
      return "unknown entry; allowed here: \(known.joined(separator: ", ")). \(ForeignKind.instead(of: name))"
    case .wrongType(let expected, let got): return "expected \(expected), got \(got)"
    case .notOneKind(let got):
      let kinds = got.isEmpty ? "none" : got.joined(separator: ", ")
      return "a layer has one kind, as in \"- maxPool: 2\"; got \(kinds). Further entries belong in its braces"
    case .impossible(let error): return "\(error)"
    }
  }
}
