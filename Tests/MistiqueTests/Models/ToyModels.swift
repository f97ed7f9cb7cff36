import Foundation
import Mistique

/// A chain of layers whose values follow from one stored number: small enough to know every answer.
final class ToyNetwork: ExecutableModel {
  static let kind = "toy-network"
  let specification: String
  let stages: [Stage]
  let rows: Int
  let weight: Float
  /// Throws after this many rows, as a model that fails in the middle does.
  let failsAfterRows: Int?
  static let schema = IntermediateSchema.maps(channels: 4, height: 2, width: 3)

  init(rows: Int, weight: Float, failsAfterRows: Int? = nil) {
    self.rows = rows
    self.weight = weight
    self.failsAfterRows = failsAfterRows
    specification = "\(rows)"
    stages = (0..<3).map { Stage(name: "stage \($0)", inputs: $0 == 0 ? [] : [$0 - 1], outputs: ["layer\($0)"]) }
  }

  convenience init(restoring stored: StoredModel) throws {
    guard let bytes = stored.transformer("weight"), let rows = Int(stored.specification) else { throw ToyFailure.damaged }
    self.init(rows: rows, weight: bytes.withUnsafeBytes { $0.loadUnaligned(as: Float.self) })
  }

  func transformers() -> [StoredTransformer] { [StoredTransformer(name: "weight", bytes: withUnsafeBytes(of: weight) { Array($0) })] }

  static func value(layer: Int, row: Int64, column: Int, weight: Float) -> Float {
    layer == 0 ? Float(row % 50) : max(0, sin(Float(row) * 0.7 + Float(column)) * weight * Float(layer))
  }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    let ids: [Int64]
    if case .ids(let some) = request.rows {
      ids = Set(some).filter { (0..<Int64(rows)).contains($0) }.sorted()
    } else {
      ids = Array(0..<Int64(rows))
    }
    let last = (0..<3).last { request.intermediates.contains("layer\($0)") } ?? 0
    for start in stride(from: 0, to: ids.count, by: 16) {
      let batch = Array(ids[start..<min(start + 16, ids.count)])
      if let failsAfterRows, start >= failsAfterRows { throw ToyFailure.asked }
      for layer in 0...last where request.intermediates.contains("layer\(layer)") {
        let width = Self.schema.columnCount
        let values = batch.flatMap { row in (0..<width).map { Self.value(layer: layer, row: row, column: $0, weight: weight) } }
        let rowIDs = batch.last! - batch[0] == Int64(batch.count - 1) ? RowIDs.range(batch[0]..<batch.last! + 1) : .list(batch)
        try values.withUnsafeBufferPointer { try emit("layer\(layer)", .maps($0, rowIDs: rowIDs, schema: Self.schema)) }
      }
    }
    return (0...last).map { StageMeasurement(stage: $0, seconds: 0.01, batches: (ids.count + 15) / 16, rowsPerBatch: 16) }
  }
}

enum ToyFailure: Error { case damaged, asked }

/// Two frames: a table, and the rows of it that a filter keeps, with one column changed.
final class ToyPipeline: ExecutableModel {
  static let kind = "toy-pipeline"
  let specification: String
  let shift: Double
  let stages = [Stage(name: "read", inputs: [], outputs: ["table"]), Stage(name: "filter", inputs: [0], outputs: ["kept rows"])]

  init(shift: Double) {
    self.shift = shift
    specification = "\(shift)"
  }

  func transformers() -> [StoredTransformer] { [] }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    let rows = 2500
    let table = DataFrame(
      rowIDs: .first(rows),
      columns: [
        ("price", Column(.float64((0..<rows).map { Double($0) * 1.5 }))),
        ("city", Column(.text(TextValues((0..<rows).map { "c\($0 % 9)" })))),
      ])
    if request.intermediates.contains("table") { try emit("table", .frame(table)) }
    guard request.intermediates.contains("kept rows") else { return [StageMeasurement(stage: 0, seconds: 0.02)] }
    let kept = table.gather((0..<rows).filter { $0 % 3 != 0 })
    let shifted = Column(.float64(kept["price"]!.doubles!.map { $0 + shift }))
    try emit("kept rows", .frame(DataFrame(rowIDs: kept.rowIDs, columns: [("price", shifted), ("city", kept["city"]!)])))
    return [StageMeasurement(stage: 0, seconds: 0.02), StageMeasurement(stage: 1, seconds: 0.01)]
  }
}

extension IntermediateStore {
  /// A store that can restore the toys.
  static func withToys(at url: URL) throws -> IntermediateStore {
    let store = try IntermediateStore(at: url)
    store.register(kind: ToyNetwork.kind) { try ToyNetwork(restoring: $0) }
    store.register(kind: ToyPipeline.kind) { ToyPipeline(shift: Double($0.specification)!) }
    return store
  }
}
