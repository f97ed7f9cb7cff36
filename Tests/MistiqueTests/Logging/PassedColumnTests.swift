import Foundation
import Mistique
import TestSupport
import Testing

/// Frames whose columns follow from each other, as stages of a pipeline put them out.
final class LineageModel: ExecutableModel {
  static let kind = "lineage"
  let specification: String
  let stages: [Stage]
  let frames: [(name: String, frame: DataFrame, passedOn: [Int: PassedColumn])]

  init(_ frames: [(name: String, frame: DataFrame, passedOn: [Int: PassedColumn])]) {
    specification = frames.map(\.name).joined(separator: ",")
    stages = frames.enumerated().map { Stage(name: "stage \($1.name)", inputs: $0 == 0 ? [] : [$0 - 1], outputs: [$1.name]) }
    self.frames = frames
  }

  func transformers() -> [StoredTransformer] { [] }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    for (name, frame, passedOn) in frames where request.intermediates.contains(name) { try emit(name, .frame(frame, passedOn: passedOn)) }
    return stages.indices.map { StageMeasurement(stage: $0, seconds: 0.01) }
  }
}

@Suite("Derived columns: what a stage picked, filled or passed on is stored as a reference")
struct DerivedColumnTests {
  private let folder = TemporaryDirectory()
  private let identity = ModelIdentity(project: "t", name: "m")

  private func store() throws -> IntermediateStore { try IntermediateStore(at: folder.url.appendingPathComponent("store")) }

  /// Columns of every type with gaps.
  private static func table(_ rows: Int) -> [(name: String, column: Column)] {
    var present = Validity(count: rows, present: true)
    for row in stride(from: 0, to: rows, by: 3) { present[row] = false }
    return [
      ("f32", Column(.float32((0..<rows).map { Float($0) * 0.37 }), validity: present)),
      ("f64", Column(.float64((0..<rows).map { $0 == 5 ? .nan : Double($0) / 7 }), validity: present)),
      ("i64", Column(.int64((0..<rows).map { Int64($0 * 977 % 5003) }), validity: present)),
      ("flag", Column(.boolean((0..<rows).map { $0 % 5 == 0 }), validity: present)),
      ("day", Column(.date((0..<rows).map { Int32($0 % 400) }), validity: present)),
      ("time", Column(.timestamp((0..<rows).map { Int64($0 % 400) * 60_000_000 }), validity: present)),
      ("text", Column(.text(TextValues((0..<rows).map { "wört \($0 % 91) \u{1F3E0}" })), validity: present)),
    ]
  }

  private static let constants: [Column] = [
    Column(.float32([-1.5])), Column(.float64([.infinity])), Column(.int64([.min])), Column(.boolean([true])), Column(.date([-7])),
    Column(.timestamp([.min])),
    Column(.text(TextValues(["leer"]))),
  ]

  /// A table; its gaps filled; rows of that picked with repetitions and none; every second of those.
  private static func chain(_ rows: Int) -> LineageModel {
    let columns = table(rows)
    let filled = zip(columns, constants).map { ($0.name, $0.column.fillingMissing(with: $1)) }
    let picks = RowList((0..<rows).map { $0 % 11 == 0 ? -1 : $0 * 31 % rows })
    let picked = filled.map { ($0.0, $0.1.gather(picks)) }
    let halves = RowList(stride(from: 0, to: rows, by: 2).map { $0 })
    let half = picked.map { ($0.0, $0.1.gather(halves.rows)) }
    func from(_ name: String, _ operation: (Int) -> ColumnOperation) -> [Int: PassedColumn] {
      Dictionary(uniqueKeysWithValues: columns.indices.map { ($0, PassedColumn(intermediate: name, column: $0, operation: operation($0))) })
    }
    return LineageModel([
      ("table", DataFrame(rowIDs: .first(rows), columns: columns), [:]),
      ("filled", DataFrame(rowIDs: .first(rows), columns: filled), from("table") { .filled(with: constants[$0]) }),
      ("picked", DataFrame(rowIDs: .first(rows), columns: picked), from("filled") { _ in .rows(picks) }),
      ("half", DataFrame(rowIDs: .list(halves.rows.map { Int64($0) }), columns: half), from("picked") { _ in .rows(halves) }),
      ("same", DataFrame(rowIDs: .list(halves.rows.map { Int64($0) }), columns: half), from("half") { _ in .unchanged }),
    ])
  }

