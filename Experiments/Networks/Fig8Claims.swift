import ExperimentKit

/// The paper's statements about read and re-run time by the number of examples.
enum Fig8Claims {
  /// As many as the paper's figure has: where lines meet beyond them, its statement is another.
  private static let papersExamples = 50_000.0

  /// Those that the rows have: runs of before lack pool(2) in gzip.
  private static func schemes(_ table: MeasurementTable) throws -> [NamedScheme] {
    try Fig8ReadVersusRerun.schemes.filter { try Fig8Curves.has(table, $0) }
  }

  /// What the repetitions of the fewest and of the most examples took: a bend that repeats is none of a disturbed machine's.
  private static func repetitions(_ metric: String, _ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int) throws -> String {
    let steps = try Fig8Curves.steps(table, scheme, layer)
    return try [steps.first!, steps.last!].map { images in
      let seconds = try table.repetitions(metric, where: ["scheme": scheme.name, "layer": layer, "images": images])
      return "\(Quantity.grouped(images)) images: \(seconds.map { Quantity.seconds($0.double) }.joined(separator: ", "))"
    }.joined(separator: "; ")
  }

  static let all = [
    linear([.pool2], "fig8.linear", "stored under pool(2)", source: "section 8.3, figure 8"),
    linear(
      [.full, .fullGzip, .pool2Gzip], "fig8.linear-otherwise",
      "stored in full precision, with and without gzip, and under pool(2) with gzip",
      source: "beyond the paper, which stores under pool(2)"),
    crossing(
      .pool2, "fig8.cross-at-layer-1-only", "Stored under pool(2), the paper's default",
      source: "section 8.3, figure 8: near 10,000 examples"),
    crossing(.full, "fig8.cross-at-layer-1-only-full", "Stored in full precision", source: "beyond the paper, which stores under pool(2)"),
    crossing(
      .fullGzip, "fig8.cross-at-layer-1-only-gzip", "Stored in full precision with the paper's gzip",
      source: "beyond the paper, which stores under pool(2)"),
    firstLayerInGzip,
    PlanQuality.rerunTakenClaim("fig8", source: "beyond the paper, of figure 8"),
    PlanQuality.regretClaim("fig8"),
    PlanQuality.predictionClaim("fig8"),
    PlanQuality.askingClaim("fig8"),
    bothPredicted,
  ]

  /// No tolerance is chosen: a curve is linear when a straight line is nearer to it than the curves that a square root or a square of the examples gives.
  private static func linear(_ wanted: [NamedScheme], _ id: String, _ stored: String, source: String) -> Claim {
    Claim(
      id,
      "Read and re-run time are linear in the number of examples, \(stored): to every curve a straight line is nearer than those through the square root or the square of the examples",
      source: source, scales: [.small, .paper],
      judge: { table in
        let names = wanted.map(\.name)
        let there = try schemes(table).filter { names.contains($0.name) }
        let verdict = ClaimVerdict.all(
          try there.flatMap { scheme in try Fig8ReadVersusRerun.layers(under: scheme).map { try linear(table, scheme, $0) } })
        let absent = wanted.filter { scheme in !there.contains { $0.name == scheme.name } }
        return absent.isEmpty
          ? verdict : verdict.noting("Not among these rows: \(absent.map(\.name).joined(separator: ", ")).")
      })
  }

  private static func linear(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int) throws -> ClaimVerdict {
    let curves = try Fig8Curves(table, scheme, layer)
    let rowBlocks = try wholeRowBlocks(table, scheme, layer)
    var ways = [
      (name: "read", metric: PlanQuality.Metric.read, curve: curves.read, cause: rowBlocks ?? fewest(bending: curves.read)),
      (
        name: "re-run", metric: PlanQuality.Metric.rerun, curve: curves.rerun,
        cause: try loading(bending: curves.rerun, table, scheme, layer)
      ),
    ]
    if try Fig8Curves.has(table, scheme, Fig8Curves.cold) {
      let cold = try Fig8Curves(table, scheme, layer, reading: Fig8Curves.cold).read
      ways.append(("cold read", Fig8Curves.cold, cold, rowBlocks ?? fewest(bending: cold)))
    }
    let place = "\(scheme.name), layer \(layer)"
    return .all(
      try ways.map { way in
        let growth = GrowthFit.nearest(to: way.curve)
        return try ClaimVerdict(
          holds: growth == .linear,
          evidence: [.init(name: "\(place), \(way.name), furthest off the line", value: GrowthFit(.linear, to: way.curve).furthest)],
          remark: growth == .linear
            ? nil : "\(place), \(way.name): nearer to \(growth.words) (\(repetitions(way.metric, table, scheme, layer)))."
        ).because(way.cause)
      })
  }

