import ExperimentKit
import Foundation
import Testing

@testable import experiments

/// The statements about the uses over rows that nobody measured: each must hold where it should, and fail where it should.
@Suite struct UseClaimsTests {
  private func table(
    _ parameters: [String], _ rows: [(metric: String, value: Double, at: MeasurementTable.Parameters)]
  ) throws -> MeasurementTable {
    var table = try MeasurementTable(parameters: parameters + [MeasurementTable.repetition])
    for row in rows {
      var place = row.at
      for name in parameters where place[name] == nil { place[name] = "all" }
      place[MeasurementTable.repetition] = 1
      try table.append(row.metric, row.value, unit: "1", at: place)
    }
    return table
  }

  private func outcome(_ id: String, of claims: [Claim], _ table: MeasurementTable) throws -> ClaimResult.Outcome {
    try #require(claims.first { $0.id == id }).result(for: table, at: .paper).outcome
  }

  @Test("8BIT's images must be the same, and one that is not is noticed, whatever is among the candidates")
  func candidates() throws {
    func outcome(kept: Double, shown: Double = 18) throws -> ClaimResult.Outcome {
      let place: MeasurementTable.Parameters = ["scheme": "8BIT"]
      let rows = [
        ("shownImages", shown, place), ("imagesAmongCandidates", shown, place), ("candidates", 90, place), ("keptImages", kept, place),
      ]
      return try self.outcome(
        "use-activis.8bit-images", of: UseActiVisClaims.all,
        try table(["scheme", "neuron"], rows.map { (metric: $0.0, value: $0.1, at: $0.2) }))
    }
    #expect(try outcome(kept: 18) == .holds)
    #expect(try outcome(kept: 17) == .doesNotHold)
    #expect(try outcome(kept: 0, shown: 0) == .doesNotHold)
  }

  @Test("A neuron that is read with a tenth of its layer is too dear")
  func oneNeuron() throws {
    func outcome(_ bytes: Double) throws -> ClaimResult.Outcome {
      let rows = UseActiVis.schemes.flatMap { scheme -> [(metric: String, value: Double, at: MeasurementTable.Parameters)] in
        [
          ("bytesRead", 1_000, ["scheme": scheme.name]), ("bytesRead", bytes, ["scheme": scheme.name, "neuron": 35]),
          ("rank", 1, ["scheme": scheme.name, "neuron": 35]),
        ]
      }
      return try self.outcome("use-activis.one-neuron", of: UseActiVisClaims.all, try table(["scheme", "neuron"], rows))
    }
    #expect(try outcome(40) == .holds && outcome(100) == .doesNotHold)
  }

  @Test("A home of another kind, and a common kind of which the other pipeline errs less, are noticed")
  func vizML() throws {
    func outcome(_ id: String, changedHomes: Double = 0, changedOrder: Double = 0, common: Double = 3) throws -> ClaimResult.Outcome {
      let numbers = [
        "changedHomes": changedHomes, "changedOrder": changedOrder, "commonKinds": common, "largestCommonDifference": 0.1,
        "largestDifference": 0.4,
      ]
      return try self.outcome(
        id, of: UseVizMLClaims.all,
        try table(["scheme", "pipeline", "kind"], numbers.map { (metric: $0.key, value: $0.value, at: ["scheme": "8BIT"]) }))
    }
    #expect(try outcome("use-vizml.8bit-same-kinds") == .holds)
    #expect(try outcome("use-vizml.8bit-same-kinds", changedHomes: 1) == .doesNotHold)
    #expect(try outcome("use-vizml.8bit-same-conclusion") == .holds)
    #expect(try outcome("use-vizml.8bit-same-conclusion", changedOrder: 1) == .doesNotHold)
    #expect(try outcome("use-vizml.8bit-same-conclusion", common: 0) == .doesNotHold)
  }