  private func expectReads(_ model: LineageModel, as identity: ModelIdentity, _ store: IntermediateStore) throws {
    for (name, frame, _) in model.frames {
      let key = IntermediateKey(model: identity, intermediate: name)
      let read = try store.getIntermediates([key], plan: .read)[0]
      #expect(read.rowIDs == frame.rowIDs, "\(name)")
      for (place, column) in frame.columns.enumerated() {
        #expect(try #require(read.frame).columns[place].isIdentical(to: column), "\(name).\(frame.names[place])")
      }
      let some = stride(from: 2, to: frame.rowCount, by: 97).map { $0 }
      guard !some.isEmpty else { continue }
      let rows = try store.getIntermediates([key], rows: .ids(some.map { frame.rowIDs[$0] }), plan: .read)[0]
      for (place, column) in frame.columns.enumerated() {
        #expect(try #require(rows.frame).columns[place].isIdentical(to: column.gather(some)), "some of \(name).\(frame.names[place])")
      }
    }
  }

  @Test("every type is read back bit for bit through filling, picking and picking again, whole and by rows", arguments: [3000, 40, 2, 0])
  func chains(rows: Int) throws {
    let store = try store()
    let model = Self.chain(rows)
    let report = try store.logIntermediates(of: model, as: identity)
    #expect(report.passedChunks == model.frames.dropFirst().reduce(0) { $0 + 7 * (($1.frame.rowCount + 999) / 1000) })
    try expectReads(model, as: identity, store)
    #expect(try store.intermediates(of: identity).dropFirst().allSatisfy { $0.newBytes == 0 })
    let counted = try IntermediateStore(at: folder.url.appendingPathComponent("all"))
    #expect(try counted.logIntermediates(of: model, as: identity, policy: .storeAll).logicalBytes == report.logicalBytes)
  }

  @Test("planning a read of derived columns states the frames that it then reads")
  func estimates() throws {
    let store = try store()
    try store.logIntermediates(of: Self.chain(3000), as: identity)
    for rows in [RowRequest.all, .ids([0, 4, 502])] {
      let key = IntermediateKey(model: identity, intermediate: "half")
      _ = try store.getIntermediates([key], rows: rows, plan: .read)
      let read = try store.getIntermediates([key], rows: rows, plan: .read)[0]
      #expect(read.plan.frames > 0 && read.plan.frames <= read.cost.framesDecoded)
    }
    let found = try store.findRows("t.m.half.i64", in: 0...100)
    let values = try #require(Self.chain(3000).frames[3].frame["i64"]?.doubles)
    #expect(found.rowIDs.count == values.count { (0...100).contains($0) } && found.rowIDs.count > 0)
  }

  @Test("a few rows out of many are stored by themselves, so that reading them stays cheap")
  func fewOfMany() throws {
    let store = try store()
    let rows = 60_000
    let column = Column(.int64((0..<rows).map { Int64($0) * 7919 % 100_003 }))
    let picks = RowList(stride(from: 0, to: rows, by: 17).map { $0 })
    let picked = DataFrame(rowIDs: .first(picks.rows.count), columns: [("a", column.gather(picks.rows))])
    let model = LineageModel([
      ("table", DataFrame(rowIDs: .first(rows), columns: [("a", column)]), [:]),
      ("few", picked, [0: PassedColumn(intermediate: "table", column: 0, operation: .rows(picks))]),
    ])
    let report = try store.logIntermediates(of: model, as: identity)
    #expect(report.passedChunks == 0)
    try expectReads(model, as: identity, store)
    let read = try store.getIntermediates([IntermediateKey(model: identity, intermediate: "few")], plan: .read)[0]
    #expect(read.cost.bytesDecoded <= 2 << 16, "of 480,000 bytes of the table")
  }

