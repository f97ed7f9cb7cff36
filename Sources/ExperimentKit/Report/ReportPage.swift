/// A report as one HTML file that fetches nothing: style, script and figures are inside.
///
/// Every word of a row, a claim, a note or an error passes through `Markup.text`.
struct ReportPage {
  private let report: Report

  init(_ report: Report) { self.report = report }

  var html: String {
    let title = "MISTIQUE reproduced, scale \(report.scale)"
    return Markup.document(
      head: [
        .void("meta", ["charset": "utf-8"]),
        // Whatever a page may come to hold, it asks no server for anything.
        .void(
          "meta",
          [
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:",
          ]),
        .void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .void("meta", ["name": "color-scheme", "content": "light dark"]), .void("link", ["rel": "icon", "href": "data:,"]),
        .element("title", title), ReportStyle.sheet,
      ],
      body: [
        .element("a", ["class": "skip", "href": "#paper"], "Skip to the figures"), .element("header", header(title)),
        .element("nav", ["aria-label": "Figures and tables"], navigation), .literal("\n"),
        .element("main", main), .literal("\n"), ReportStyle.script,
      ]
    ).html
  }

  // MARK: The head of the page

  private func header(_ title: String) -> [Markup] {
    var parts: [Markup] = [
      .element("h1", title), .element("p", ["class": "paper"], "Of \(report.outline.paper)."),
      .element("p", ["class": "verdict"], report.headline), bar, .element("p", report.headlineByOwner),
    ]
    if report.usesGeneratedData {
      parts.append(.element("p", ["class": "generated"], "Some runs were made on generated data. Each figure says on which it was made."))
    }
    if !report.missing.isEmpty {
      let names = report.missing.map(\.name).joined(separator: ", ")
      parts.append(.element("p", ["class": "missing"], "Missing: \(names) \(report.missing.count == 1 ? "was" : "were") not run."))
    }
    let facts = report.facts.map { fact in
      Markup.element("dt", fact.name) + .element("dd", fact.values.map { .element("div", $0) })
    }
    parts.append(.element("dl", ["class": "facts"], facts))
    if !report.inputFiles.isEmpty { parts.append(files) }
    return parts
  }

  /// The outcomes as a bar; the numbers stand in the sentence above it.
  private var bar: Markup {
    let parts: [(ClaimResult.Outcome, String)] = [(.holds, "holds"), (.doesNotHold, "fails"), (.error, "error"), (.notApplicable, "idle")]
    let segments = parts.filter { report.count($0.0) > 0 }.map { outcome, name in
      Markup.element("span", ["class": "segment \(name)", "style": "flex:\(report.count(outcome))"], "")
    }
    return .element("div", ["class": "bar", "aria-hidden": "true"], segments)
  }

  private var files: Markup {
    let rows = report.inputFiles.map { file in
      Markup.element(
        "tr",
        [
          .element("td", file.name), number(Double(file.bytes), Quantity.grouped(file.bytes)),
          .element("td", [.element("code", file.sha256)]),
        ])
    }
    return details(
      "Files that were read, with their SHA-256 (\(rows.count))", [table(["file", "bytes", "SHA-256"], rows, name: "Input files")])
  }

  private var navigation: [Markup] {
    let sections = report.paperSections.map { ($0.heading, $0) } + report.otherSections.map { ($0.experiment, $0) }
    return [
      .element(
        "ul",
        sections.map { name, section in
          let failing = section.claims.count(where: \.isFailure)
          let judged = section.claims.count { $0.outcome != .notApplicable }
          let state = section.run == nil ? "missing" : judged == 0 ? "" : "\(judged - failing)/\(judged)"
          let kind = section.run == nil ? "idle" : failing > 0 ? "fails" : "holds"
          return .element(
            "li",
            [
              .element(
                "a", ["href": "#\(section.anchor)"],
                [.text(name), .literal(" ")] + (state.isEmpty ? [] : [.element("span", ["class": "chip \(kind)"], state)]))
            ])
        })
    ]
  }

  // MARK: The parts

  private var main: [Markup] {
    var parts: [Markup] = [.element("h2", ["id": "paper"], "The paper's figures and tables")]
    parts += report.paperSections.map { section($0, named: "\($0.heading): \($0.title)") }
    parts.append(.element("h2", ["id": "beyond"], "Beyond the paper"))
    if !report.ownClaims.isEmpty {
      let claims = claimsTable(report.ownClaims.map(\.claim), name: "Our own statements")
      parts.append(
        .element(
          "section", ["id": "own-statements"], [.element("h3", "Our own statements about the paper's figures"), claims]))
    }
    return parts + report.otherSections.map { section($0, named: $0.heading) }
  }

