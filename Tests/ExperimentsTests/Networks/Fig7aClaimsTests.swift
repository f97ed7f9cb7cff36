import ConvolutionalNetworks
import ExperimentKit
import Testing

@testable import experiments

/// Figure 7a's claims over rows that nobody measured, and the bits of batches.
@Suite struct Fig7aClaimsTests {
  /// Seconds with loading, by layer and batch.
  private func rows(
    batches: [Int] = [10, 100, 1_000], loading: Double = 0.1,
    seconds: (Int, Int) -> Double = { layer, batch in (10 + Double(layer)) * (batch == 10 ? 40 : 1) },
    digest: (Int, Int) -> Int = { layer, _ in layer }
  ) throws -> MadeUpRows {
    var rows = try MadeUpRows(Fig7aRerunCost.parameters)
    for batch in batches {
      for layer in Fig7aRerunCost.layers {
        let place: MeasurementTable.Parameters = ["layer": layer, "batch": batch]
        try rows.add("rerunSeconds", [seconds(layer, batch)], at: place)
        try rows.add("loadSeconds", [loading], at: place)
        try rows.addCount("activationDigest", digest(layer, batch), at: place)
        try rows.addCount("images", 1_000, at: place)
        try rows.add("megaflopsPerImage", [Double(layer)], at: place)
      }
    }
    return rows
  }

  private func outcome(_ rows: MadeUpRows, _ id: String, at scale: ExperimentKit.Scale = .small) throws -> ClaimResult.Outcome {
    try rows.outcome(of: Fig7aClaims.all, id, at: scale)
  }

  @Test("The cost must grow with depth at every batch of 100 and more, a tenth of noise apart; batches of 10 are not judged")
  func depth() throws {
    let id = "fig7a.grows-with-depth"
    #expect(try outcome(rows(), id) == .holds && outcome(rows(), id, at: .smoke) == .notApplicable)
    #expect(try outcome(rows { layer, batch in batch == 10 ? 30 - Double(layer) : Double(layer) }, id) == .holds)
    #expect(try outcome(rows { layer, _ in layer == 19 ? 20.4 : Double(layer) }, id) == .holds)
    #expect(try outcome(rows { layer, batch in batch == 1_000 && layer == 19 ? 24 : Double(layer) }, id) == .doesNotHold)
    #expect(try outcome(rows { _, _ in 5 }, id) == .doesNotHold, "equal everywhere")
  }

  @Test("Batches of 10 must be the slowest at every layer, loading included")
  func slowest() throws {
    let id = "fig7a.batch-10-slowest"
    #expect(try outcome(rows(), id) == .holds && outcome(rows(batches: [10, 100]), id) == .holds)
    #expect(try outcome(rows { layer, batch in batch == 100 && layer == 6 ? 1_000 : batch == 10 ? 40 : 1 }, id) == .doesNotHold)
    #expect(try outcome(rows(), id, at: .ci) == .notApplicable, "few images do not make up for the memory of large batches")
  }

  @Test("33 times is the paper's factor, at every layer, and needs batches of 1,000")
  func factor() throws {
    let id = "fig7a.batch-10-33x"
    #expect(try outcome(rows(), id) == .holds)
    #expect(try outcome(rows { layer, batch in batch == 10 ? layer == 21 ? 32 : 40 : 1 }, id) == .doesNotHold)
    #expect(try outcome(rows(batches: [10, 100]), id, at: .ci) == .notApplicable)
    #expect(try rows(batches: [10, 100]).judge(Fig7aClaims.all, id).outcome == .error, "no row of batches of 1,000")
  }

  @Test("One layer with other bits at one batch size is found, and a single batch size proves nothing")
  func bits() throws {
    let id = "fig7a.bits-do-not-depend-on-batches"
    #expect(try outcome(rows(), id) == .holds)
    #expect(try outcome(rows(digest: { layer, batch in layer == 16 && batch == 100 ? 0 : layer }), id) == .doesNotHold)
    #expect(try outcome(rows(batches: [10]), id) == .doesNotHold)
  }

  @Test("The figure is drawn with the batches that there are, and names those that are left out")
  func figure() throws {
    let chart = try Fig7aFigure.chart(rows(batches: [10, 100]).table)
    #expect(chart.notes.joined().contains("Batches of 1,000 and of 10,000 are left out") && chart.title.contains("1,000 images"))
    #expect(try !Fig7aFigure.chart(rows(batches: Fig7aRerunCost.batches).table).notes.joined().contains("left out"))
    for figure in Fig7aClaims.keyFigures { #expect(try !figure.text(rows().table).isEmpty) }
  }

  @Test("An image's activations have the same bits in batches of 10, 64 and 1,000")
  func batchesOfThousand() throws {
    let description = ImageWorkload.Network.vgg16.description(.smoke)
    let weights = try Checkpoint.initial(for: description, seed: 7)
    let images = GeneratedImages(seed: 3).images(count: 1_000)
    let digests = try [10, 64, 1_000].map { batch in
      let network = try InferenceNetwork(description, weights: weights, batchSize: batch)
      return try [3, 21].map { layer in
        var digest = ActivationDigest()
        try network.forward(images, rows: Array(0..<1_000), wanted: [layer]) { _, _, values in digest.take(values) }
        return digest.value
      }
    }
    #expect(digests[0] == digests[1] && digests[1] == digests[2] && digests[0][0] != digests[0][1])
  }
}
