import ExperimentKit

/// What must hold of the view of ActiVis, over the rows.
enum UseActiVisClaims {
  static let all = [
    Claim(
      "use-activis.8bit-looks-the-same", "The neurons by class look the same in 8BIT: less than a twentieth of the cells changes visibly",
      source: "beyond the paper, after section 8.4 and figure 9",
      judge: { table in
        let share = try table.value("visibleShare", where: ["scheme": NamedScheme.eightBit.name])
        return ClaimVerdict(holds: share < 0.05, numbers: ["share of cells that change visibly": share])
      }),
    Claim(
      "use-activis.8bit-images",
      "In 8BIT the images that most excite a neuron are the same",
      source: "beyond the paper",
      judge: { table in
        let place: MeasurementTable.Parameters = ["scheme": NamedScheme.eightBit.name]
        let (shown, found) = (try table.value("shownImages", where: place), try table.value("imagesAmongCandidates", where: place))
        let kept = try table.value("keptImages", where: place)
        return ClaimVerdict(
          holds: shown > 0 && kept == shown,
          numbers: [
            "images": shown, "the same": kept, "among the candidates": found, "candidates": try table.value("candidates", where: place),
          ]
        ).because(
          found == shown
            ? "The highest bin holds the largest 1/256 of a layer's values, all equal to a reader: every image is among these candidates, and re-running them would tell them apart."
            : nil)
      }),
    Claim(
      "use-activis.one-neuron", "Finding the images of one neuron reads less than a twentieth of what the layer takes",
      source: "beyond the paper",
      scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try UseActiVis.schemes.map { scheme in
            let layer = try table.value("bytesRead", where: ["scheme": scheme.name, "neuron": "all"])
            let neurons = try UseActiVisFigure.neurons(table)
            let most = try neurons.map { try table.value("bytesRead", where: ["scheme": scheme.name, "neuron": $0]) }.max() ?? layer
            return ClaimVerdict(
              holds: most < layer / 20, evidence: [.init(name: "\(scheme.name), a neuron's bytes / the layer's", value: most / layer)])
          })
      }),
  ]

  static let keyFigures = [
    KeyFigure("8BIT: cells that change visibly, images kept") { table in
      let place: MeasurementTable.Parameters = ["scheme": NamedScheme.eightBit.name]
      let kept = "\(try table.count("keptImages", where: place)) of \(try table.count("shownImages", where: place))"
      return "\(Quantity.percent(try table.value("visibleShare", where: place))), \(kept)"
    }
  ]
}
