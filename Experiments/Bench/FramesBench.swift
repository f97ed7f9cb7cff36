import ExperimentKit
import Foundation
import MistiqueStorage

/// The four questions of a layout under frames of several sizes: why frames are as large as they are.
struct FramesBench {
  let storage: StorageBench
  let report: BenchReport

  private static let kilobytes = [16, 32, 64, 128, 256]

  func run() throws {
    guard let array = storage.arrays.first(where: { $0.name == "layer1" }) else { return }
    report.say("Frames of several sizes, \(array.name)")
    for kilobytes in Self.kilobytes {
      var options = DataStore.Options()
      options.layout.slicedFrameBytes = kilobytes << 10
      options.layout.sharedFrameBytes = kilobytes << 10
      let logged = try storage.log([array], options: .init(deduplicates: true, codec: .automatic), store: options)
      report.record("frames", "\(kilobytes)kb.bytes", Double(logged.commit.fileBytes), unit: "B")
      for partition in logged.commit.partitions { _ = try logged.store.file(partition.id) }
      for kind in ReadPattern.Kind.allCases {
        report.record("frames", "\(kilobytes)kb.\(kind.rawValue)_seconds", try seconds(kind, array, logged), unit: "s")
      }
    }
  }

  private func seconds(_ kind: ReadPattern.Kind, _ array: BenchArray, _ logged: StorageBench.Logged) throws -> Double {
    let manifest = try logged.manifest(0)
    let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: array.rows * array.matrix.columns)
    defer { target.deallocate() }
    target.initialize(repeating: 0)
    var repetition = 0
    return try measure(repetitions: max(9, storage.repetitions)) {
      let pattern = ReadPattern(kind, of: array, repetition: repetition)
      repetition += 1
      let columns = pattern.columns(of: array)
      let rows = pattern.selection.map { RowSelection.positions($0) } ?? .all
      let count = rows.count(of: array.rows) * columns.reduce(0) { $0 + $1.count }
      try logged.store.readMaps(
        manifest, columns: columns, rows: rows, into: UnsafeMutableBufferPointer(rebasing: target[..<count]), counters: ReadCounters())
    }.median
  }
}