  @Test("what other models refer to stays when the model that stored it is deleted, and survives a rebuilt catalogue")
  func deletion() throws {
    let (first, second) = (ModelIdentity(project: "t", name: "first"), ModelIdentity(project: "t", name: "second"))
    let model = Self.chain(3000)
    do {
      let store = try store()
      try store.logIntermediates(of: model, as: first)
      try store.logIntermediates(of: model, as: second)
      try store.delete(first)
      #expect(try store.verify().isIntact)
      try expectReads(model, as: second, store)
      try store.close()
    }
    #expect(try IntermediateStore.repair(at: folder.url.appendingPathComponent("store")).models == [second])
    let store = try store()
    try expectReads(model, as: second, store)
    try store.delete(second)
    #expect(try store.storage().partitions == 0)
  }

  @Test("what a faulty model says of a column is refused, and leaves the store as it was")
  func faultyModels() throws {
    let store = try store()
    let table = DataFrame(rowIDs: .first(4), columns: [("a", Column(.int64([1, 2, 3, 4]))), ("b", Column(.float64([1, 2, 3, 4])))])
    var gap = Validity(count: 1, present: true)
    gap[0] = false
    let operations: [ColumnOperation] = [
      .rows(RowList([0, 1, 2, 4])), .rows(RowList([0, -2, 2, 3])), .rows(RowList([.max, 0, 0, 0])),
      .filled(with: Column(.int64([]))), .filled(with: Column(.float64([0]))), .filled(with: Column(.int64([0]), validity: gap)),
      .filled(with: Column(.int64([0, 1]))),
    ]
    for (place, operation) in operations.enumerated() {
      let model = LineageModel([
        ("table", table, [:]), ("next", table, [0: PassedColumn(intermediate: "table", column: 0, operation: operation)]),
      ])
      let error = try #require(throws: StoreError.self, "operation \(place)") { try store.logIntermediates(of: model, as: identity) }
      #expect(error.code == .invalidModel, "operation \(place)")
    }
    #expect(try store.models().isEmpty && store.storage().partitions == 0)
  }

  @Test(
    "under Algorithm 4 nothing is derived: chunks are found equal by their hashes, what is picked or filled is stored again, and all is read back"
  )
  func algorithm4() throws {
    let store = try store()
    let model = Self.chain(3000)
    let derived = try store.logIntermediates(of: model, as: identity)
    let hashing = try IntermediateStore(at: folder.url.appendingPathComponent("algorithm 4"))
    let hashed = try hashing.logIntermediates(of: model, as: identity, policy: .algorithm4)
    #expect(hashed.passedChunks == 0 && derived.passedChunks > 0 && hashed.chunks == derived.chunks)
    #expect(hashed.storedBytes > derived.storedBytes)
    try expectReads(model, as: identity, hashing)
    // The last frame is the one before under another name.
    let bytes = try hashing.intermediates(of: identity).map(\.newBytes)
    #expect(bytes.count == 5 && bytes.last == 0 && bytes.dropLast().allSatisfy { $0 > 0 })
    #expect(try hashing.verify().isIntact)
  }

  @Test("under STORE_ALL and quantized everything is stored as it is")
  func otherPolicies() throws {
    let store = try store()
    let model = Self.chain(1200)
    #expect(try store.logIntermediates(of: model, as: identity, policy: .storeAll).passedChunks == 0)
    try expectReads(model, as: identity, store)
    let quantized = ModelIdentity(project: "t", name: "q")
    try store.logIntermediates(of: model, as: quantized, policy: .dedup.quantized(.lp16))
    for (name, frame, _) in model.frames {
      let read = try store.getIntermediates([IntermediateKey(model: quantized, intermediate: name)], plan: .read)[0]
      #expect(try #require(read.frame)["i64"]!.isIdentical(to: frame["i64"]!))
    }
  }
}

