import Foundation
import Mistique
import TestSupport
import Testing

/// Frames drawn at random whose columns follow from each other in every way there is, against what they are in memory.
@Suite("Random lineages are read back bit for bit")
struct LineageFuzzTests {
  private let folder = TemporaryDirectory()

  private static func identity(_ place: Int) -> ModelIdentity { ModelIdentity(project: "t", name: "m\(place)") }

  private static let policies: [StoragePolicy] = [
    .dedup, .dedup, .dedup, .storeAll, try! .adaptive(gamma: 0), .none, try! .budget(bytes: 300_000),
  ]

  @Test("through every policy, reopening, deletion, collecting garbage and repair", arguments: Array(UInt64(0)..<FuzzRounds.count))
  func roundTrips(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let url = folder.url.appendingPathComponent("store")
    var models: [Int: LineageModel] = [:]
    var base: RandomLineage?
    do {
      let store = try IntermediateStore(at: url)
      for place in 0..<5 {
        let lineage = RandomLineage(&random, after: base)
        base = lineage
        models[place] = LineageModel(lineage.frames)
        let policy = Self.policies.randomElement(using: &random)!
        try store.logIntermediates(of: models[place]!, as: Self.identity(place), policy: policy)
      }
      try expect(models, store, &random, seed)
      try expect(models, store, &random, seed)
      try store.close()
    }
    var store = try IntermediateStore(at: url)
    try expect(models, store, &random, seed)
    for (place, model) in models {
      let name = model.frames.randomElement(using: &random)!.name
      try store.drop(name, of: Self.identity(place))
      #expect(try !store.intermediates(of: Self.identity(place)).first { $0.name == name }!.isStored, "seed \(seed)")
    }
    try expect(models, store, &random, seed)
    for place in [Int.random(in: 0..<5, using: &random), Int.random(in: 0..<5, using: &random)] where models[place] != nil {
      try store.delete(Self.identity(place))
      models[place] = nil
      try expect(models, store, &random, seed)
    }
    let lineage = RandomLineage(&random, after: base)
    models[5] = LineageModel(lineage.frames)
    store.register(kind: LineageModel.kind) { _ in LineageModel(lineage.frames) }
    try store.logIntermediates(of: models[5]!, as: Self.identity(5))
    try expect(models, store, &random, seed)
    try store.collectGarbage()
    #expect(try store.verify().isIntact, "seed \(seed)")
    try expect(models, store, &random, seed)
    try store.close()
    let report = try IntermediateStore.repair(at: url)
    #expect(Set(report.models) == Set(models.keys.map(Self.identity)) && report.lost.isEmpty, "seed \(seed)")
    store = try IntermediateStore(at: url)
    try expect(models, store, &random, seed)
    for place in models.keys { try store.delete(Self.identity(place)) }
    #expect(try store.storage().partitions == 0, "seed \(seed)")
  }

  @Test("A store that only measures counts what one that keeps its partitions stores", arguments: Array(UInt64(0)..<FuzzRounds.count))
  func measuring(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var options = StoreOptions()
    options.keepsPartitions = false
    let measured = try IntermediateStore(at: folder.url.appendingPathComponent("measured"), options: options)
    let kept = try IntermediateStore(at: folder.url.appendingPathComponent("kept"))
    var base: RandomLineage?
    for place in 0..<4 {
      let lineage = RandomLineage(&random, after: base)
      base = lineage
      let model = LineageModel(lineage.frames)
      var a = try measured.logIntermediates(of: model, as: Self.identity(place))
      var b = try kept.logIntermediates(of: model, as: Self.identity(place))
      (a.seconds, a.executeSeconds, b.seconds, b.executeSeconds) = (0, 0, 0, 0)
      // Names of partitions lie in the manifests, and a name is as compressible as chance has it.
      #expect(abs(a.storedBytes - b.storedBytes) <= 64 + b.storedBytes / 500, "seed \(seed), model \(place)")
      (a.storedBytes, b.storedBytes) = (0, 0)
      #expect(a == b, "seed \(seed), model \(place)")
    }
  }

