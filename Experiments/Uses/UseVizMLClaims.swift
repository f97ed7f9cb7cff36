import ExperimentKit

/// What must hold of the view of VizML, over the rows.
enum UseVizMLClaims {
  private static var bits: MeasurementTable.Parameters {
    ["scheme": NamedScheme.eightBit.name, "pipeline": "all", "kind": "all"]
  }

  static let all = [
    Claim(
      "use-vizml.8bit-same-kinds", "8BIT keeps the kind of every home: a column of few values loses nothing", source: "beyond the paper",
      judge: { table in
        let changed = try table.value("changedHomes", where: bits)
        return ClaimVerdict(holds: changed == 0, numbers: ["homes of another kind": changed])
      }),
    Claim(
      "use-vizml.8bit-same-conclusion",
      "8BIT leads to the same conclusion: the same pipeline errs less, for every kind of at least \(UseVizML.commonKind) homes",
      source: "beyond the paper",
      judge: { table in
        let (changed, common) = (try table.value("changedOrder", where: bits), try table.value("commonKinds", where: bits))
        return ClaimVerdict(
          holds: changed == 0 && common > 0,
          numbers: [
            "kinds": common, "of another order": changed,
            "largest difference of an error, relative": try table.value("largestCommonDifference", where: bits),
            "of all kinds": try table.value("largestDifference", where: bits),
          ],
          remark: "The outermost bins hold the largest errors, and a mean of few homes moves with each of them.")
      }),
    Claim(
      "use-vizml.few-bytes", "The view reads less than a tenth of the bytes that the two pipelines take", source: "beyond the paper",
      scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try UseVizML.schemes.map { scheme in
            let place: MeasurementTable.Parameters = ["scheme": scheme.name, "pipeline": "all", "kind": "all"]
            let share = try table.value("bytesRead", where: place) / table.value("partitionBytes", where: place)
            return ClaimVerdict(holds: share < 0.1, evidence: [.init(name: "\(scheme.name), bytes read / stored", value: share)])
          })
      }),
  ]

  static let keyFigures = [
    KeyFigure("8BIT: homes of another kind, largest difference of an error, of common kinds") { table in
      let most = try ["largestDifference", "largestCommonDifference"].map { Quantity.percent(try table.value($0, where: bits)) }
      return "\(try table.count("changedHomes", where: bits)), " + most.joined(separator: ", ")
    }
  ]
}
