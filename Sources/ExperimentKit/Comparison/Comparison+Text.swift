extension Comparison: CustomStringConvertible {
  /// The comparison for a terminal: contexts, then what is missing, then what differs.
  package var description: String {
    var text = "\(experiment) at scale \(scale), measured at \(source), against its baseline\n"
    text += section("Contexts differ", contexts.map { "\($0.fact): \($0.baseline) -> \($0.run)" })
    text += section("Gates changed", gateChanges)
    text += section("Missing from the run (regressions)", missing)
    text += section("New, not in the baseline", added)
    text += section("Regressions", regressions.map(Self.line))
    text += section("Claims that held and do so no longer (regressions)", lostClaims.map(Self.line))
    text += section(
      "Claims that newly hold (set a new baseline to keep them)", claims.filter { $0.judgement == .improvement }.map(Self.line))
    text += section("Claims whose outcome changed, not judged", claims.filter { $0.judgement == .reported }.map(Self.line))
    text += section("Improvements (set a new baseline to keep them)", improvements.map(Self.line))
    text += section("Choices that were decided and are open now", opened.map { "\($0.metric) at \($0.place): \($0.baseline) -> open" })
    text += section("Reported", differences.filter { $0.judgement == .reported }.map(Self.line))
    let same = differences.count { $0.judgement == .same }
    return text + "  \(same) of \(differences.count { $0.judgement != .reported }) gated measurements are as they were.\n"
      + (isRegression
        ? "  REGRESSION: \(regressions.count) worse, \(missing.count) missing, \(lostClaims.count) claims lost.\n" : "  No regression.\n")
      + doubt
  }

  /// What makes the verdict one about something else than the checkout.
  private var doubt: String {
    guard let otherCheckout else { return "" }
    return "  DOUBT: the run is not of the checkout, which is at \(otherCheckout). "
      + "Run it again: experiments run \(experiment) --scale \(scale)\n"
  }

  /// Only what makes this comparison a regression.
  package var regressionText: String {
    "\(experiment):\n" + section("Missing from the run", missing) + section("Regressions", regressions.map(Self.line))
      + section("Claims that held and do so no longer", lostClaims.map(Self.line))
  }

  private func section(_ heading: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : "  \(heading):\n" + lines.map { "    \($0)\n" }.joined()
  }

  private static func line(_ difference: Difference) -> String {
    let run = difference.run.map(\.description)
    let now = Set(run).count == 1 ? run[0] : "median \(Timings.median(of: difference.run.map(\.double)))"
    let before = difference.baseline.double
    let change = before == 0 ? "" : " (\(Quantity.plain(Timings.median(of: difference.run.map(\.double)) / before))x)"
    return
      "\(difference.metric) at \(difference.place): \(difference.baseline) -> \(now) \(difference.unit)\(change), gate: \(difference.gate)"
  }

  private static func line(_ claim: ClaimDifference) -> String {
    "\(claim.id): \(claim.baseline?.rawValue ?? "new") -> \(claim.run.rawValue): \(claim.statement)"
      + (claim.reportedBecause.map { " Not judged: \($0)" } ?? "")
  }

  /// The facts of two runs that differ, the ones that explain most first.
  static func contexts(_ baseline: Provenance, _ run: Provenance) -> [ContextDifference] {
    let (before, after) = (facts(of: baseline), facts(of: run))
    let names = before.map(\.name) + after.map(\.name).filter { name in !before.contains { $0.name == name } }
    return names.compactMap { name in
      let old = before.first { $0.name == name }?.value ?? "absent"
      let new = after.first { $0.name == name }?.value ?? "absent"
      return old == new ? nil : ContextDifference(fact: name, baseline: old, run: new)
    }
  }

  private static func facts(of provenance: Provenance) -> [(name: String, value: String)] {
    let data = provenance.data
    let machine = provenance.machine
    var facts: [(name: String, value: String)] = [
      ("scale", provenance.settings.scale.rawValue), ("data", data.label), ("seed", "\(provenance.settings.seed)"),
      ("repetitions", "\(provenance.settings.repetitions)"),
    ]
    facts += data.files.map { ("file \($0.name)", "\($0.bytes) bytes, sha256 \($0.sha256)") }
    facts += provenance.settings.configuration.sorted { $0.key < $1.key }.map { ("setting \($0.key)", $0.value) }
    facts += [
      ("source", provenance.source.short), ("cpu", machine.cpuModel), ("cores", "\(machine.cores)"),
      ("memory", Quantity.bytes(Double(machine.memoryBytes))), ("kernel", machine.kernel), ("operating system", machine.operatingSystem),
    ]
    facts += provenance.versions.sorted { $0.key < $1.key }.map { ("version of \($0.key)", $0.value) }
    return facts
  }
}