  private func expect(_ models: [Int: LineageModel], _ store: IntermediateStore, _ random: inout SeededRandom, _ seed: UInt64) throws {
    let byName = Dictionary(uniqueKeysWithValues: models.map { ($1.specification, $1) })
    store.register(kind: LineageModel.kind) { stored in
      guard let model = byName[stored.specification] else { throw ToyFailure.damaged }
      return model
    }
    for (place, model) in models {
      for (name, frame, _) in model.frames {
        let key = IntermediateKey(model: Self.identity(place), intermediate: name)
        let plan: QueryPlan.Preference =
          try store.intermediates(of: key.model).first { $0.name == name }!.isStored ? .read : .automatic
        let read = try #require(store.getIntermediates([key], plan: plan)[0].frame)
        #expect(read.rowIDs == frame.rowIDs, "seed \(seed), \(key)")
        for (column, values) in frame.columns.enumerated() {
          #expect(read.columns[column].isIdentical(to: values), "seed \(seed), \(key).\(frame.names[column])")
        }
        let rows = (0..<frame.rowCount).filter { _ in random.unit() < 0.1 }
        guard !rows.isEmpty, !frame.names.isEmpty else { continue }
        let one = Int.random(in: 0..<frame.names.count, using: &random)
        let column = IntermediateKey(model: key.model, intermediate: name, column: frame.names[one])
        let some = try #require(
          store.getIntermediates([column], rows: .ids(rows.map { frame.rowIDs[$0] }.shuffled(using: &random)))[0].frame)
        #expect(some.columns[0].isIdentical(to: frame.columns[one].gather(rows)), "seed \(seed), rows of \(column)")
        guard let numbers = frame.columns[one].doubles, try store.intermediates(of: key.model).first(where: { $0.name == name })!.isStored
        else { continue }
        let found = try store.findRows(column.description, in: -3...7)
        let held = (0..<frame.rowCount).filter { (-3...7).contains(numbers[$0]) }
        #expect(found.rowIDs.array == held.map { frame.rowIDs[$0] }, "seed \(seed), search of \(column)")
      }
    }
  }
}

/// `MISTIQUE_LINEAGES` says how many.
enum FuzzRounds {
  static let count = ProcessInfo.processInfo.environment["MISTIQUE_LINEAGES"].flatMap { UInt64($0) } ?? 2
}

/// A table and frames of columns that follow from those before.
struct RandomLineage {
  private(set) var frames: [(name: String, frame: DataFrame, passedOn: [Int: PassedColumn])] = []

  /// Some of the columns of `other`, changed a little, are among the first ones.
  init(
    _ random: inout SeededRandom, after other: RandomLineage?, rows choices: [Int] = [0, 1, 2, 63, 64, 65, 300, 999, 1000, 1001, 2500]
  ) {
    let rows = choices.randomElement(using: &random)!
    let suffix = String(random.next() % 1_000_000)
    for place in 0..<Int.random(in: 1...7, using: &random) {
      let earlier = frames
      let count =
        place == 0 ? rows : [rows, rows / 2, 0, rows, Int.random(in: 0...2 * rows, using: &random)].randomElement(using: &random)!
      // Per source frame one list, shared by columns.
      var lists: [String: RowList] = [:]
      var columns: [(name: String, column: Column)] = []
      var passedOn: [Int: PassedColumn] = [:]
      for number in 0..<Int.random(in: 0...6, using: &random) {
        let type = Int.random(in: 0..<7, using: &random)
        guard let source = earlier.filter({ !$0.frame.columns.isEmpty }).randomElement(using: &random), random.unit() < 0.85 else {
          if let other, random.unit() < 0.5, let near = Self.near(other, count, &random) {
            columns.append(("c\(number)", near))
          } else {
            columns.append(("c\(number)", Self.column(type, count, &random)))
          }
          continue
        }
        let from = Int.random(in: 0..<source.frame.columns.count, using: &random)
        let column = source.frame.columns[from]
        switch Int.random(in: 0..<3, using: &random) {
        case 0 where column.count == count:
          columns.append(("c\(number)", column))
          passedOn[number] = PassedColumn(intermediate: source.name, column: from)
        case 1 where column.count == count:
          var constant = Self.column(Self.number(column.type), 1, &random)
          while constant.validity != nil { constant = Self.column(Self.number(column.type), 1, &random) }
          columns.append(("c\(number)", column.fillingMissing(with: constant)))
          passedOn[number] = PassedColumn(intermediate: source.name, column: from, operation: .filled(with: constant))
        default:
          let list =
            lists[source.name]
            ?? RowList(
              (0..<count).map { _ in random.unit() < 0.1 || column.count == 0 ? -1 : Int.random(in: 0..<column.count, using: &random) })
          lists[source.name] = list
          columns.append(("c\(number)", column.gather(list)))
          passedOn[number] = PassedColumn(intermediate: source.name, column: from, operation: .rows(list))
        }
      }
      let shuffled = Array((0..<Int64(2 * count + 5)).shuffled(using: &random).prefix(count))
      let frame = DataFrame(rowIDs: random.unit() < 0.5 ? RowIDs.first(count) : .list(shuffled), columns: columns)
      frames.append(("f\(place)_\(suffix)", frame, passedOn))
    }
  }

