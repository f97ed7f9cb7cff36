/// A report's parts in the order in which they are shown, the same for the page and the text.
struct ReportSection: Sendable {
  /// As the paper calls it, or the experiment's title.
  let heading: String
  /// A name for links within the page.
  let anchor: String
  let title: String
  let source: String
  /// Why the experiment differs from the paper whatever the rows; why a statement does not hold stands beside it.
  let differences: String?
  /// Nil where the experiment was not run.
  let run: Report.Run?
  let experiment: String
  /// The claims shown in this part.
  let claims: [ClaimResult]
}

extension Report {
  /// The paper's figures and tables, in its order.
  var paperSections: [ReportSection] {
    outline.exhibits.compactMap { exhibit in
      let run = runs.first { $0.experiment.name == exhibit.experiment }
      guard let experiment = run?.experiment ?? missing.first(where: { $0.name == exhibit.experiment }) else { return nil }
      return ReportSection(
        heading: exhibit.heading, anchor: experiment.name, title: experiment.title, source: experiment.identity.source,
        differences: exhibit.differences, run: run, experiment: experiment.name, claims: run?.claims.filter { !$0.isBeyondThePaper } ?? [])
    }
  }

  /// Experiments that are no figure or table of the paper, in the catalogue's order.
  var otherSections: [ReportSection] {
    let known = Set(outline.exhibits.map(\.experiment))
    return (runs.map(\.experiment) + missing).filter { !known.contains($0.name) }.map { experiment in
      let run = runs.first { $0.experiment.name == experiment.name }
      return ReportSection(
        heading: experiment.title, anchor: experiment.name, title: experiment.title, source: experiment.identity.source, differences: nil,
        run: run, experiment: experiment.name, claims: run?.claims ?? [])
    }
  }

  /// Our own claims about the paper's figures, with the experiment that judged each.
  var ownClaims: [(experiment: String, claim: ClaimResult)] {
    let known = Set(outline.exhibits.map(\.experiment))
    return runs.filter { known.contains($0.experiment.name) }.flatMap { run in
      run.claims.filter(\.isBeyondThePaper).map { (run.experiment.name, $0) }
    }
  }

  var allClaims: [ClaimResult] { runs.flatMap(\.claims) }

  func count(_ outcome: ClaimResult.Outcome) -> Int { allClaims.count { $0.outcome == outcome } }

  /// `67 of 78 statements hold, 11 do not; 3 are not applicable at this scale.`
  var headline: String {
    let judged = allClaims.count { $0.outcome != .notApplicable }
    var text = "\(count(.holds)) of \(judged) statements hold"
    if count(.doesNotHold) > 0 { text += ", \(count(.doesNotHold)) \(count(.doesNotHold) == 1 ? "does" : "do") not" }
    if count(.error) > 0 { text += ", \(count(.error)) could not be judged" }
    if count(.notApplicable) > 0 {
      text += "; \(count(.notApplicable)) \(count(.notApplicable) == 1 ? "means" : "mean") nothing at this scale"
    }
    return text + "."
  }

  /// The same by whose the statements are.
  var headlineByOwner: String {
    func part(_ claims: [ClaimResult]) -> String {
      "\(claims.count { $0.outcome == .holds }) of \(claims.count { $0.outcome != .notApplicable })"
    }
    return
      "Of the paper's own statements \(part(allClaims.filter { !$0.isBeyondThePaper })) hold, of ours, which go beyond it, \(part(allClaims.filter(\.isBeyondThePaper)))."
  }

  /// Facts of the runs: a name and every value that some run has, so that runs of different machines or commits show.
  var facts: [(name: String, values: [String])] {
    func distinct(_ fact: (Run) -> String) -> [String] {
      var seen: Set<String> = []
      return runs.map(fact).filter { seen.insert($0).inserted }
    }
    let versions = Set(runs.flatMap { $0.provenance.versions.keys }).sorted()
    let seconds = runs.reduce(0) { $0 + $1.provenance.usage.wallSeconds }
    let isMissing = missing.isEmpty ? "" : "; not run: \(missing.map(\.name).joined(separator: ", "))"
    return [
      ("Experiments", ["\(runs.count) of \(runs.count + missing.count)\(isMissing)"]),
      ("Scale", distinct { $0.provenance.settings.scale.rawValue }),
      ("Data", distinct { $0.provenance.data.label }),
      (
        "Machine",
        distinct {
          let machine = $0.provenance.machine
          return "\(machine.cpuModel), \(machine.cores) cores, \(Quantity.bytes(Double(machine.memoryBytes))) of memory, "
            + "\(machine.operatingSystem), \(machine.kernel)"
        }
      ),
      ("Source", distinct { $0.provenance.source.description }),
      ("Settings", distinct { "seed \($0.provenance.settings.seed), \($0.provenance.settings.repetitions) repetitions" }),
      ("Versions", [versions.map { name in version(of: name, distinct { $0.provenance.versions[name] ?? "" }) }.joined(separator: ", ")]),
      ("Took", ["\(Quantity.seconds(seconds)) in all, without building; networks that were not trained before are trained within"]),
    ]
  }

  /// `zstd 1.5.4`; what says its name itself stays alone.
  private func version(of name: String, _ values: [String]) -> String {
    let text = values.filter { !$0.isEmpty }.joined(separator: " and ")
    return text.lowercased().hasPrefix(name.lowercased()) ? text : "\(name) \(text)"
  }

  /// Every input file, once.
  var inputFiles: [InputFile] {
    var files: [InputFile] = []
    for file in runs.flatMap(\.provenance.data.files) where !files.contains(file) { files.append(file) }
    return files
  }

  /// Whether any run was made on generated data.
  var usesGeneratedData: Bool { runs.contains { $0.provenance.data.kind == .generated } }

  /// The records and scripts of a run that are in the folder, by their paths from the page on.
  func links(of run: Run) -> [(label: String, path: String)] {
    let name = run.experiment.name
    let records = [("rows", ReportFolder.rows), ("provenance", ReportFolder.provenance), ("claims", ReportFolder.claims)].map {
      (label: $0.0 == "rows" ? "rows (\(Quantity.grouped(run.rowCount)))" : $0.0, path: folder.path($0.1, of: name))
    }
    let scripts = run.pictures.flatMap { picture in
      [("script", "gp"), ("data", "dat"), ("picture", "png")].map {
        (label: "\($0.0) of \(picture.name)", path: folder.path(figure: "\(picture.name).\($0.1)", of: name))
      }
    }
    return (records + scripts).filter { AtomicFile.exists(folder.file($0.path)) }.map { ($0.label, way + $0.path) }
  }
}

extension ClaimResult {
  /// A number behind a claim as people read it: three significant digits, large numbers in full.
  static func text(_ value: Double) -> String {
    guard abs(value) >= 1e4, let whole = Int64(exactly: value.rounded()) else { return Quantity.plain(value) }
    return Quantity.grouped(whole)
  }
}

extension SourceState {
  /// The full commit, and whether the source differed from it.
  var description: String {
    guard let commit else { return "no commit: \(reason ?? "")" }
    return "commit \(commit)" + (isDirty == true ? ", with uncommitted changes" : "")
  }
}
