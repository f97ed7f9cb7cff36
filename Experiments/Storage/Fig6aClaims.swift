import ExperimentKit
import Foundation

/// The paper's statements about the bytes of pipelines, over the rows. What the paper gives no number for is measured and has no verdict.
enum Fig6aClaims {
  private typealias Figure6a = Fig6aZillowStorage
  private typealias Series = Fig6aRows.Series
  private typealias Number = ClaimVerdict.Number

  /// The case nearest to the paper's: nothing rounded, nothing derived.
  private static let papers = Series(Figure6a.dedup, .unrounded)
  private static let ours = Series(Figure6a.derived, .rounded)
  private static let dedups = Figure6a.PredictionForm.allCases.flatMap { predictions in
    [Figure6a.dedup, Figure6a.derived].map { Series($0, predictions) }
  }

  static let all = [
    Claim(
      "fig6a.dedup-not-larger", "DEDUP never stores more than STORE_ALL in the same encodings", source: "section 8.2, figure 6a",
      judge: { table in
        let rows = Fig6aRows(table)
        func stored(_ series: Series) throws -> (name: String, bytes: Double, chunks: Double) {
          (series.name, try rows.stored(series), try rows.value("chunks", series))
        }
        return .all(
          try dedups.map { StoredBytes.isNotLarger(try stored($0), than: try stored(Series(Figure6a.storeAll, $0.predictions))) })
      }),
    Claim(
      "fig6a.dedup-collapses-pipelines", "DEDUP stores fifty pipelines in a 110th of STORE_ALL with gzip: 0.611 GB of 67 GB",
      source: "section 8.2, text", scales: [.ci, .small, .paper], judge: { try saves(Fig6aRows.Paper.ratio, $0) }),
    Claim(
      "fig6a.dedup-as-plotted", "DEDUP stores fifty pipelines in a 32nd of STORE_ALL with gzip: 2.114 GB of 67 GB",
      source: "section 8.2, figure 6a, cumulative plot", scales: [.ci, .small, .paper],
      judge: { try saves(Fig6aRows.Paper.plottedRatio, $0) }),
    Claim(
      "fig6a.dedup-grows-less",
      "Over fifty pipelines DEDUP grows less than STORE_ALL, and from 10 to 50 of them no more than in the plot, 4.7 times",
      source: "section 8.2, figure 6a, cumulative plot",
      judge: { table in
        let rows = Fig6aRows(table)
        let storeAll = Series(Figure6a.gzip, .unrounded)
        let growths = try ([storeAll] + dedups).map { (series: $0, growth: try rows.growth($0)) }
        let growth = growths.first { $0.series == papers }!.growth
        let holds = try rows.haveStored([storeAll, papers]) && growth < growths[0].growth && growth <= Fig6aRows.Paper.plottedGrowth
        return ClaimVerdict(
          holds: holds,
          evidence: growths.map { Number(name: "\($0.series.name), 50 / 10", value: $0.growth) }
            + [Number(name: "DEDUP in the paper's plot, 50 / 10", value: Fig6aRows.Paper.plottedGrowth)],
          remark:
            "Judged: DEDUP without derived columns, unrounded, against STORE_ALL with gzip, which grows faster than linearly (5 times) here: the last templates emit "
            + "three times the frames of the first."
        )
      }),
  ]

  /// Whether the case nearest to the paper's takes at most a `ratio`-th of STORE_ALL with gzip; shows the other cases beside it.
  private static func saves(_ ratio: Double, _ table: MeasurementTable) throws -> ClaimVerdict {
    let rows = Fig6aRows(table)
    let cases = try dedups.map { Number(name: "\(Figure6a.gzip) / \($0.name)", value: try rows.saving($0, against: Figure6a.gzip)) }
    let holds = try rows.haveStored([Series(Figure6a.gzip, .unrounded), papers]) && rows.saving(papers, against: Figure6a.gzip) >= ratio
    return ClaimVerdict(
      holds: holds,
      evidence: cases + [
        Number(name: "in the paper's text", value: Fig6aRows.Paper.ratio),
        Number(name: "in the paper's plot", value: Fig6aRows.Paper.plottedRatio),
      ],
      remark: "Judged: \(papers.name), which is nearest to the paper's."
    ).because("What is left are predictions, all different: rounded to four decimals DEDUP gives \(Quantity.ratio(cases[2].value)).")
  }

  static let keyFigures = [
    KeyFigure("Zillow, rounded, derived, against gzip (paper 110x, in its plot 32x)") { try ratio($0, ours, Figure6a.gzip) },
    KeyFigure("Zillow, unrounded, the paper's DEDUP, against gzip") { try ratio($0, papers, Figure6a.gzip) },
    KeyFigure("Zillow, unrounded, derived, against gzip") { try ratio($0, Series(Figure6a.derived, .unrounded), Figure6a.gzip) },
    KeyFigure("Zillow, within equal encodings: unrounded, the paper's DEDUP; rounded, derived") { table in
      try [papers, ours].map { try ratio(table, $0, Figure6a.storeAll) }.joined(separator: "; ")
    },
    KeyFigure("Zillow, bytes: unrounded, the paper's DEDUP; rounded, derived") { table in
      try [papers, ours].map { Quantity.bytes(try Fig6aRows(table).stored($0)) }.joined(separator: "; ")
    },
    KeyFigure("Zillow, 50 pipelines / 10: unrounded, the paper's DEDUP; rounded, derived (paper's plot 4.72)") { table in
      try [papers, ours].map { String(format: "%.2f", try Fig6aRows(table).growth($0)) }.joined(separator: "; ")
    },
    KeyFigure("Zillow, STORE_ALL gzip, 50 pipelines / 10") {
      String(format: "%.2f", try Fig6aRows($0).growth(Series(Figure6a.gzip, .unrounded)))
    },
    KeyFigure("Zillow, boosters and coefficients, apart") { Quantity.bytes(try Fig6aRows($0).value("transformerBytes", papers)) },
  ]

  private static func ratio(_ table: MeasurementTable, _ series: Series, _ all: String) throws -> String {
    Quantity.ratio(try Fig6aRows(table).saving(series, against: all))
  }
}
