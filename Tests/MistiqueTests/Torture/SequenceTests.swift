import Foundation
import Mistique
import TestSupport
import Testing

/// Random sequences of everything that can be done to a store, against a dictionary. `MISTIQUE_SEQUENCES` says how many.
///
/// Processes that are really killed are in `experiments torture`; here a kill is the folder as it would be left (`SequenceStore`).
@Suite("Random sequences of log, ask, adapt, delete, gc, repair, verify, reopen and kill")
struct SequenceTests {
  @Test("leave what a dictionary has")
  func sequences() {
    let folder = TemporaryDirectory.fast("sequences")
    var steps: [String: Int] = [:]
    let report = TortureRun("sequences", TortureSettings("MISTIQUE_SEQUENCES", small: 60)).run { number, random in
      var sequence = try Sequence(in: folder, name: "s\(number)")
      do {
        for _ in 0..<4 + random.next() % 12 { try sequence.step(&random) }
        try sequence.end(&random)
      } catch { throw BrokenProperty("\(error)\n  after \(sequence.history.joined(separator: ", "))") }
      for step in sequence.history { steps[String(step.prefix { $0 != " " }), default: 0] += 1 }
      return "sequences"
    }
    print("torture: steps of sequences: \(steps.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))")
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
  }

  /// A store, what it must hold, and what was done to it.
  private struct Sequence {
    private let disk: SequenceStore
    private var models: [Int: (model: SequenceModel, policy: StoragePolicy)] = [:]
    /// Models that a kill left whole in files that the catalogue does not name: until they are given back, a repair may find them.
    private var ghosts: [Int: (model: SequenceModel, policy: StoragePolicy)] = [:]
    private var next = 0
    private(set) var history: [String] = []

    private struct Stopped: Error {}

    init(in folder: TemporaryDirectory, name: String) throws {
      disk = try SequenceStore(in: folder, name: name)
      register()
    }

    /// Restorers know the models there are, and one that is about to be logged: logging measures how long re-running takes.
    private func register(_ new: SequenceModel? = nil) {
      let known = models.mapValues(\.model).merging(new.map { [$0.number: $0] } ?? [:]) { $1 }
      disk.store.register(kind: SequenceModel.kind) { stored in
        guard let number = Int(stored.specification), let model = known[number] else { throw Stopped() }
        return model
      }
    }

    private static func identity(_ number: Int) -> ModelIdentity { ModelIdentity(project: "p", name: "m\(number)") }

    private static let policies: [StoragePolicy] = [
      .dedup, .dedup, .dedup, .storeAll, .none, try! .adaptive(gamma: 0), try! .adaptive(gamma: 0), StoragePolicy(.dedup, codec: .none),
    ]

    mutating func step(_ random: inout SeededRandom) throws {
      switch random.next() % 16 {
      case 0...3: try log(&random)
      case 4: try logWithKill(&random)
      case 5: try random.next() % 3 == 0 ? logUnrestorable(&random) : logThatThrows(&random)
      case 6, 7: try delete(kills: random.next() % 2 == 0, &random)
      case 8:
        history.append("gc")
        try disk.store.collectGarbage()
      case 9: try repair()
      case 10: try reopen(closing: random.next() % 2 == 0)
      case 11: try verify()
      case 12: try kill()
      default: try ask(&random)
      }
      try isComplete()
    }

    mutating func end(_ random: inout SeededRandom) throws {
      for _ in 0..<2 { try ask(&random) }
      try verify()
      if random.next() % 4 == 0 {
        for number in models.keys.sorted() { try disk.store.delete(Self.identity(number)) }
        models = [:]
        try disk.store.collectGarbage()
        let left = try disk.store.storage().partitions
        guard left == 0, SequenceStore.partitions(of: disk.url).isEmpty else {
          throw BrokenProperty("\(left) partitions are left of nothing")
        }
      }
      try disk.store.close()
    }

    /// The names are those of the dictionary.
    private func isComplete() throws {
      let names = Set(try disk.store.models().map(\.identity.name))
      let expected = Set(models.keys.map { "m\($0)" })
      guard names == expected else { throw BrokenProperty("the store has \(names.sorted()), right \(expected.sorted())") }
    }

    // MARK: Steps

    private mutating func draw(_ random: inout SeededRandom) -> (number: Int, model: SequenceModel, policy: StoragePolicy) {
      next += 1
      return (next, SequenceModel.random(next, &random), Self.policies.randomElement(using: &random)!)
    }

    private mutating func log(_ random: inout SeededRandom) throws {
      let (number, model, policy) = draw(&random)
      history.append("log m\(number) \(policy)")
      register(model)
      try disk.store.logIntermediates(of: model, as: Self.identity(number), policy: policy)
      models[number] = (model, policy)
      register()
    }

