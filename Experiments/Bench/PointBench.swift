import ExperimentKit
import Foundation
import Mistique

/// POINTQ through the engine, warm: one neuron's map of one image, and one value of a pipeline's table.
///
/// Beside each time stands what the answer touched, which is the same on every machine.
struct PointBench {
  let images: ImageWorkload
  let pipelines: PipelineWorkload
  let scratch: URL
  let repetitions: Int
  let report: BenchReport

  /// The first convolution's activation, the last one's, and the logits.
  private static let layers = [2, 10, 17]
  /// The time of one is too short to be measured by itself.
  private static let questions = 200

  func run() throws {
    report.say("POINTQ, warm")
    try network()
    try pipeline()
    let lock = FloorLock(in: scratch)
    let seconds = try measure(repetitions: max(5, repetitions)) { for _ in 0..<Self.questions { try lock.takeAndRelease() } }.median
    report.record("point", "readers_lock_seconds", seconds / Double(Self.questions), unit: "s")
  }

  private func network() throws {
    let last = ImageWorkload.checkpoints - 1
    let identity = images.identity(checkpoint: last)
    try withStore { store in
      images.register(in: store)
      try store.logIntermediates(of: try images.model(checkpoint: last), as: identity, policy: .dedup.asInPaper)
      for layer in Self.layers {
        let key = IntermediateKey(model: identity, intermediate: "layer\(layer)", column: "n3")
        try measurePoint("layer\(layer)", store, key) { .ids([Int64(17 + $0 * 37) % Int64(images.input.images.count)]) }
      }
    }
  }

  private func pipeline() throws {
    let pipeline = try pipelines.pipeline("P9_a")
    let identity = PipelineWorkload.identity(pipeline)
    try withStore { store in
      pipelines.register(in: store)
      try store.logIntermediates(of: pipelines.model(pipeline), as: identity, policy: .dedup.asInPaper)
      // As it was stored, derived from another column by filling its gaps, and by picking rows with ids of their own.
      for (name, column) in [
        ("avg", "lotsizesquarefeet_avg_by_regionidzip"), ("fill_unknown", "yearbuilt"), ("predict_test", "prediction"),
      ] {
        let key = IntermediateKey(model: identity, intermediate: name, column: column)
        let ids = try store.getIntermediates([key], plan: .read)[0].rowIDs
        try measurePoint("table_\(name)", store, key) { .ids([ids[(17 + $0 * 37) % ids.count]]) }
      }
    }
  }

  private func withStore(_ body: (IntermediateStore) throws -> Void) throws {
    let folder = scratch.appendingPathComponent("point")
    try? FileManager.default.removeItem(at: folder)  // left by a run that was stopped
    let store = try IntermediateStore(at: folder)
    try body(store)
    try store.close()
    try FileManager.default.removeItem(at: folder)
  }

  private func measurePoint(_ name: String, _ store: IntermediateStore, _ key: IntermediateKey, rows: (Int) -> RowRequest) throws {
    func ask(_ place: Int) throws -> IntermediateResult { try store.getIntermediates([key], rows: rows(place), plan: .read)[0] }
    let first = try ask(0)
    let seconds = try measure(repetitions: max(5, repetitions)) {
      for place in 0..<Self.questions { _ = try ask(place) }
    }.median
    report.record("point", "\(name)_seconds", seconds / Double(Self.questions), unit: "s")
    report.record("point", "\(name)_frames", Double(first.cost.framesDecoded), unit: "frames")
    report.record("point", "\(name)_decoded", Double(first.cost.bytesDecoded), unit: "B")
  }
}