  private func section(_ section: ReportSection, named name: String) -> Markup {
    var parts: [Markup] = [.element("h3", name)]
    guard let run = section.run else {
      parts.append(
        .element(
          "p", ["class": "missing"],
          [
            .text("Missing: \(section.experiment) was not run. "),
            .element("code", "experiments run \(section.experiment) --scale \(report.scale)"), .text(" runs it."),
          ]))
      return .element("section", ["id": section.anchor], parts)
    }
    let kind = run.provenance.data.kind == .generated ? "generated" : "real"
    parts.append(
      .element(
        "p", ["class": "source"],
        [.text("\(section.source). "), .element("span", ["class": kind], run.provenance.data.label)] + standing(of: section.claims)))
    if !run.keyFigures.isEmpty {
      let items = run.keyFigures.map { Markup.element("li", [.text("\($0.label): "), .element("strong", $0.text)]) }
      parts.append(.element("ul", ["class": "key"], items))
    }
    if !run.absentFigures.isEmpty {
      parts.append(
        details(
          "Numbers that these rows do not hold (\(run.absentFigures.count))", [.element("ul", run.absentFigures.map { .element("li", $0) })]
        ))
    }
    parts += run.pictures.map(figure)
    if !section.claims.isEmpty { parts.append(claimsTable(section.claims, name: "Statements on \(name)")) }
    if let differences = section.differences {
      parts += [.element("h4", "What differs from the paper, and why"), .element("p", ["class": "why"], differences)]
    }
    let links = report.links(of: run).map { Markup.element("li", [.element("a", ["href": Self.reference($0.path)], $0.label)]) }
    parts.append(.element("ul", ["class": "links", "aria-label": "Rows and scripts"], links))
    return .element("section", ["id": section.anchor], parts) + .literal("\n")
  }

  /// `3 of 5 statements hold.`
  private func standing(of claims: [ClaimResult]) -> [Markup] {
    let judged = claims.filter { $0.outcome != .notApplicable }
    guard !judged.isEmpty else { return [] }
    let holding = judged.count { $0.outcome == .holds }
    let kind = holding == judged.count ? "holds" : "fails"
    return [.text(". "), .element("span", ["class": "chip \(kind)"], "\(holding) of \(judged.count) statements hold"), .text(".")]
  }

  private func figure(_ picture: Report.Picture) -> Markup {
    switch picture.drawing {
    case .failure(let failure):
      return .element("p", ["class": "missing"], "\(picture.name) is not drawn: \(failure.reason)")
    case .success(let drawing):
      let frame = Markup.element(
        "div", ["class": "frame", "tabindex": "0", "role": "region", "aria-label": "\(picture.title), scrolls sideways"], [.figure(drawing)]
      )
      let tables = picture.numbers.map { table in
        let rows = table.rows.map { row in
          let cells = row.cells.map { cell in
            cell.map { number($0.value, $0.text) } ?? .element("td", ["class": "none"], "–")
          }
          return Markup.element("tr", [.element("th", ["scope": "row"], row.name)] + cells)
        }
        return (table.title.isEmpty ? .empty : .element("h5", table.title))
          + self.table(table.header, rows, name: table.title.isEmpty ? picture.title : table.title)
      }
      // Short ones stand open beside the picture; curves of many points, and those that the paper has no number of, are folded.
      let hasPaper = picture.numbers.contains(where: \.hasPaper)
      let isShort = picture.numbers.reduce(0) { $0 + $1.rows.count } <= 30
      let numbers =
        tables.isEmpty
        ? Markup.empty
        : details(hasPaper ? "Its numbers and the paper's" : "Its numbers", tables, isOpen: hasPaper && isShort)
      return .element("figure", [frame, .element("figcaption", picture.title)]) + numbers
    }
  }

  private func claimsTable(_ claims: [ClaimResult], name: String) -> Markup {
    let rows = claims.map { claim in
      Markup.element(
        "tr", ["class": Self.kind(claim.outcome)],
        [
          .element("td", ["class": "outcome"], Self.word(claim.outcome)), .element("td", claim.statement),
          .element("td", [numbers(of: claim)]),
          .element("td", claim.source),
        ])
    }
    return table(["outcome", "statement", "numbers", "source"], rows, name: name, style: "claims")
  }

  /// The numbers behind a claim; the long lists of those that look at every layer are folded.
  private func numbers(of claim: ClaimResult) -> Markup {
    let items = claim.numbers.map { Markup.element("li", [.text("\($0.name): "), .element("strong", ClaimResult.text($0.value))]) }
    let list = items.isEmpty ? Markup.empty : Markup.element("ul", items)
    let remark = claim.remark.map { Markup.element("p", ["class": "remark"], $0) } ?? .empty
    return (items.count > 6 ? details("\(items.count) numbers", [list]) : list) + remark
  }
}
