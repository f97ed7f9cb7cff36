import ExperimentKit

enum Fig14Claims {
  private static func stored(_ table: MeasurementTable, _ similarity: Double, _ method: String) throws -> Double {
    try table.value("storedBytes", where: ["similarity": similarity, "method": method])
  }

  static let all = [
    Claim(
      "fig14.similar-columns-compress-together", "Columns compressed together take less the more similar they are", source: "figure 14",
      judge: { table in
        .descending(
          try Fig14ColumnCompression.similarities.map { ("similarity \($0)", try stored(table, $0, "DEDUP + similarity")) })
      }),
    Claim(
      "fig14.apart-gains-nothing", "Compressed one by one, similar columns take what dissimilar ones do", source: "figure 14",
      judge: { table in
        let (first, last) = (try stored(table, 0, "gzip, each column"), try stored(table, 1, "gzip, each column"))
        return ClaimVerdict(holds: abs(last / first - 1) < 0.02, numbers: ["similarity 1 / similarity 0": last / first])
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
