/// A report as Markdown: the statements and numbers without the figures.
struct ReportText {
  private let report: Report

  init(_ report: Report) { self.report = report }

  var markdown: String {
    var text = "# What the runs at scale \(report.scale) found\n\n"
    text +=
      "Of \(MarkdownText.cell(report.outline.paper)). The figures are in [index.html](index.html).\n\n**\(report.headline)** \(report.headlineByOwner)\n"
    if report.usesGeneratedData { text += "\nSome runs were made on generated data; each says so.\n" }
    text += "\n" + MarkdownText.header(["", ""])
    for fact in report.facts { for value in fact.values { text += MarkdownText.row([fact.name, value]) } }
    if !report.inputFiles.isEmpty {
      text += "\n" + MarkdownText.header(["file", "bytes", "SHA-256"])
      for file in report.inputFiles { text += MarkdownText.row([file.name, Quantity.grouped(file.bytes), file.sha256]) }
    }
    text += "\n## The paper's figures and tables\n"
    for section in report.paperSections { text += self.section(section, of: "\(section.heading): \(section.title)") }
    text += "\n## Beyond the paper\n"
    if !report.ownClaims.isEmpty {
      text += "\n### Our own statements about the paper's figures\n\n" + claims(report.ownClaims.map(\.claim))
    }
    for section in report.otherSections { text += self.section(section, of: section.heading) }
    return text
  }

  private func section(_ section: ReportSection, of heading: String) -> String {
    var text = "\n### \(MarkdownText.cell(heading))\n\n"
    guard let run = section.run else {
      return text
        + "**Missing**: `\(section.experiment)` was not run. `experiments run \(section.experiment) --scale \(report.scale)` runs it.\n"
    }
    text += "\(MarkdownText.cell(section.source)); \(MarkdownText.cell(run.provenance.data.label)).\n\n"
    for figure in run.keyFigures { text += "- \(MarkdownText.cell("\(figure.label): \(figure.text)"))\n" }
    for picture in run.pictures {
      if case .failure(let failure) = picture.drawing {
        text += "- \(picture.name) is **not drawn**: \(MarkdownText.cell(failure.reason))\n"
      }
    }
    text += "\n" + claims(section.claims)
    if let differences = section.differences { text += "\n\(MarkdownText.cell(differences))\n" }
    let links = report.links(of: run).filter { !$0.label.hasPrefix("data of") }
    text += "\n" + links.map { "[\(MarkdownText.cell($0.label))](\(ReportPage.reference($0.path)))" }.joined(separator: ", ") + "\n"
    return text
  }

  private func claims(_ claims: [ClaimResult]) -> String {
    guard !claims.isEmpty else { return "" }
    var text = MarkdownText.header(["outcome", "statement", "numbers", "source"])
    for claim in claims {
      let numbers = claim.numbers.map { "\($0.name): \(ClaimResult.text($0.value))" }.joined(separator: "; ")
      text += MarkdownText.row([
        claim.outcome.rawValue, claim.statement, [numbers, claim.remark ?? ""].filter { !$0.isEmpty }.joined(separator: ". "), claim.source,
      ])
    }
    return text
  }
}
