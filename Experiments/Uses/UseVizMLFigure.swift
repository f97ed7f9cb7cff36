import ExperimentKit

/// Grouped bars: each pipeline's mean absolute error by kind of home, from both stores, and how many homes of the kind there are.
enum UseVizMLFigure {
  static func chart(_ table: MeasurementTable) throws -> Chart {
    let full: MeasurementTable.Parameters = ["scheme": NamedScheme.full.name]
    let homes = try table.filter("homes", where: full)
    // The commonest first: a mean over three homes says little.
    let kinds = try homes.values(of: "kind").sorted {
      try homes.value("homes", where: ["kind": $0]) > homes.value("homes", where: ["kind": $1])
    }
    let names = kinds.map { Int($0).map(HomeKind.name) ?? $0 }
    let errors = try UseVizML.pipelines.flatMap { pipeline in
      try UseVizML.schemes.map { scheme in
        // A kind that 8BIT had lost would have no bar, and the claims would say so.
        let found = try table.filter("meanAbsoluteError", where: ["scheme": scheme.name, "pipeline": pipeline])
        let values = try kinds.map { kind in try found.filter(where: ["kind": kind]).rows.first?.value.double }
        return BarSeries("\(pipeline), \(scheme.name)", values: values)
      }
    }
    let counts = BarSeries("homes", values: try kinds.map { try homes.value("homes", where: ["kind": $0]) })
    return Chart(
      title: "Two pipelines' errors by kind of home",
      panels: [
        Panel(x: Axis(""), y: Axis("mean absolute log error"), .bars(categories: names, errors)),
        Panel(x: Axis("kind of home (propertylandusetypeid)"), y: Axis("homes sold", .logarithmic), .bars(categories: names, [counts])),
      ],
      notes: [
        "P1 learns with boosted trees grown leaf by leaf (LightGBM's algorithm), P2 with XGBoost's. Homes of the training table, the commonest kind first.",
        "Read from the store by four columns; nothing could re-run the pipelines. The view is VizML's, named in section 2.",
      ], columns: 1)
  }
}
