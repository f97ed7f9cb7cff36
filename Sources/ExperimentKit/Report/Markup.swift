/// A piece of HTML that is safe to put into a page: what was text has been escaped, and only elements are markup.
///
/// The type is the guard: text becomes `Markup` only through `text`, so nothing that a row, a claim or an error says can open an element.
struct Markup: Sendable, Equatable {
  let html: String

  private init(trusted html: String) { self.html = html }

  static let empty = Markup(trusted: "")

  /// Text, with the five characters that mean something in HTML escaped. Control characters that HTML forbids become U+FFFD.
  static func text(_ text: String) -> Markup {
    var html = ""
    html.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": html += "&amp;"
      case "<": html += "&lt;"
      case ">": html += "&gt;"
      case "\"": html += "&quot;"
      case "'": html += "&#39;"
      case "\t", "\n", "\r": html.unicodeScalars.append(scalar)
      default: html.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : scalar)
      }
    }
    return Markup(trusted: html)
  }

  /// HTML that this program's source spells out. Never give it anything that was read.
  static func literal(_ html: StaticString) -> Markup { Markup(trusted: "\(html)") }

  /// A figure, which `FigureSVG` has let through piece by piece.
  static func figure(_ figure: FigureSVG) -> Markup { Markup(trusted: figure.html) }

  /// The variables of the page's colours, constants of this program.
  static func colours(dark: Bool) -> Markup { Markup(trusted: PageColour.declarations(dark: dark)) }

  /// One element. Attributes are written in the given order, with their values escaped; one with an empty value stands by its name alone.
  ///
  /// Trap: names are plain, so that no value can be taken for one.
  static func element(_ name: String, _ attributes: KeyValuePairs<String, String>, _ content: [Markup]) -> Markup {
    Markup(trusted: "\(openTag(name, attributes))\(content.map(\.html).joined())</\(name)>")
  }

  /// One element with text in it.
  static func element(_ name: String, _ attributes: KeyValuePairs<String, String>, _ content: String) -> Markup {
    element(name, attributes, [text(content)])
  }

  /// One element without attributes.
  static func element(_ name: String, _ content: [Markup]) -> Markup { element(name, [:], content) }

  /// One element without attributes, with text in it.
  static func element(_ name: String, _ content: String) -> Markup { element(name, [:], [text(content)]) }

  /// An element without content or end, such as `meta`.
  static func void(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) -> Markup {
    Markup(trusted: openTag(name, attributes))
  }

  static func + (left: Markup, right: Markup) -> Markup { Markup(trusted: left.html + right.html) }

  /// The document around a head and a body.
  static func document(head: [Markup], body: [Markup]) -> Markup {
    Markup(trusted: "<!doctype html>\n")
      + element("html", ["lang": "en"], [element("head", head), literal("\n"), element("body", body)]) + literal("\n")
  }

  private static func openTag(_ name: String, _ attributes: KeyValuePairs<String, String>) -> String {
    let written = attributes.map { name, value in
      precondition(isPlain(name), "'\(name)' cannot name an attribute")
      return value.isEmpty ? " \(name)" : " \(name)=\"\(text(value).html)\""
    }
    precondition(isPlain(name), "'\(name)' cannot name an element")
    return "<\(name)\(written.joined())>"
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { (97...122).contains($0 | 0x20) || (48...57).contains($0) || $0 == 45 || $0 == 58 }
  }
}
