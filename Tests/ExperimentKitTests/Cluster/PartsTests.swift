import Foundation
import Testing

@testable import ExperimentKit

/// Parts of an experiment, measured apart and put together.
struct PartsTests {
  let folder: TemporaryFolder
  let transcript = Transcript()

  init() throws { folder = try TemporaryFolder() }

  private func runner(_ name: String) -> Runner {
    Runner(results: ResultsFolder(root: folder.url.appendingPathComponent(name)), output: transcript.output)
  }

  /// A policy is a part, with two units: its bytes, and what the number of executions of its second unit is.
  private func divided(
    parts: [String]? = nil, ran: Counter = Counter(), between: @escaping @Sendable (RunContext) throws -> Void = { _ in },
    inSecondUnit: @escaping @Sendable (String) throws -> Void = { _ in }
  ) -> Experiment {
    let names = parts ?? Sample.bytes.map(\.policy)
    return Experiment(
      .init(name: "fig6-sample", title: "Stored bytes", source: "figure 6"), parameters: ["policy"],
      costs: [.smoke: Cost(seconds: 6, diskBytes: 1_000, memoryBytes: 2_000)],
      outcome: .init(claims: [Sample.holds], figures: [], gates: Sample.gates),
      parts: { _ in names.map { ExperimentPart($0, weight: $0 == "DEDUP" ? 4 : 1) } }
    ) { context in
      try context.state(data: .generated("seeded bytes", files: []))
      for (policy, bytes) in Sample.bytes {
        try context.part(policy) {
          try context.checkpointed("\(policy), bytes") {
            ran.next()
            try context.record("storedBytes", bytes, unit: "bytes", at: ["policy": policy])
          }
          try context.checkpointed("\(policy), time") {
            try inSecondUnit(policy)
            try context.record("readSeconds", 0.5, unit: "s", at: ["policy": policy])
          }
        }
        try between(context)
      }
    }
  }

  @Test("What parts measure apart is, put together, what one run measures: rows in their order, claims, one provenance with every machine")
  func together() throws {
    let experiment = divided()
    let whole = try runner("whole").run(experiment, Sample.options)
    let pieces = try ExperimentPiece.all(of: experiment, at: .smoke)
    #expect(pieces.map(\.cost.seconds) == [1, 1, 4])
    #expect(pieces.map(\.folder) == ["fig6-sample.part-01", "fig6-sample.part-02", "fig6-sample.part-03"])
    let apart = runner("apart")
    for piece in pieces.reversed() {
      #expect(PieceState(of: piece, at: .smoke, in: apart.results) == .notBegun)
      try apart.measure(piece, of: experiment, Sample.options)
      #expect(PieceState(of: piece, at: .smoke, in: apart.results) == .measured)
    }
    let gathered = try runner("gathered").gather(experiment, at: .smoke, from: apart.results)
    #expect(
      try contents(of: gathered.folder.appendingPathComponent("rows.csv")) == contents(of: whole.folder.appendingPathComponent("rows.csv")))
    #expect(gathered.claims == whole.claims && gathered.claims.count == 1)
    #expect(gathered.provenance.parts?.map(\.part) == ["STORE_ALL", "LP", "DEDUP"])
    #expect(gathered.provenance.machine == whole.provenance.machine && whole.provenance.parts == nil)
    #expect(
      try AtomicFile.readJSON(Provenance.self, from: gathered.folder.appendingPathComponent("provenance.json")) == gathered.provenance)
    #expect(try !contents(of: whole.folder.appendingPathComponent("provenance.json")).contains("\"parts\""))
  }

  @Test("A part that was stopped goes on after its finished units, and one that is measured is not measured again")
  func resumed() throws {
    let ran = Counter()
    let failing = divided(ran: ran, inSecondUnit: { if $0 == "LP" { throw Boom() } })
    let piece = try ExperimentPiece.all(of: failing, at: .smoke)[1]
    let apart = runner("apart")
    #expect(throws: Boom()) { try apart.measure(piece, of: failing, Sample.options) }
    #expect(PieceState(of: piece, at: .smoke, in: apart.results) == .unfinished(units: 1))
    let sound = divided(ran: ran)
    try apart.measure(piece, of: sound, Sample.options)
    #expect(ran.value == 1 && transcript.text.contains("Going on from an interrupted run: 1 finished units"))
    try apart.measure(piece, of: sound, Sample.options)
    #expect(ran.value == 1 && transcript.text.contains("is measured already"))
  }

  @Test("Looking at a piece whose task is writing changes nothing, not even a line that is half written")
  func looking() throws {
    let experiment = divided(inSecondUnit: { _ in throw Boom() })
    let piece = try ExperimentPiece.all(of: experiment, at: .smoke)[0]
    let apart = runner("apart")
    #expect(throws: Boom()) { try apart.measure(piece, of: experiment, Sample.options) }
    let journal = apart.results.partial(of: piece.folder, at: .smoke).appendingPathComponent("journal")
    let half = try Data(contentsOf: journal) + Data("0123456789abcdef {\"half".utf8)
    try half.write(to: journal)
    #expect(PieceState(of: piece, at: .smoke, in: apart.results) == .unfinished(units: 1))
    #expect(try Data(contentsOf: journal) == half)
  }

  @Test("Rows and units outside of parts, parts that are not declared, out of order or left out are errors that say so")
  func rules() throws {
    #expect(throws: RunError.outsideParts("storedBytes")) {
      try runner("a").run(divided { try $0.record("storedBytes", 1, unit: "B", at: ["policy": "x"]) }, Sample.options)
    }
    #expect(throws: RunError.outsideParts("unit 'u'")) {
      try runner("b").run(divided { try $0.checkpointed("u") {} }, Sample.options)
    }
    #expect(throws: RunError.unknownPart("DEDUP", declared: ["STORE_ALL", "LP"])) {
      try runner("c").run(divided(parts: ["STORE_ALL", "LP"]), Sample.options)
    }
    #expect(throws: RunError.partOutOfOrder("LP", after: "STORE_ALL")) {
      try runner("d").run(divided(parts: ["LP", "STORE_ALL", "DEDUP"]), Sample.options)
    }
    #expect(throws: RunError.partsNotRun(3, of: 4)) {
      try runner("e").run(divided(parts: Sample.bytes.map(\.policy) + ["more"]), Sample.options)
    }
  }

  @Test("Parts of two seeds are not put together, and the earlier run stays")
  func mixed() throws {
    let experiment = divided()
    let apart = runner("apart")
    for piece in try ExperimentPiece.all(of: experiment, at: .smoke) {
      var options = Sample.options
      options.seed = piece.number == 2 ? 7 : 1
      try apart.measure(piece, of: experiment, options)
    }
    let target = runner("gathered")
    let before = try target.run(experiment, Sample.options)
    let error = #expect(throws: MixedParts.self) { try target.gather(experiment, at: .smoke, from: apart.results) }
    #expect(error?.description.contains("settings: 'STORE_ALL' has seed 1") == true)
    #expect(try contents(of: before.folder.appendingPathComponent("provenance.json")).contains("\"seed\""))
    #expect(throws: FileError.self) { try target.gather(divided(), at: .smoke, from: ResultsFolder(root: folder.url)) }
  }
}