  /// Whether reads of different numbers of images decode the same frames: a frame holds a whole RowBlock, so that time grows by steps.
  private static func wholeRowBlocks(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int) throws -> String? {
    let decoded = try Fig8Curves.steps(table, scheme, layer).map { images in
      (
        images: images,
        frames: try table.valueIfAny("framesDecoded", where: ["scheme": scheme.name, "layer": layer, "images": images])
      )
    }
    guard let fewest = decoded.first?.frames else { return nil }
    let alike = decoded.prefix { $0.frames == fewest }
    guard alike.count > 1, let more = decoded.dropFirst(alike.count).first, let frames = more.frames else { return nil }
    return
      "A frame holds a whole RowBlock: reading \(Quantity.grouped(alike[0].images)) to \(Quantity.grouped(alike.last!.images)) images decodes "
      + "\(Quantity.plain(fewest)) frame\(fewest == 1 ? "" : "s"), reading \(Quantity.grouped(more.images)) \(Quantity.plain(frames))."
  }

  /// Whether a re-run without the loading of the model, which differs from one of its points to another, is a straight line.
  private static func loading(
    bending curve: [Fig8Curves.CurvePoint], _ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int
  ) throws -> String? {
    let loads = try curve.compactMap {
      try table.valueIfAny("loadSeconds", where: ["scheme": scheme.name, "layer": layer, "images": Int($0.images)])
    }
    guard loads.count == curve.count, let least = loads.min(), let most = loads.max() else { return nil }
    let rest = zip(curve, loads).map { (images: $0.images, seconds: $0.seconds - $1) }
    guard rest.allSatisfy({ $0.seconds > 0 }), GrowthFit.nearest(to: rest) == .linear else { return nil }
    return "Of it \(Quantity.seconds(least)) to \(Quantity.seconds(most)) load the model; what is left is a straight line."
  }

  /// Whether it is the fewest images alone that bend a curve: they take what a question takes whatever its size, and find all they read in the caches.
  private static func fewest(bending curve: [Fig8Curves.CurvePoint]) -> String? {
    for left in 1..<max(1, curve.count - 2) {
      let rest = Array(curve.dropFirst(left))
      if GrowthFit.nearest(to: rest) == .linear {
        return
          "From \(Quantity.grouped(Int(rest[0].images))) images on it is a straight line: the bend is where it takes \(Quantity.seconds(curve[0].seconds)) to \(Quantity.seconds(rest[0].seconds))."
      }
    }
    return nil
  }

