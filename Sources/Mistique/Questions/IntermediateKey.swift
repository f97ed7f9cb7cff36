import MistiqueStorage

/// `project.model.intermediate.column`: what a question asks for (paper section 2).
///
/// A part with a dot, a backtick or nothing in it is written between backticks, a backtick in it twice:
///
///     p.`my.model`.layer4.n35
///
/// `column` is a column's name, a map's (`n35`), a rectangle's of a map (`n35_2-5_0-7`: rows 2 to 5, columns 0 to 7), or `*` for all. In the text of a key, a `*` between backticks is the column of that name, of which
/// `column` keeps the backticks.
public struct IntermediateKey: Sendable, Hashable, CustomStringConvertible {
  /// Project and model.
  public let model: ModelIdentity
  /// The name of the intermediate in that model.
  public let intermediate: String
  /// A column, a map, a rectangle of one, or `*` for all.
  public let column: String

  /// A key made of its parts, without backticks around them.
  public init(model: ModelIdentity, intermediate: String, column: String = "*") {
    self.model = model
    self.intermediate = intermediate
    self.column = column
  }

  /// The key of all columns of the same intermediate.
  package var ofIntermediate: IntermediateKey { IntermediateKey(model: model, intermediate: intermediate) }

  /// Byte for byte, as the catalogue compares names.
  public static func == (a: IntermediateKey, b: IntermediateKey) -> Bool {
    a.model == b.model && ColumnName(a.intermediate) == ColumnName(b.intermediate) && ColumnName(a.column) == ColumnName(b.column)
  }

  /// Of the bytes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(model)
    hasher.combine(ColumnName(intermediate))
    hasher.combine(ColumnName(column))
  }

  /// - Throws: `StoreError` with code `malformedKey`.
  public init(_ text: String) throws {
    let parts = try Self.split(text)
    guard parts.count == 4 else {
      throw Self.malformed("\(parts.count) part\(parts.count == 1 ? "" : "s") instead of 4", text)
    }
    model = ModelIdentity(project: parts[0].text, name: parts[1].text)
    intermediate = parts[2].text
    column = parts[3].isQuoted ? ColumnSelector.selector(of: parts[3].text) : parts[3].text
  }

  /// The key as text, which `init(_:)` reads back to an equal key.
  public var description: String {
    "\(model).\(KeyText.quoted(intermediate)).\(columnText)"
  }

  private var columnText: String {
    guard let name = ColumnSelector.name(column) else { return column }
    return ColumnSelector.selector(of: name) == name ? KeyText.quoted(name) : "`" + KeyText.doubled(name) + "`"
  }

  /// By Unicode scalars: a dot is one also where a combining mark follows it, which makes one Character of both.
  private static func split(_ text: String) throws -> [(text: String, isQuoted: Bool)] {
    var parts: [(text: String, isQuoted: Bool)] = []
    var part = String.UnicodeScalarView()
    var wasQuoted = false
    var rest = text.unicodeScalars[...]
    var isQuoted = false
    while let scalar = rest.popFirst() {
      switch scalar {
      case "`" where isQuoted && rest.first == "`":
        part.append(rest.removeFirst())
      case "`" where isQuoted:
        guard rest.isEmpty || rest.first == "." else { throw malformed("text after a closing backtick", text) }
        isQuoted = false
      case "`":
        guard part.isEmpty else { throw malformed("a backtick in the middle of a part", text) }
        (isQuoted, wasQuoted) = (true, true)
      case "." where !isQuoted:
        parts.append((String(part), wasQuoted))
        (part, wasQuoted) = (String.UnicodeScalarView(), false)
      default:
        part.append(scalar)
      }
    }
    guard !isQuoted else { throw malformed("a backtick that is not closed", text) }
    return parts + [(String(part), wasQuoted)]
  }

  private static func malformed(_ what: String, _ text: String) -> StoreError {
    StoreError(
      .malformedKey, "the key has \(what)", at: text,
      remedy: "Write project.model.intermediate.column, and a name with a dot in it between backticks.")
  }
}