  private static func number(_ type: ColumnType) -> Int {
    switch type {
    case .float32: 0
    case .float64: 1
    case .int64: 2
    case .boolean: 3
    case .date: 4
    case .text: 5
    case .timestamp: 6
    }
  }

  private static func near(_ other: RandomLineage, _ count: Int, _ random: inout SeededRandom) -> Column? {
    let columns = other.frames.flatMap(\.frame.columns).filter { $0.count == count && $0.validity == nil }
    switch columns.randomElement(using: &random)?.values {
    case .float64(let values)?: return Column(.float64(values.map { (($0 * 1e4).rounded() + Double(random.next() % 3)) / 1e4 }))
    case .float32(let values)?:
      return Column(.float32(values.map { Float(((Double($0) * 1e3).rounded() + Double(random.next() % 3)) / 1e3) }))
    default: return nil
    }
  }

  private static func column(_ type: Int, _ count: Int, _ random: inout SeededRandom) -> Column {
    var validity = Validity(count: count, present: true)
    if random.unit() < 0.5 {
      let share = random.unit()
      for row in 0..<count where random.unit() < share { validity[row] = false }
    }
    let special: [Double] = [
      .nan, -.nan, -0.0, 0, .infinity, -.infinity, 5e-324, .greatestFiniteMagnitude, 1e9, -1e9, 0.1, Double(signOf: -1, magnitudeOf: .nan),
    ]
    let decimal = random.unit() < 0.6
    let digits = [1.0, 10, 100, 1e4, 1e6].randomElement(using: &random)!
    let spread = [10.0, 1e4, 1e8, 1e9].randomElement(using: &random)!
    func number() -> Double {
      if decimal { return ((random.unit() * 2 - 1) * spread).rounded() / digits + 0 }
      return random.unit() < 0.1 ? special.randomElement(using: &random)! : (random.unit() - 0.5) * 20
    }
    let values: Column.Values
    switch type {
    case 0: values = .float32((0..<count).map { _ in Float(number()) })
    case 1: values = .float64((0..<count).map { _ in number() })
    case 2:
      values = .int64(
        (0..<count).map { _ in random.unit() < 0.1 ? [.min, .max, 0][Int(random.next() % 3)] : Int64(random.next() % 40) - 20 })
    case 3: values = .boolean((0..<count).map { _ in random.next() % 2 == 0 })
    case 4: values = .date((0..<count).map { _ in Int32(truncatingIfNeeded: random.next()) })
    case 6: values = .timestamp((0..<count).map { _ in Int64(bitPattern: random.next()) })
    default: values = .text(TextValues((0..<count).map { _ in String(repeating: "é\u{0}x", count: Int(random.next() % 5)) }))
    }
    return Column(values, validity: validity)
  }
}
