import ExperimentKit
import Foundation
import TestSupport
import Testing

@testable import experiments

/// Figure 8: its curves and claims over rows that nobody measured, and a run at scale smoke.
@Suite struct Fig8ReadVersusRerunTests {
  private static let parameters = ["scheme", "layer", "images"]
  private static let steps = [100, 1_000, 2_000]

  /// Straight lines: re-running takes a fixed time and a part that grows with the layer, reading `readPerImage` of each image.
  private func rows(
    readPerImage: (NamedScheme, Int) -> Double = { scheme, layer in
      scheme.name == NamedScheme.fullGzip.name && layer == 1 ? 0.001 : 0.0001
    }, rerunBend: Double = 0, chooses: (Double, Double) -> Double = { min($0, $1) }
  ) throws -> MadeUpRows {
    var rows = try MadeUpRows(Self.parameters)
    for scheme in Fig8ReadVersusRerun.schemes {
      for layer in Fig8ReadVersusRerun.layers(under: scheme) {
        for images in Self.steps {
          let read = readPerImage(scheme, layer) * Double(images)
          let rerun = 0.2 + 0.0002 * Double(layer) * Double(images) + (images == 1_000 ? rerunBend : 0)
          try rows.addQuestion(
            read: read, rerun: rerun, chosen: chooses(read, rerun), at: ["scheme": scheme.name, "layer": layer, "images": images])
        }
      }
    }
    return rows
  }

  private func outcome(_ rows: MadeUpRows, _ id: String, at scale: ExperimentKit.Scale = .small) throws -> ClaimResult.Outcome {
    try rows.outcome(of: Fig8Claims.all, id, at: scale)
  }

  @Test("A crossing is interpolated between the two numbers of images beside it")
  func crossing() throws {
    let curves = try Fig8Curves(rows().table, .fullGzip, 1)
    // 0.001 n = 0.2 + 0.0002 n
    #expect(curves.crossings.count == 1 && abs(curves.crossings[0] - 250) < 1e-9)
    #expect(curves.words == "crossing at 250 images")
    #expect(try Fig8Curves(rows().table, .pool2, 1).words == "read faster throughout")
    #expect(try Fig8Curves(rows(readPerImage: { _, _ in 1 }).table, .pool2, 1).words == "re-run faster throughout")
  }

  @Test("A curve that grows by a power of the images is nearest to that power, with and without a fixed part", arguments: [0, 0.001, 1])
  func growth(fixed: Double) {
    for scale in [ExperimentKit.Scale.small, .paper] {
      for (power, slope) in [(GrowthFit.Power.squareRoot, 0.1), (.linear, 0.01), (.square, 0.001)] {
        let curve = Fig8ReadVersusRerun.steps(scale).map {
          (images: Double($0), seconds: fixed + slope * pow(Double($0), power.rawValue))
        }
        #expect(GrowthFit.nearest(to: curve) == power, "\(scale), \(power)")
        #expect(GrowthFit(power, to: curve).furthest < 1e-9)
      }
    }
  }

  @Test("A curve that does not grow, or falls, is as near to a line as to any other: linear")
  func flat() {
    #expect(GrowthFit.nearest(to: [(1, 3), (2, 3), (4, 3)]) == .linear)
    let falling: [Fig8Curves.CurvePoint] = [(1, 4), (2, 2), (4, 1)]
    #expect(GrowthFit.nearest(to: falling) == .linear && GrowthFit(.linear, to: falling).furthest > 0.4)
  }

