import Foundation
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

/// A network of one layer of values that a test gives, and one that is made of it.
final class GivenNetwork: ExecutableModel {
  static let kind = "given-network"
  let specification = "given"
  let stages = [Stage(name: "first", inputs: [], outputs: ["first"]), Stage(name: "second", inputs: [0], outputs: ["second"])]
  let schema: IntermediateSchema
  let ids: [Int64]
  let values: [Float]

  init(_ schema: IntermediateSchema, ids: [Int64], values: [Float]) { (self.schema, self.ids, self.values) = (schema, ids, values) }

  func transformers() -> [StoredTransformer] { [] }

  /// Of `first`, the next layer.
  static func second(_ value: Float) -> Float { value < 0 ? value * 0.5 : value + 1 }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    let width = schema.columnCount
    var places = Array(ids.indices)
    if case .ids(let asked) = request.rows {
      let wanted = Set(asked)
      places = places.filter { wanted.contains(ids[$0]) }
    }
    for start in stride(from: 0, to: places.count, by: 37) {
      let some = places[start..<min(start + 37, places.count)]
      let rowIDs = some.map { ids[$0] }
      var first: [Float] = []
      if request.available.names.contains("first") {
        try request.available.maps("first", rows: rowIDs[...]) { first = Array($0) }
      } else {
        first = some.flatMap { values[$0 * width..<($0 + 1) * width] }
      }
      for (name, values) in [("first", first), ("second", first.map(Self.second))] where request.intermediates.contains(name) {
        try values.withUnsafeBufferPointer { try emit(name, .maps($0, rowIDs: .list(rowIDs), schema: schema)) }
      }
    }
    return (0..<2).map { StageMeasurement(stage: $0, seconds: 0.01, batches: 1, rowsPerBatch: max(1, places.count)) }
  }
}

/// Everything that is asked of a ladder against an oracle that sorts and subtracts.
@Suite struct LadderOracleTests {
  private let folder = TemporaryDirectory("ladder-oracle")
  private static let identity = ModelIdentity(project: "t", name: "m")

  private static let schemas: [IntermediateSchema] = [
    .maps(channels: 1, height: 1, width: 1), .maps(channels: 5, height: 3, width: 3), .maps(channels: 70, height: 1, width: 1),
    .maps(channels: 2, height: 20, width: 20),
  ]

  private static func values(_ count: Int, _ random: inout SeededRandom) -> [Float] {
    let (kind, scale) = (
      Int.random(in: 0..<7, using: &random), Float(sign: .plus, exponent: Int.random(in: -30...30, using: &random), significand: 1)
    )
    let special: [Float] = [.nan, .infinity, -.infinity, -0.0, 0, .leastNonzeroMagnitude, -.leastNormalMagnitude, 3e38, -3e38]
    return (0..<count).map { _ in
      let normal = Float((0..<6).reduce(0.0) { sum, _ in sum + Double.random(in: -1...1, using: &random) }) * 0.7 * scale
      switch kind {
      case 0: return max(0, normal)
      case 1: return normal
      case 2: return -abs(normal)
      case 3: return Float(Int.random(in: -6...6, using: &random)) * scale * 0.3
      case 4: return Int.random(in: 0..<5000, using: &random) == 0 ? special.randomElement(using: &random)! : normal
      case 5: return Int.random(in: 0..<4, using: &random) == 0 ? special.randomElement(using: &random)! : normal
      default: return exp(normal / scale * 3) * scale
      }
    }
  }