  /// As in the paper: at layer 1 re-running overtakes reading as the examples become more, or is ahead from the fewest on; elsewhere reading is faster
  /// always. A scale with fewer examples than the paper's crossing is judged by where the lines through the points meet.
  private static func crossing(_ scheme: NamedScheme, _ id: String, _ stored: String, source: String) -> Claim {
    Claim(
      id,
      "\(stored), re-running overtakes reading at layer 1, within the examples measured or, on the straight lines through them, the paper's 50,000, and nowhere else: deeper "
        + "layers are read faster at every number of examples",
      source: source, scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try readings(table, scheme).flatMap { reading in
            try Fig8ReadVersusRerun.layers.map { layer in
              let verdict = try crossing(table, scheme, layer, reading)
              let inGzip = scheme.name == NamedScheme.pool2.name ? NamedScheme.pool2Gzip : .fullGzip
              guard layer == 1, scheme.name != inGzip.name, try Fig8Curves.has(table, inGzip, reading.metric),
                let last = try Fig8Curves(table, inGzip, layer, reading: reading.metric).ratios.last
              else { return verdict }
              return verdict.because(
                "\(inGzip.words.first!.uppercased() + inGzip.words.dropFirst()), the paper's codec, re-running takes \(Quantity.ratio(last.value)) the time of reading "
                  + "\(reading.words) at \(Quantity.plain(last.images)) images.")
            }
          })
      })
  }

  /// Reading layer 1 as the paper's store does.
  private static let firstLayerInGzip = Claim(
    "fig8.cross-at-layer-1-pool2-gzip",
    "Stored under pool(2) with gzip, the paper's scheme and codec, re-running overtakes reading at layer 1, within the examples measured or, on the straight lines through them, the paper's 50,000",
    source: "section 8.3, figure 8: near 10,000 examples", scales: [.ci, .small, .paper],
    judge: { table in
      guard try Fig8Curves.has(table, .pool2Gzip) else { throw NotMeasured("reads of pool(2) in gzip") }
      return .all(
        try readings(table, .pool2Gzip).map { reading in
          try crossing(table, .pool2Gzip, 1, reading).because(perImage(table, .pool2Gzip, 1, reading))
        })
    })

  /// What an image takes at the most images, each way, beside the paper's.
  private static func perImage(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int, _ reading: Reading) throws -> String {
    let curves = try Fig8Curves(table, scheme, layer, reading: reading.metric)
    let (read, rerun) = (curves.read.last!, curves.rerun.last!)
    let theirs = Fig8Figure.paper[layer]!
    func each(_ seconds: Double, of images: Double) -> String { Quantity.seconds(seconds / images) }
    return
      "\(reading.words.capitalized), an image is read in \(each(read.seconds, of: read.images)) and re-run in \(each(rerun.seconds, of: rerun.images)); in the paper it is read in "
      + "\(each(theirs.read, of: papersExamples)) and re-run in \(each(theirs.rerun, of: papersExamples))."
  }

  private typealias Reading = (metric: String, words: String)

  /// Warm, and cold where the rows have it.
  private static func readings(_ table: MeasurementTable, _ scheme: NamedScheme) throws -> [Reading] {
    [(Fig8Curves.warm, "warm")] + (try Fig8Curves.has(table, scheme, Fig8Curves.cold) ? [(Fig8Curves.cold, "cold")] : [])
  }

  /// Whether re-running overtakes reading at layer 1, or reading is faster at a deeper one.
  private static func crossing(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int, _ reading: Reading) throws -> ClaimVerdict {
    let curves = try Fig8Curves(table, scheme, layer, reading: reading.metric)
    let ratios = curves.ratios
    let overtakes = curves.crossings.count <= 1 && (ratios.last!.value < 1 || curves.meeting.map { $0 <= papersExamples } ?? false)
    let remark: String? =
      if layer == 1 || !curves.crossings.isEmpty {
        "Layer \(layer), \(reading.words): \(curves.words)"
          + (curves.meeting.map { "; the lines meet at \(Quantity.plain($0.rounded())) images." } ?? "; the lines do not meet.")
      } else { nil }
    return ClaimVerdict(
      holds: layer == 1 ? overtakes : ratios.allSatisfy { $0.value > 1 },
      evidence: [ratios[0], ratios.last!].map {
        .init(name: "layer \(layer), re-run / \(reading.words) read at \(Quantity.plain($0.images)) images", value: $0.value)
      }, remark: remark)
  }

  /// Figure 8 draws the predictions of both ways, not of the chosen one alone.
  private static let bothPredicted = Claim(
    "fig8.both-ways-predicted",
    "Reading and re-running are each predicted within a factor of 2 for at least 95 % of the points, chosen or not",
    source: "beyond the paper, whose figure 8 draws both", scales: [.ci, .small, .paper],
    judge: { table in
      .all(
        try [("read", "readSeconds", "predictedReadSeconds"), ("re-run", "rerunSeconds", "predictedRerunSeconds")].map {
          way, measured, predicted in
          var missed: [String] = []
          var count = 0
          for scheme in try schemes(table) {
            for layer in Fig8ReadVersusRerun.layers(under: scheme) {
              for images in try Fig8Curves.steps(table, scheme, layer) {
                let place: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer, "images": images]
                count += 1
                if try !PlanQuality.isWithin2x(table.median(predicted, where: place), of: table.median(measured, where: place)) {
                  missed.append("\(scheme.name) layer \(layer), \(images) images")
                }
              }
            }
          }
          let share = 1 - Double(missed.count) / Double(count)
          return ClaimVerdict(
            holds: share >= 0.95, evidence: [.init(name: "\(way), share within a factor of 2", value: share)],
            remark: missed.isEmpty ? nil : "\(way) missed: \(missed.prefix(5).joined(separator: "; "))\(missed.count > 5 ? "; ..." : "").")
        })
    })

  static let keyFigures = [
    KeyFigure("layer 1, pool(2) / full / gzip / pool(2) gzip") { table in
      try schemes(table).map { try Fig8Curves(table, $0, 1).words }.joined(separator: " / ")
    }
  ]
}
