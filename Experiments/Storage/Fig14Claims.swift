import ExperimentKit

enum Fig14Claims {
  private static func stored(_ table: MeasurementTable, _ similarity: Double, _ method: String) throws -> Double {
    try table.value("storedBytes", where: ["similarity": similarity, "method": method])
  }

  /// The paper does not say how many columns it compresses at a time.
  private static let together = ["gzip, 8 columns a stream", "gzip, all columns a stream"]

  static let all = [
    Claim(
      "fig14.similar-columns-compress-together",
      "Columns compressed together, 8 or all of them a stream, take less the more similar they are: 34, 31, 23, 17, 5 MB",
      source: "Appendix C.2, figure 14",
      judge: { table in
        // By one codec, as in the paper; DEDUP stores equal columns once, which is no compression.
        .all(
          try together.map { method in
            .descending(try Fig14ColumnCompression.similarities.map { ("\(method), similarity \($0)", try stored(table, $0, method)) })
          })
      }),
    Claim(
      "fig14.six-times-better",
      "Columns that are equal compress at least 6 times better together, 8 or all of them a stream, than one by one",
      source: "Appendix C.2, figure 14: 35 MB apart, 5 MB together",
      judge: { table in
        let apart = try stored(table, 1, "gzip, each column")
        let ratios = try together.map { method in
          ClaimVerdict.Number(name: "gzip, each column / \(method), at similarity 1", value: apart / (try stored(table, 1, method)))
        }
        return ClaimVerdict(
          holds: ratios.allSatisfy { $0.value.isFinite && $0.value >= 6 },
          evidence: ratios + [
            .init(name: "gzip, each column / DEDUP + similarity", value: try apart / stored(table, 1, "DEDUP + similarity"))
          ],
          remark: "Judged by one codec on both sides, as in the paper. DEDUP stores equal columns once, which is no compression.")
      }),
    Claim(
      "fig14.apart-gains-nothing", "Compressed one by one, columns take the same however similar they are: 35 MB, to a megabyte",
      source: "Appendix C.2, figure 14",
      judge: { table in
        let sizes = try Fig14ColumnCompression.similarities.map {
          ClaimVerdict.Number(name: "similarity \($0)", value: try stored(table, $0, "gzip, each column"))
        }
        // The paper's plot shows no difference; a megabyte is as well as it can be read.
        let largest = sizes.map(\.value).max()!
        return ClaimVerdict(
          holds: sizes.allSatisfy { $0.value > 0 && (largest - $0.value) / largest < 1.0 / 35 }, evidence: sizes)
      }),
    Claim(
      "fig14.not-larger-than-gzip", "Placed by similarity, columns take no more than under gzip, 8 columns a stream, at any similarity",
      source: "beyond the paper",
      judge: { table in
        let ratios = try Fig14ColumnCompression.similarities.map {
          ClaimVerdict.Number(
            name: "similarity \($0)", value: try stored(table, $0, "DEDUP + similarity") / stored(table, $0, "gzip, 8 columns a stream"))
        }
        return ClaimVerdict(holds: ratios.allSatisfy { $0.value <= 1 }, evidence: ratios)
      }),
  ]

  static let gates = [
    Gate("rawBytes", .exact),
    Gate("storedBytes", .within(0.002, reason: "releases of zlib and zstd differ in a few bytes"), better: .lower),
    Gate("seconds", .reported),
  ]

  static let keyFigures = [
    KeyFigure("half similar, gzip apart / ours") { table in
      Quantity.ratio(try stored(table, 0.5, "gzip, each column") / stored(table, 0.5, "DEDUP + similarity"))
    },
    KeyFigure("half similar, in the paper") { _ in
      Quantity.ratio(Fig14ColumnCompression.paperSeparately / Fig14ColumnCompression.paperTogether[2])
    },
  ]
}
