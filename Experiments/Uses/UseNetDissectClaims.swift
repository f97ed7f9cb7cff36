import ExperimentKit

/// What must hold of NETDISSECT from bits, over the rows.
enum UseNetDissectClaims {
  private static func value(_ table: MeasurementTable, _ metric: String, _ scheme: NamedScheme) throws -> Double {
    try table.value(metric, where: ["scheme": scheme.name, "neuron": "all"])
  }

  private static func neurons(_ table: MeasurementTable) throws -> Double {
    Double(try table.filter("intersectionOverUnion", where: ["scheme": NamedScheme.full.name]).values(of: "neuron").count)
  }

  static let all = [
    Claim(
      "use-netdissect.bits-suffice", "Bits with a threshold per neuron give the best colour of full precision for 19 of 20 neurons",
      source: "beyond the paper, of THRESHOLD_QT, section 4.1",
      judge: { table in
        let changed = try value(table, "changedBest", .thresholdPerNeuron)
        let all = try neurons(table)
        return ClaimVerdict(
          holds: changed <= all / 20,
          numbers: [
            "neurons of another best colour": changed, "of": all,
            "largest difference in IoU": try value(table, "largestDifference", .thresholdPerNeuron),
            "mean difference": try value(table, "meanDifference", .thresholdPerNeuron),
            "active cells, bits": try value(table, "activeShare", .thresholdPerNeuron),
            "active cells, full precision": try value(table, "activeShare", .full),
          ], remark: "The store finds its thresholds in the first RowBlock, full precision in all images.")
      }),
    Claim(
      "use-netdissect.threshold-of-its-own",
      "A neuron needs a threshold of its own: with one for the layer more than a tenth of the neurons get another best colour",
      source: "beyond the paper", scales: [.ci, .small, .paper],
      judge: { table in
        let changed = try value(table, "changedBest", .threshold)
        let all = try neurons(table)
        return ClaimVerdict(
          holds: changed > all / 10,
          numbers: [
            "neurons of another best colour": changed, "of": all,
            "largest difference in IoU": try value(table, "largestDifference", .threshold),
          ])
      }),
    Claim(
      "use-netdissect.bits-are-small", "The layer takes less than a tenth of full precision's bytes as bits", source: "beyond the paper",
      scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try [NamedScheme.thresholdPerNeuron, .threshold].map { scheme in
            let share = try value(table, "bytesRead", scheme) / value(table, "bytesRead", .full)
            return ClaimVerdict(holds: share < 0.1, evidence: [.init(name: "\(scheme.name), bytes of the layer / full", value: share)])
          })
      }),
  ]

  static let keyFigures = [
    KeyFigure("neurons of another best colour: a threshold each, one for all") { table in
      try [NamedScheme.thresholdPerNeuron, .threshold].map { Quantity.plain(try value(table, "changedBest", $0)) }.joined(separator: ", ")
        + " of \(Quantity.plain(try neurons(table)))"
    },
    KeyFigure("detectors in full precision (IoU above 0.04)") { Quantity.plain(try value($0, "detectors", .full)) },
  ]
}