  @Test("Re-running must overtake reading at layer 1 alone")
  func crossingClaims() throws {
    #expect(try outcome(rows(), "fig8.cross-at-layer-1-only-gzip") == .holds)
    #expect(try outcome(rows(), "fig8.cross-at-layer-1-only") == .doesNotHold, "pool(2) is read faster always")
    #expect(try outcome(rows(readPerImage: { _, layer in layer == 1 ? 0.001 : 0.0001 }), "fig8.cross-at-layer-1-only") == .holds)
    #expect(try outcome(rows(readPerImage: { _, layer in layer <= 6 ? 0.002 : 0.0001 }), "fig8.cross-at-layer-1-only") == .doesNotHold)
    #expect(
      try outcome(rows(readPerImage: { _, layer in layer == 1 ? 0.1 : 0.0001 }), "fig8.cross-at-layer-1-only") == .holds, "ahead always")
    #expect(try outcome(rows(), "fig8.cross-at-layer-1-only-full") == .doesNotHold)
    // 0.00025 n = 0.2 + 0.0002 n at 4,000 images, twice as many as there are; and 0.0001 n never comes to 0.2 + 0.0002 n.
    let later = try rows(readPerImage: { _, layer in layer == 1 ? 0.00025 : 0.0001 })
    #expect(try outcome(later, "fig8.cross-at-layer-1-only") == .holds)
    let meeting = try #require(try Fig8Curves(later.table, .pool2, 1).meeting)
    #expect(try abs(meeting - 4_000) < 1e-6 && Fig8Curves(rows().table, .pool2, 1).meeting == nil)
    #expect(try later.judge(Fig8Claims.all, "fig8.cross-at-layer-1-only").remark?.contains("the lines meet at 4000 images") == true)
    #expect(try outcome(rows(), "fig8.cross-at-layer-1-only", at: .smoke) == .notApplicable)
  }

  @Test("Under pool(2) with gzip layer 1 alone is judged, cold reads too, and rows of before that have none are left out")
  func inGzip() throws {
    let id = "fig8.cross-at-layer-1-pool2-gzip"
    #expect(try outcome(rows(), id) == .doesNotHold && outcome(rows(readPerImage: { _, _ in 0.001 }), id) == .holds)
    // Cold reads never come to what a re-run takes.
    var cold = try MadeUpRows(Self.parameters)
    for images in Self.steps {
      let place: MeasurementTable.Parameters = ["scheme": NamedScheme.pool2Gzip.name, "layer": 1, "images": images]
      let rerun = 0.2 + 0.0002 * Double(images)
      try cold.addQuestion(read: 0.001 * Double(images), cold: 0.0001 * Double(images), rerun: rerun, chosen: rerun, at: place)
    }
    #expect(try outcome(cold, id) == .doesNotHold)
    let without = try MadeUpRows(Self.parameters)
    let absent = try without.judge(Fig8Claims.all, id, at: .paper)
    #expect(try absent.outcome == .notApplicable && !Fig8Curves.has(without.table, .pool2))
    #expect(absent.remark == "Not judged: reads of pool(2) in gzip are not among these rows.")
    let remark = try rows().judge(Fig8Claims.all, id).remark
    #expect(
      remark?.contains("Warm, an image is read in 100 µs and re-run in 300 µs; in the paper it is read in 324 µs") == true,
      "\(remark ?? "")")
  }

  @Test("Bent curves are not linear")
  func linear() throws {
    #expect(try outcome(rows(), "fig8.linear") == .holds)
    #expect(try outcome(rows(), "fig8.linear-otherwise") == .holds)
    for id in ["fig8.linear", "fig8.linear-otherwise"] {
      let verdict = try rows(rerunBend: 10).judge(Fig8Claims.all, id)
      #expect(verdict.outcome == .doesNotHold && verdict.remark?.contains("re-run: nearer to the square root of the examples") == true)
      #expect(verdict.remark?.contains(Claim.noCause) == true, "three numbers of images say no more")
    }
  }

  @Test(
    "A read that is bent by whole RowBlocks has that as its cause, a re-run that loading bends has that, and neither without rows that show it"
  )
  func bends() throws {
    func remark(frames: [Int], loads: [Double]) throws -> String {
      var rows = try MadeUpRows(Self.parameters)
      for scheme in Fig8ReadVersusRerun.schemes {
        for layer in Fig8ReadVersusRerun.layers(under: scheme) {
          for (place, images) in Self.steps.enumerated() {
            let at: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer, "images": images]
            let isBent = scheme.name == NamedScheme.pool2.name && layer == 6
            let read = isBent ? [0.001, 0.001, 0.002][place] : 0.0001 * Double(images)
            let rerun = 0.2 + 0.00002 * Double(images) + (isBent ? [0, 0.015, 0][place] : 0)
            try rows.addQuestion(read: read, rerun: rerun, chosen: read, at: at)
            if place < frames.count { try rows.add("framesDecoded", [Double(frames[place])], at: at) }
            if place < loads.count { try rows.add("loadSeconds", [loads[place]], at: at) }
          }
        }
      }
      let verdict = try rows.judge(Fig8Claims.all, "fig8.linear")
      #expect(verdict.outcome == .doesNotHold)
      return verdict.remark ?? ""
    }
    let steps = "A frame holds a whole RowBlock: reading 100 to 1,000 images decodes 128 frames, reading 2,000 256."
    let loading = "Of it 185 ms to 200 ms load the model; what is left is a straight line."
    let explained = try remark(frames: [128, 128, 256], loads: [0.185, 0.2, 0.185])
    #expect(explained.contains(steps) && explained.contains(loading) && !explained.contains(Claim.noCause), "\(explained)")
    let growing = try remark(frames: [16, 160, 320], loads: [0.185, 0.2, 0.185])
    #expect(!growing.contains(steps) && growing.contains(loading) && growing.contains(Claim.noCause), "\(growing)")
    let steady = try remark(frames: [128, 128, 256], loads: [0.185, 0.186, 0.185])
    #expect(steady.contains(steps) && !steady.contains(loading) && steady.contains(Claim.noCause), "\(steady)")
    #expect(try remark(frames: [], loads: []).contains(Claim.noCause))
  }

  @Test("A system that always reads fails what is claimed of the planner")
  func alwaysReading() throws {
    for id in ["fig8.rerun-taken-where-faster", "fig8.plan_regret"] {
      #expect(try outcome(rows(), id) == .holds)
      #expect(try outcome(rows(chooses: { read, _ in read }), id) == .doesNotHold, "\(id)")
    }
  }

  @Test("Both ways must be predicted, the one that is not taken too")
  func predictions() throws {
    var rows = try rows()
    #expect(try outcome(rows, "fig8.both-ways-predicted") == .holds)
    rows = try MadeUpRows(Self.parameters)
    for scheme in Fig8ReadVersusRerun.schemes {
      for layer in Fig8ReadVersusRerun.layers(under: scheme) {
        let place: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer, "images": 100]
        for (metric, value) in [("readSeconds", 1.0), ("predictedReadSeconds", 1), ("rerunSeconds", 3), ("predictedRerunSeconds", 1)] {
          try rows.add(metric, [value], at: place)
        }
      }
    }
    #expect(try outcome(rows, "fig8.both-ways-predicted") == .doesNotHold)
  }

  @Test("Figure 8 at scale smoke: more images decode more, full precision four times pool(2), and only the re-run runs stages")
  func smoke() throws {
    let program = ExperimentsProgram()
    let run = try program.start(["run", "8", "--scale", "smoke", "--repetitions", "1"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try program.records("smoke/fig8-read-vs-rerun")
    func value(_ metric: String, _ layer: Int, _ images: Int, _ scheme: String = "full") throws -> Double {
      try records.value(metric, ["scheme": scheme, "layer": "\(layer)", "images": "\(images)"])
    }
    let steps = Fig8ReadVersusRerun.steps(.smoke)
    for (fewer, more) in zip(steps, steps.dropFirst()) {
      #expect(try value("bytesDecoded", 1, fewer) < value("bytesDecoded", 1, more))
    }
    #expect(try value("bytesDecoded", 1, steps.last!) == 4 * value("bytesDecoded", 1, steps.last!, "pool(2)"))
    for layer in Fig8ReadVersusRerun.layers { #expect(try value("stagesRun", layer, steps[0]) == Double(layer + 1)) }
    // 64 images are fewer than a batch of 1,000, and the model is loaded anew.
    let place = ["scheme": "full", "layer": "21", "images": "64"]
    #expect(try records.value("batch", place) == 64 && records.value("loadSeconds", place) > 0)
    for metric in ["plan_regret", "predictions_within_2x"] { #expect(try records.value(metric) >= 0) }
    for figure in ["fig8-read-vs-rerun", "fig8-read-vs-rerun-full", "fig8-read-vs-rerun-gzip"] {
      #expect(FileManager.default.fileExists(atPath: program.folder.path + "/Results/runs/smoke/fig8-read-vs-rerun/\(figure).svg"))
    }
  }
}