  @Test("Bits suffice when nearly all neurons keep their colour, and one threshold for all does not")
  func netDissect() throws {
    func outcome(_ id: String, own: Double, shared: Double) throws -> ClaimResult.Outcome {
      var rows: [(metric: String, value: Double, at: MeasurementTable.Parameters)] = (0..<100).map {
        ("intersectionOverUnion", 0.1, ["scheme": "full", "neuron": $0, "concept": "red"])
      }
      for (scheme, changed) in [("full", 0), ("THRESHOLD-per-neuron", own), ("THRESHOLD", shared)] {
        for metric in ["changedBest", "largestDifference", "meanDifference", "activeShare"] {
          rows.append((metric, metric == "changedBest" ? changed : 0.01, ["scheme": scheme]))
        }
      }
      return try self.outcome(id, of: UseNetDissectClaims.all, try table(["scheme", "neuron", "concept"], rows))
    }
    #expect(try outcome("use-netdissect.bits-suffice", own: 5, shared: 50) == .holds)
    #expect(try outcome("use-netdissect.bits-suffice", own: 6, shared: 50) == .doesNotHold)
    #expect(try outcome("use-netdissect.threshold-of-its-own", own: 5, shared: 11) == .holds)
    #expect(try outcome("use-netdissect.threshold-of-its-own", own: 5, shared: 10) == .doesNotHold)
  }

  @Test(
    "A twentieth of the cells that changes visibly is another look; a view that reads a tenth of the bytes, and bits that take as much, are too dear"
  )
  func shares() throws {
    func looks(_ share: Double) throws -> ClaimResult.Outcome {
      let rows = [(metric: "visibleShare", value: share, at: ["scheme": "8BIT"] as MeasurementTable.Parameters)]
      return try outcome("use-activis.8bit-looks-the-same", of: UseActiVisClaims.all, try table(["scheme", "neuron"], rows))
    }
    #expect(try looks(0.04) == .holds && looks(0.05) == .doesNotHold)
    func view(_ read: Double) throws -> ClaimResult.Outcome {
      let rows = UseVizML.schemes.flatMap { scheme -> [(metric: String, value: Double, at: MeasurementTable.Parameters)] in
        [("bytesRead", read, ["scheme": scheme.name]), ("partitionBytes", 1_000, ["scheme": scheme.name])]
      }
      return try outcome("use-vizml.few-bytes", of: UseVizMLClaims.all, try table(["scheme", "pipeline", "kind"], rows))
    }
    #expect(try view(99) == .holds && view(100) == .doesNotHold)
    func bits(own: Double, shared: Double) throws -> ClaimResult.Outcome {
      let rows = [("full", 1_000), ("THRESHOLD-per-neuron", own), ("THRESHOLD", shared)].map { scheme, bytes in
        (metric: "bytesRead", value: bytes, at: ["scheme": scheme] as MeasurementTable.Parameters)
      }
      return try outcome("use-netdissect.bits-are-small", of: UseNetDissectClaims.all, try table(["scheme", "neuron", "concept"], rows))
    }
    #expect(try bits(own: 99, shared: 99) == .holds)
    #expect(try bits(own: 100, shared: 9) == .doesNotHold && bits(own: 9, shared: 100) == .doesNotHold)
    let claims = [
      (UseVizMLClaims.all, "use-vizml.few-bytes"), (UseNetDissectClaims.all, "use-netdissect.bits-are-small"),
    ]
    for (claims, id) in claims {
      let empty = try table(["scheme", "neuron"], [])
      #expect(try #require(claims.first { $0.id == id }).result(for: empty, at: .smoke).outcome == .notApplicable, "\(id)")
    }
  }

  @Test("The most selective neurons are those that one class excites above the mean of all, each of another class")
  func selective() {
    // Ten classes, three neurons: neuron 1 for class 4, neuron 2 for classes 4 and 7, neuron 0 for all alike.
    var means = [Double](repeating: 0, count: 30)
    for group in 0..<10 { means[group * 3] = 5 }
    means[4 * 3 + 1] = 3
    (means[4 * 3 + 2], means[7 * 3 + 2]) = (2, 1)
    #expect(ActivationView.selective(means, count: 2) == [1, 2])
    #expect(ActivationView.selective(means, count: 1) == [1])
  }

  @Test("Rows that are published without images draw the heat maps, and say what is left out")
  func withoutImages() throws {
    var published = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { published.deleteLastPathComponent() }
    published.appendPathComponent("Results/published/2-cores")
    for (name, chart, panels) in [("use-activis", UseActiVisFigure.chart, 2), ("use-netdissect", UseNetDissectFigure.chart, 3)] {
      let drawn = try chart(MeasurementTable(reading: published.appendingPathComponent("\(name).rows.csv")))
      #expect(drawn.panels.count == panels && drawn.notes.last == StoredPictures.note, "\(name)")
    }
  }
}