    /// Killed at some instant before the catalogue is changed, or when all files are there and the catalogue is of before.
    private mutating func logWithKill(_ random: inout SeededRandom) throws {
      let (number, model, policy) = draw(&random)
      let before = try disk.snapshot()
      let instant = SequenceModel.Instant.allCases.randomElement(using: &random)
      var left = Int(random.next() % 3)
      var snapshot: URL?
      let keepsFiles = random.next() % 2 == 0
      history.append("log-and-kill m\(number) \(policy) \(keepsFiles ? "between files and catalogue" : "\(instant!)")")
      register(model)
      model.onInstant = { [disk] now in
        guard !keepsFiles, now == instant, snapshot == nil else { return }
        if left == 0 { snapshot = try disk.snapshot() }
        left -= 1
      }
      try disk.store.logIntermediates(of: model, as: Self.identity(number), policy: policy)
      model.onInstant = nil
      if keepsFiles {
        let chance = random.next()
        try disk.addPartitions(to: before) { chance % 2 == 0 || ($0.utf8.reduce(chance) { $0 &* 31 &+ UInt64($1) }) % 3 != 0 }
        snapshot = before
        ghosts[number] = (model, policy)
      }
      // An instant that never came is a kill before anything was done.
      try disk.moveTo(snapshot ?? before)
      if snapshot != nil, snapshot != before { try FileManager.default.removeItem(at: before) }
      register()
    }

    /// A restorer that fails is no reason for a model not to be logged, nor for logging to fail once it has been.
    private mutating func logUnrestorable(_ random: inout SeededRandom) throws {
      let (number, model, policy) = draw(&random)
      history.append("log-unrestorable m\(number) \(policy)")
      do {
        try disk.store.logIntermediates(of: model, as: Self.identity(number), policy: policy)
        models[number] = (model, policy)
      } catch is Stopped {}
      try isComplete()
      register()
    }

    private mutating func logThatThrows(_ random: inout SeededRandom) throws {
      let (number, model, policy) = draw(&random)
      let instant: SequenceModel.Instant = random.next() % 2 == 0 ? .emitting : .transformers
      history.append("log-and-throw m\(number) \(policy) \(instant)")
      model.onInstant = { if $0 == instant { throw Stopped() } }
      do {
        try disk.store.logIntermediates(of: model, as: Self.identity(number), policy: policy)
        throw BrokenProperty("logging went on when the model threw")
      } catch is Stopped {}
    }

    private mutating func delete(kills: Bool, _ random: inout SeededRandom) throws {
      guard let number = models.keys.sorted().randomElement(using: &random) else { return }
      history.append("\(kills ? "delete-and-kill" : "delete") m\(number)")
      let before = kills ? try disk.snapshot() : nil
      try disk.store.delete(Self.identity(number))
      if kills { ghosts[number] = models[number] }
      models[number] = nil
      if let before {
        // The catalogue has forgotten the model; files of before are there, all of them or some.
        let after = try disk.snapshot()
        let chance = random.next()
        for file in SequenceStore.partitions(of: before) where (file.utf8.reduce(chance) { $0 &* 31 &+ UInt64($1) }) % 3 != 0 {
          let target = after.appendingPathComponent(file)
          try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
          unlink(target.path)  // with holes, or gone
          try FileManager.default.copyItem(at: before.appendingPathComponent(file), to: target)
        }
        try FileManager.default.removeItem(at: before)
        try disk.moveTo(after)
      }
      register()
    }

    private mutating func repair() throws {
      history.append("repair")
      try disk.store.close()
      let report = try IntermediateStore.repair(at: disk.url)
      // A model that was deleted, or not quite logged, and of which a kill left a part, is not lost.
      let lost = report.lost.filter { lost in models.keys.contains { Self.identity($0) == lost.model } }
      guard lost.isEmpty, report.damagedFiles.isEmpty else { throw BrokenProperty("repair lost \(lost), \(report.damagedFiles)") }
      try disk.reopen(closing: false)
      for found in try disk.store.models() {
        guard let number = Int(found.identity.name.dropFirst()), let ghost = ghosts.removeValue(forKey: number) else { continue }
        history.append("found m\(number)")
        models[number] = ghost
      }
      register()
    }

    private mutating func reopen(closing: Bool) throws {
      history.append(closing ? "reopen" : "reopen-without-close")
      try disk.reopen(closing: closing)
      register()
    }

    private mutating func kill() throws {
      history.append("kill")
      try disk.moveTo(try disk.snapshot())
      register()
    }

    private mutating func verify() throws {
      history.append("verify")
      let report = try disk.store.verify()
      guard report.isIntact else { throw BrokenProperty("verify: \(report.problems)") }
    }

    private mutating func ask(_ random: inout SeededRandom) throws {
      guard let number = models.keys.sorted().randomElement(using: &random), let (model, policy) = models[number],
        let (name, content, _) = model.contents.randomElement(using: &random)
      else { return }
      history.append("ask m\(number).\(name)")
      let times = if case .adaptive = policy.materialization { 2 } else { 1 }
      for _ in 0..<times {
        let key = IntermediateKey(model: Self.identity(number), intermediate: name)
        let answer = try disk.store.getIntermediates([key])[0]
        if answer.materialized != nil { history.append("adapt m\(number).\(name)") }
        switch content {
        case .maps(let maps):
          guard answer.rowIDs.array == maps.ids, let matrix = answer.matrix,
            matrix.withValues({ zip($0, maps.values).allSatisfy { $0.bitPattern == $1.bitPattern } && $0.count == maps.values.count })
          else { throw BrokenProperty("\(key) came back changed") }
        case .frame(let frame):
          guard let got = answer.frame, got.rowIDs.array == frame.rowIDs.array, got.names == frame.names,
            zip(got.columns, frame.columns).allSatisfy({ a, b in
              a.count == b.count && (0..<a.count).allSatisfy { a.plainBits($0) == b.plainBits($0) }
            })
          else { throw BrokenProperty("\(key) came back changed") }
        }
      }
    }
  }
}
