/// The elements that a report is built of.
extension ReportPage {
  func details(_ summary: String, _ content: [Markup], isOpen: Bool = false) -> Markup {
    .element("details", isOpen ? ["open": ""] : [:], [.element("summary", summary)] + content)
  }

  func table(_ header: [String], _ rows: [Markup], name: String, style: String = "numbers") -> Markup {
    let head = Markup.element("tr", header.map { .element("th", ["scope": "col"], $0) })
    return .element(
      "div", ["class": "frame", "tabindex": "0", "role": "region", "aria-label": name],
      [.element("table", ["class": style], [.element("thead", [head]), .element("tbody", rows)])])
  }

  func number(_ value: Double, _ text: String) -> Markup { .element("td", ["class": "number", "data-value": "\(value)"], text) }

  static func word(_ outcome: ClaimResult.Outcome) -> String {
    switch outcome {
    case .holds: "✓ holds"
    case .doesNotHold: "✗ does not hold"
    case .notApplicable: "– not applicable at this scale"
    case .error: "! could not be judged"
    }
  }

  static func kind(_ outcome: ClaimResult.Outcome) -> String {
    switch outcome {
    case .holds: "holds"
    case .doesNotHold: "fails"
    case .notApplicable: "idle"
    case .error: "error"
    }
  }

  /// A path as a relative reference: every byte that could be anything else is encoded.
  static func reference(_ path: String) -> String {
    path.utf8.map { byte in
      let isPlain = (97...122).contains(byte | 0x20) || (48...57).contains(byte) || [45, 46, 47, 95, 126].contains(byte)
      return isPlain
        ? String(UnicodeScalar(byte)) : "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
    }.joined()
  }
}