@Suite("Differences: a column of decimals that is nearly equal to a stored one is stored as what it differs by")
struct DecimalDifferenceTests {
  private let folder = TemporaryDirectory()

  private func predictions(_ rows: Int, shift: Int, noise: Int, asFloat: Bool) -> Column {
    let values = (0..<rows).map { row -> Double in
      let base = Int(4000 * sin(Double(row * row % 7919)))
      return Double(base + shift + (noise > 0 ? (row * 37 + shift) % noise : 0)) / 1e4 + 0
    }
    return asFloat ? Column(.float32(values.map { Float($0) })) : Column(.float64(values))
  }

  private func model(_ column: Column) -> LineageModel {
    LineageModel([("p", DataFrame(rowIDs: .first(column.count), columns: [("prediction", column)]), [:])])
  }

  @Test("they are read back bit for bit, also a chain of them, after reopening and after the first was deleted", arguments: [true, false])
  func chain(asFloat: Bool) throws {
    let columns = (0..<8).map { predictions(5000, shift: 3 * $0, noise: $0 * 2, asFloat: asFloat) }
    let url = folder.url.appendingPathComponent("store")
    func identity(_ place: Int) -> ModelIdentity { ModelIdentity(project: "t", name: "m\(place)") }
    var bytes: [Int] = []
    do {
      let store = try IntermediateStore(at: url)
      for (place, column) in columns.enumerated() {
        bytes.append(try store.logIntermediates(of: model(column), as: identity(place)).storedBytes)
      }
      try store.close()
    }
    #expect(bytes[1] < bytes[0] / 2 && bytes[2] < bytes[0] / 2, "\(bytes)")
    let store = try IntermediateStore(at: url)
    try store.delete(identity(0))
    for (place, column) in columns.enumerated().dropFirst() {
      let key = IntermediateKey(model: identity(place), intermediate: "p")
      #expect(try #require(store.getIntermediates([key], plan: .read)[0].frame).columns[0].isIdentical(to: column), "model \(place)")
      let some = try store.getIntermediates([key], rows: .ids([4, 999, 4999]), plan: .read)[0]
      #expect(try #require(some.frame).columns[0].isIdentical(to: column.gather([4, 999, 4999])))
    }
    #expect(try store.verify().isIntact)
  }

  @Test("an equal column costs a reference, and columns that are no decimals, have gaps, NaN or a negative zero are stored as they are")
  func others() throws {
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    let base = predictions(4000, shift: 0, noise: 0, asFloat: false)
    let values = try #require(base.doubles)
    func changed(_ row: Int, _ value: Double) -> Column {
      var values = values
      values[row] = value
      return Column(.float64(values))
    }
    var gap = Validity(count: 4000, present: true)
    gap[7] = false
    let columns = [
      base, predictions(4000, shift: 2, noise: 5, asFloat: false), predictions(4000, shift: 2, noise: 5, asFloat: false), base,
      changed(3, -0.0), changed(3, .nan), changed(3, .infinity), changed(3, 1.0 / 3), changed(3, 1e300),
      Column(.float64(values), validity: gap),
      changed(0, 0.9999),
    ]
    for (place, column) in columns.enumerated() {
      let identity = ModelIdentity(project: "t", name: "m\(place)")
      let report = try store.logIntermediates(of: model(column), as: identity)
      if place == 2 || place == 3 { #expect(report.duplicateChunks == report.chunks, "model \(place)") }
      let read = try store.getIntermediates([IntermediateKey(model: identity, intermediate: "p")], plan: .read)[0]
      #expect(try #require(read.frame).columns[0].isIdentical(to: column), "model \(place)")
    }
  }
}