  private func bits(_ values: [Float]) -> [UInt32] { values.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern } }

  @Test("Whatever the values: exact answers are, near ones are within their bound, candidates hold the answer", arguments: 0..<12)
  func everything(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let schema = Self.schemas[Int(seed) % Self.schemas.count]
    let width = schema.columnCount
    let rows = [1, 2, 40, 300, 1100][Int.random(in: 0..<5, using: &random)]
    let values = Self.values(rows * width, &random)
    var ids = (0..<Int64(rows)).map { seed % 3 == 0 ? $0 : $0 * 3 - 7 }
    if seed % 5 == 4 { ids.shuffle(using: &random) }
    let model = GivenNetwork(schema, ids: ids, values: values)
    let bound: QuantizationScheme.ErrorBound =
      Bool.random(using: &random)
      ? .relative([0.01, 0.2, 2][Int.random(in: 0..<3, using: &random)])
      : .absolute([1e-6, 0.05, 100][Int.random(in: 0..<3, using: &random)])
    var store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    func register() { store.register(kind: GivenNetwork.kind) { _ in model } }
    register()
    try store.logIntermediates(of: model, as: Self.identity, policy: .ladder(bound))
    let emitted = ["first": values, "second": values.map(GivenNetwork.second)]
    for step in 0..<3 {
      if step == 1 {
        try store.demote("first", of: Self.identity, to: bound)
      } else if step == 2 {
        try store.demote("second", of: Self.identity, to: bound)
        try store.close()
        if seed % 2 == 0 { _ = try IntermediateStore.repair(at: store.directory) }
        store = try IntermediateStore(at: store.directory)
        register()
      }
      #expect(try store.verify().isIntact)
      for (name, right) in emitted {
        let key = "t.m.\(name).*"
        let exact = try store.getIntermediates([key])[0]
        #expect(try exact.isExact && exact.rowIDs.array == ids && bits(#require(exact.matrix).withValues { Array($0) }) == bits(right))
        for wide in [bound, .absolute(3)] {
          let near = try store.getIntermediates([key], within: wide)[0]
          let error = try #require(near.errorBound)
          if case .absolute(let most) = wide { #expect(error <= most) }
          let found = try #require(near.matrix).withValues { Array($0) }
          let fits = zip(found, right).allSatisfy { a, b in
            a.bitPattern == b.bitPattern || a.isNaN && b.isNaN || abs(Double(a) - Double(b)) <= error
          }
          #expect(fits, "\(name) is not within \(wide)")
        }
        try ask(store, name, right, schema, ids, &random, "step \(step)")
      }
    }
  }

  /// All columns, a map, or a rectangle of it: as a key names them, and their places.
  private static func asked(
    _ channel: Int, _ channels: Int, _ height: Int, _ width: Int, _ random: inout SeededRandom
  ) -> (name: String, places: [Int]) {
    let place = height * width
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return ("*", Array(0..<channels * place))
    case 1: return ("n\(channel)", Array(channel * place..<(channel + 1) * place))
    default:
      let (top, left) = (Int.random(in: 0..<height, using: &random), Int.random(in: 0..<width, using: &random))
      let (bottom, right) = (Int.random(in: top..<height, using: &random), Int.random(in: left..<width, using: &random))
      let places = (top...bottom).flatMap { y in (left...right).map { channel * place + y * width + $0 } }
      return ("n\(channel)_\(top == bottom ? "\(top)" : "\(top)-\(bottom)")_\(left)-\(right)", places)
    }
  }

  private func ask(
    _ store: IntermediateStore, _ name: String, _ right: [Float], _ schema: IntermediateSchema, _ ids: [Int64],
    _ random: inout SeededRandom, _ when: String
  ) throws {
    let width = schema.columnCount
    guard case .maps(let channels, let height, let mapWidth) = schema else { return }
    let place = height * mapWidth
    for _ in 0..<6 {
      let channel = Int.random(in: 0..<channels, using: &random)
      let (column, columns) = Self.asked(channel, channels, height, mapWidth, &random)
      let key = "t.m.\(name).\(column)"
      let some = Bool.random(using: &random) ? ids : ids.filter { _ in Bool.random(using: &random) }
      let asked = Set(some)
      // What a model emits of no rows is its own matter.
      guard !some.isEmpty else { continue }
      let request: RowRequest = some.count == ids.count ? .all : .ids(some.shuffled(using: &random))
      let k = [1, 3, 10, 2000][Int.random(in: 0..<4, using: &random)]
      let smallest = Bool.random(using: &random)
      let score = RowScore.allCases.randomElement(using: &random)!
      let searched = ids.indices.filter { asked.contains(ids[$0]) }
      let lines = searched.map { row in columns.map { right[row * width + $0] } }
      let scores = lines.map { $0.withUnsafeBufferPointer { score.score($0) } }
      let ranked = searched.indices.filter { !scores[$0].isNaN }
        .sorted { scores[$0] != scores[$1] ? (smallest ? scores[$0] < scores[$1] : scores[$0] > scores[$1]) : $0 < $1 }.prefix(k)
      let found = try store.topRows([key], k: k, by: score, smallest: smallest, rows: request)
      #expect(
        found.rowIDs == ranked.map { ids[searched[$0]] } && found.scores == ranked.map { scores[$0] }, "\(when), \(key), \(score), \(k)")

      // Edges on scores themselves, between them and beyond them.
      let known = scores.filter(\.isFinite) + [0]
      let edges = Set((0..<5).map { _ in known.randomElement(using: &random)! * [1, 1, 0.7, 3].randomElement(using: &random)! }).filter(
        \.isFinite
      ).sorted()
      if edges.count > 1 {
        let counted = try store.distribution([key], edges: edges, by: score, rows: request)
        let numbers = scores.filter { !$0.isNaN }
        let last = edges.count - 2
        let counts = (0...last).map { bin in
          numbers.count { $0 >= edges[bin] && ($0 < edges[bin + 1] || bin == last && $0 == edges[bin + 1]) }
        }
        #expect(counted.counts == counts, "\(when), \(key), \(score), \(edges)")
        #expect(counted.below == numbers.count { $0 < edges[0] } && counted.above == numbers.count { $0 > edges[last + 1] })
        #expect(counted.withoutScore == scores.count - numbers.count && counted.rows == scores.count && counted.candidates <= scores.count)
      }

      guard let target = searched.indices.randomElement(using: &random) else { continue }
      let distances = lines.map { line in
        zip(line, lines[target]).reduce(0.0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
      }
      let nearest = searched.indices.filter { $0 != target && !distances[$0].isNaN }.sorted {
        distances[$0] != distances[$1] ? distances[$0] < distances[$1] : $0 < $1
      }.prefix(k)
      if let candidates = try store.neighbourCandidates([key], of: ids[searched[target]], k: k, rows: request) {
        let held = Set(candidates.rowIDs)
        #expect(nearest.allSatisfy { held.contains(ids[searched[$0]]) }, "\(when), \(key), \(k) nearest")
      }
    }
    let column = Int.random(in: 0..<width, using: &random)
    let y = column % place
    let selector = place == 1 ? "n\(column)" : "n\(column / place)_\(y / mapWidth)_\(y % mapWidth)"
    let all = ids.indices.map { right[$0 * width + column] }.filter(\.isFinite).sorted()
    guard let low = all.randomElement(using: &random), let high = all.randomElement(using: &random) else { return }
    let range = Double(min(low, high))...Double(max(low, high))
    let found = try store.findRows("t.m.\(name).\(selector)", in: range)
    let right = Set(ids.indices.filter { range.contains(Double(right[$0 * width + column])) }.map { ids[$0] })
    #expect(
      Set(found.rowIDs.array).isSubset(of: right) && right.isSubset(of: Set(found.rowIDs.array).union(found.possibleRowIDs.array)),
      "\(when), search \(range)")
    #expect(when != "step 0" || found.possibleRowIDs.count == 0)
  }

  @Test("Of a column of NaN no row is a candidate, before its residual was given back and after")
  func noCandidates() throws {
    let schema = IntermediateSchema.maps(channels: 40, height: 1, width: 1)
    let values = (0..<300 * 40).map { $0 % 40 == 0 ? Float.nan : sin(Float($0)) }
    let model = GivenNetwork(schema, ids: Array(0..<300), values: values)
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    store.register(kind: GivenNetwork.kind) { _ in model }
    try store.logIntermediates(of: model, as: Self.identity, policy: .ladder(.absolute(0.05)))
    for _ in 0..<2 {
      let found = try store.topRows(["t.m.first.n0"], k: 3)
      #expect(found.rowIDs.isEmpty && found.rows == 300)
      let candidates = try #require(try store.topCandidates(["t.m.first.n0"], k: 3))
      #expect(candidates.rowIDs.isEmpty && candidates.withoutScore == 300)
      try store.demote("first", of: Self.identity, to: .absolute(0.05))
    }
  }

  @Test("Intermediates of NaN alone, or of zeros alone, are logged, asked and demoted", arguments: [Float.nan, 0])
  func nothing(value: Float) throws {
    let schema = IntermediateSchema.maps(channels: 3, height: 2, width: 2)
    let rows = 50
    let model = GivenNetwork(
      schema, ids: Array(0..<Int64(rows)), values: Array(repeating: value, count: rows * schema.columnCount))
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    store.register(kind: GivenNetwork.kind) { _ in model }
    try store.logIntermediates(of: model, as: Self.identity, policy: .ladder(.relative(0.2)))
    for _ in 0..<2 {
      for accuracy in [Accuracy.stored, .exact, .approximate, .within(.relative(0.2)), .within(.absolute(1))] {
        let answer = try store.getIntermediates([IntermediateKey(model: Self.identity, intermediate: "first")], accuracy: accuracy)[0]
        #expect(answer.rowIDs.count == rows)
      }
      #expect(try store.topRows(["t.m.first.*"], k: 3).rows == rows)
      #expect(throws: Never.self) { try store.demote("first", of: Self.identity, to: .relative(0.2)) }
    }
    #expect(try store.verify().isIntact)
  }
}
