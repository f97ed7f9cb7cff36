import ExperimentKit
import Foundation

/// The four questions of a layout under frames of several sizes: why frames are as large as they are.
struct FramesBench {
  let storage: StorageBench
  let report: BenchReport

  private static let kilobytes = [16, 32, 64, 128, 256]

  func run() throws {
    guard let array = storage.arrays.first(where: { $0.name == "layer2" }) else { return }
    report.say("Frames of several sizes, \(array.name)")
    for kilobytes in Self.kilobytes {
      let logged = try storage.log([array], .init(), .init(frameBytes: kilobytes << 10))
      report.record("frames", "\(kilobytes)kb.bytes", Double(logged.fileBytes), unit: "B")
      try logged.openPartitions()
      for kind in ReadPattern.Kind.allCases {
        report.record("frames", "\(kilobytes)kb.\(kind.rawValue)_seconds", try seconds(kind, array, logged), unit: "s")
      }
    }
  }

  private func seconds(_ kind: ReadPattern.Kind, _ array: LayerArray, _ logged: FloorStore) throws -> Double {
    let stored = try logged.intermediate(0)
    let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: array.rows * array.matrix.columns)
    defer { target.deallocate() }
    target.initialize(repeating: 0)
    var repetition = 0
    return try measure(repetitions: max(9, storage.repetitions)) {
      let pattern = ReadPattern(kind, of: array, repetition: repetition)
      repetition += 1
      let columns = pattern.columns(of: array)
      let count = (pattern.selection?.count ?? array.rows) * columns.reduce(0) { $0 + $1.count }
      try stored.read(columns, rows: pattern.selection, into: UnsafeMutableBufferPointer(rebasing: target[..<count]))
    }.median
  }
}
