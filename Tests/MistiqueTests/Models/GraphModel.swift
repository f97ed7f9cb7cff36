import Foundation
import Mistique
import TestSupport

/// A model over a random graph of stages, with layers or with frames, that starts from whatever it is given. Each value follows from the values of
/// its row in all that its stage reads, so that a wrong start changes every answer after it.
final class GraphModel: ExecutableModel {
  static let kind = "graph-model"

  struct Plan: Codable {
    let rows: Int
    let hasFrames: Bool
    let stages: [Stage]
  }

  let plan: Plan
  var specification: String { String(decoding: try! JSONEncoder().encode(plan), as: UTF8.self) }
  var stages: [Stage] { plan.stages }

  init(_ plan: Plan) { self.plan = plan }

  convenience init(restoring stored: StoredModel) throws {
    self.init(try JSONDecoder().decode(Plan.self, from: Data(stored.specification.utf8)))
  }

  /// Two to seven stages of one or two intermediates each, which read some of those before.
  convenience init(_ random: inout SeededRandom, hasFrames: Bool) {
    var names: [String] = []
    var stages: [Stage] = []
    for place in 0..<Int.random(in: 2...7, using: &random) {
      let outputs = (0...Int.random(in: 0...1, using: &random)).map { "stage \(place).\($0)" }
      var reads = names.filter { _ in random.unit() < 0.35 }
      if place > 0, reads.isEmpty, random.unit() < 0.8 { reads = [names.last!] }
      let producers = stages.indices.filter { stages[$0].outputs.contains(where: reads.contains) }
      stages.append(Stage(name: "stage \(place)", inputs: producers, outputs: outputs, reads: reads))
      names += outputs
    }
    self.init(Plan(rows: Int.random(in: 1...2200, using: &random), hasFrames: hasFrames, stages: stages))
  }

  func transformers() -> [StoredTransformer] { [] }

  /// Columns of an intermediate: 1 to 12, by its name.
  static func schema(_ name: String) -> IntermediateSchema {
    let sum = name.utf8.reduce(0) { $0 + Int($1) }
    return .maps(channels: 1 + sum % 3, height: 1 + sum % 2, width: 1 + sum / 3 % 2)
  }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    var ids = (0..<Int64(plan.rows)).map { $0 }
    if case .ids(let some) = request.rows, !plan.hasFrames { ids = Set(some).filter { (0..<Int64(plan.rows)).contains($0) }.sorted() }
    var needed = request.intermediates
    var run: [Int] = []
    for place in stages.indices.reversed() where stages[place].outputs.contains(where: needed.contains) {
      run.insert(place, at: 0)
      needed.formUnion(stages[place].reads!.filter { !request.available.names.contains($0) })
    }
    let size = plan.hasFrames ? max(1, ids.count) : 100
    for start in stride(from: 0, to: ids.count, by: size) {
      if request.isCancelled() { throw CancellationError() }
      let batch = ids[start..<min(start + size, ids.count)]
      var known: [String: [Float]] = [:]
      for place in run {
        for name in stages[place].reads! where known[name] == nil { known[name] = try taken(name, batch, request.available) }
        for (output, name) in stages[place].outputs.enumerated() {
          known[name] = values(of: name, output, place, batch, known)
          if request.intermediates.contains(name) { try hand(known[name]!, name, batch, to: emit) }
        }
      }
    }
    let batches = (ids.count + size - 1) / size
    return run.map {
      plan.hasFrames
        ? StageMeasurement(stage: $0, seconds: 0.02) : StageMeasurement(stage: $0, seconds: 0.02, batches: batches, rowsPerBatch: size)
    }
  }

  private func taken(_ name: String, _ ids: ArraySlice<Int64>, _ available: AvailableIntermediates) throws -> [Float] {
    guard plan.hasFrames else {
      var values: [Float] = []
      try available.maps(name, rows: ids) { values = Array($0) }
      return values
    }
    let frame = try available.frame(name)
    let columns = frame.columns.map { column -> [Float] in
      guard case .float32(let values) = column.values else { preconditionFailure("frames are of float32") }
      return values
    }
    return (0..<ids.count).flatMap { row in columns.map { $0[row] } }
  }

  private func values(
    of name: String, _ output: Int, _ place: Int, _ ids: ArraySlice<Int64>, _ known: [String: [Float]]
  ) -> [Float] {
    let width = Self.schema(name).columnCount
    return ids.enumerated().flatMap { row, id in
      var base = Float(place) + Float(output) * 0.5
      if stages[place].reads!.isEmpty { base += Float(id) * 0.37 }
      for (weight, read) in stages[place].reads!.enumerated() {
        let width = Self.schema(read).columnCount
        for value in known[read]![row * width..<(row + 1) * width] { base += value * (1.25 + Float(weight)) }
      }
      // Some values repeat, some are zero, as activations are.
      return (0..<width).map { max(0, (base * (1 + Float($0))).remainder(dividingBy: 7.5)) }
    }
  }

  private func hand(
    _ values: [Float], _ name: String, _ ids: ArraySlice<Int64>, to emit: (String, IntermediateRows) throws -> Void
  ) throws {
    let schema = Self.schema(name)
    let rows = EmittedRows(values, ids, columnCount: schema.columnCount)
    try plan.hasFrames ? emit(name, rows.frame()) : rows.withMaps(schema) { try emit(name, $0) }
  }
}
