import ExperimentKit
import Foundation
import TabularPipelines

extension Settings {
  /// What an experiment on Zillow tables takes, from what it takes on the generated tables of every scale.
  ///
  /// With real tables a scale runs on as many properties as they have, at most its own, and on their sales: costs are interpolated by the records
  /// of both. Tables that cannot be counted leave the scale's own estimate; the run then says what is wrong with them.
  func pipelineCosts(_ measured: [ExperimentKit.Scale: Cost]) -> [ExperimentKit.Scale: Cost] {
    guard let directory = realTables, let total = try? ZillowFiles.count(files(in: directory), cacheDirectory: cacheDirectory) else {
      return measured
    }
    let points = measured.map { (records: PipelineWorkload.Size($0).records, cost: $1) }.sorted { $0.records < $1.records }
    return Dictionary(
      uniqueKeysWithValues: measured.keys.map { scale in
        let properties = min(total.properties, PipelineWorkload.Size(scale).properties)
        let sales = Double(total.sales) * Double(properties) / Double(max(1, total.properties))
        return (scale, Cost.interpolated(points, at: Double(properties) + sales))
      })
  }

  private func files(in directory: URL) -> [URL] { ZillowFiles.names.map { directory.appendingPathComponent($0) } }
}

extension Cost {
  /// On the straight line between the two points around `records`; in proportion beyond the last, and the first's before it, where what does not
  /// depend on records is most of it.
  static func interpolated(_ points: [(records: Double, cost: Cost)], at records: Double) -> Cost {
    guard let first = points.first, let last = points.last, records > first.records else { return points.first?.cost ?? .none }
    guard records < last.records else { return last.cost.scaled(by: records / last.records) }
    let upper = points.firstIndex { $0.records >= records } ?? points.count - 1
    let (low, high) = (points[upper - 1], points[upper])
    let share = (records - low.records) / (high.records - low.records)
    return low.cost.scaled(by: 1 - share).added(high.cost.scaled(by: share))
  }

  private static let none = Cost(seconds: 0, diskBytes: 0, memoryBytes: 0)

  private func scaled(by factor: Double) -> Cost {
    Cost(
      seconds: seconds * factor, diskBytes: Int64(clampingRounded: Double(diskBytes) * factor),
      memoryBytes: Int64(clampingRounded: Double(memoryBytes) * factor))
  }

  private func added(_ other: Cost) -> Cost {
    Cost(seconds: seconds + other.seconds, diskBytes: diskBytes + other.diskBytes, memoryBytes: memoryBytes + other.memoryBytes)
  }
}

extension Int64 {
  /// Of a number that is not negative; the largest where it is larger.
  fileprivate init(clampingRounded value: Double) { self = value < 0x1p62 ? Int64(value.rounded()) : 1 << 62 }
}
