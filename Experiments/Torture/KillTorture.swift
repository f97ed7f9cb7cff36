import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Groundwork
import Mistique

/// Kills a process that logs, queries, materializes, demotes, gives up and deletes, at random instants, and looks at what it leaves: what it said was committed must be there, bit for
/// bit, what it said was deleted must not, every byte must verify, and no question that it said was counted may be forgotten.
struct KillTorture {
  let folder: URL
  let kills: Int
  let seed: UInt64

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// What was looked at after kills.
  struct Tally {
    /// Models that were compared bit for bit.
    var models = 0
    /// Those of them that were said to be committed, or were there after an earlier kill.
    var committed = 0
    /// Kills that left files of an unfinished model.
    var unfinished = 0

    mutating func add(_ other: Tally) {
      (models, committed, unfinished) = (models + other.models, committed + other.committed, unfinished + other.unfinished)
    }

    /// In a line. Throws: `Failure` when no committed model was compared: that nothing was lost then shows nothing.
    func summary(kills: Int, seed: UInt64) throws -> String {
      guard committed > 0 else {
        throw Failure(
          description: "\(kills) kills, seed \(seed): no model was committed before a kill, so that none was compared. "
            + "Give more kills, or a folder on a faster disk.")
      }
      return "\(kills) kills, seed \(seed): \(models) models compared bit for bit, \(unfinished) left files of an unfinished one; "
        + "nothing lost or wrong."
    }
  }

  /// Kills until a store is given up for a new one, lest checking it take ever longer.
  private static let killsPerStore = 20

  func run() throws {
    var random = SplitMix64(seed: seed)
    let progress = ProgressReporter(label: "kills", total: kills, unit: "kills")
    var committed: Set<Int> = []
    var counted: [Int: Int] = [:]
    var tally = Tally()
    for kill in 0..<kills {
      try Interruption.request.map { throw $0 }
      if kill % Self.killsPerStore == 0 {
        try? FileManager.default.removeItem(at: folder)  // of an earlier store, or of nothing
        (committed, counted) = ([], [:])
      }
      let said = try killedChild(first: kill * 1000, afterMilliseconds: 5 + Int(random.next() % 400))
      committed.formUnion(said.committed)
      committed.subtract(said.deleted)
      counted.merge(said.counted) { $1 }
      let (found, present) = try check(committed, undecided: said.undecided, counted: counted, kill: kill)
      tally.add(found)
      committed = present
      progress.advance()
    }
    progress.finish()
    StandardStream.output.line(try tally.summary(kills: kills, seed: seed))
  }

  private struct Said {
    var committed: Set<Int> = []
    var deleted: Set<Int> = []
    /// Begun and not ended: may be there or not.
    var undecided: Set<Int> = []
    /// How often a model was asked, by what the catalogue was given.
    var counted: [Int: Int] = [:]
  }

  private func killedChild(first: Int, afterMilliseconds milliseconds: Int) throws -> Said {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["torture-child", folder.path, "\(first)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    // Ready when it says so: what is killed before has not begun.
    var heard = Data()
    while !heard.contains(0x0a) {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw Failure(description: "the process that logs ended by itself before it began") }
      heard.append(more)
    }
    usleep(UInt32(milliseconds) * 1000)
    kill(process.processIdentifier, SIGKILL)
    heard.append(output.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    guard process.terminationReason == .uncaughtSignal else {
      throw Failure(description: "the process that logs ended by itself: \(String(decoding: heard, as: UTF8.self).suffix(300))")
    }
    var said = Said()
    // The last line may have been cut.
    for line in String(decoding: heard, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let words = line.split(separator: " ")
      guard words.count >= 2, let number = Int(words[1]) else { continue }
      switch words[0] {
      case "counted":
        guard words.count == 3, let queries = Int(words[2]) else { throw Failure(description: "the process that logs said: \(line)") }
        said.counted[number] = queries
      case "committed":
        said.undecided.remove(number)
        said.committed.insert(number)
      case "deleted":
        said.undecided.remove(number)
        said.deleted.insert(number)
      case "logging", "deleting": said.undecided.insert(number)
      default: throw Failure(description: "the process that logs said: \(line)")
      }
    }
    return said
  }

  private func check(
    _ committed: Set<Int>, undecided: Set<Int>, counted: [Int: Int], kill: Int
  ) throws -> (tally: Tally, present: Set<Int>) {
    let store = try IntermediateStore(at: folder)
    store.register(kind: TortureModel.kind) { try TortureModel(restoring: $0) }
    let report = try store.verify()
    guard report.isIntact else { throw Failure(description: "kill \(kill), seed \(seed): \(report.problems.joined(separator: "\n"))") }
    let present = Set(try store.models().compactMap { Int($0.name.dropFirst()) })
    let lost = committed.subtracting(present).subtracting(undecided)
    guard lost.isEmpty else { throw Failure(description: "kill \(kill), seed \(seed): committed and gone: \(lost.sorted())") }
    let back = present.subtracting(committed).subtracting(undecided)
    guard back.isEmpty else {
      throw Failure(description: "kill \(kill), seed \(seed): deleted, or never committed, and there: \(back.sorted())")
    }
    for (number, queries) in counted where present.contains(number) {
      let found = try store.intermediates(of: TortureModel.identity(number)).reduce(0) { $0 + $1.queries }
      guard found >= queries else {
        throw Failure(description: "kill \(kill), seed \(seed): m\(number) was asked \(queries) times, and \(found) are known")
      }
    }
    // The newest of all, and some of the others.
    let looked = present.sorted().enumerated().filter { $0.offset >= present.count - 2 || $0.offset % 7 == kill % 7 }.map(\.element)
    for number in looked {
      let model = TortureModel(number)
      for intermediate in try store.intermediates(of: TortureModel.identity(number)) {
        let layer = intermediate.stage
        let answer = try answer(layer: layer, of: model, isStored: intermediate.isStored, in: store)
        let expected = model.values(layer: layer)
        let same = answer.matrix!.withValues { values in
          expected.withUnsafeBufferPointer { memcmp(values.baseAddress!, $0.baseAddress!, $0.count * 4) == 0 }
        }
        guard same, answer.rowIDs.count == TortureModel.rows else {
          throw Failure(description: "kill \(kill), seed \(seed): layer \(layer) of m\(number) came back changed")
        }
      }
    }
    let before = Self.files(in: folder)
    try store.collectGarbage()
    let unfinished = before > Self.files(in: folder) ? 1 : 0
    try store.close()
    return (Tally(models: looked.count, committed: looked.count { committed.contains($0) }, unfinished: unfinished), present)
  }

  /// The values as they were: read, or re-run where they are not stored, or no more than their base is, which must then be within its bound.
  private func answer(layer: Int, of model: TortureModel, isStored: Bool, in store: IntermediateStore) throws -> IntermediateResult {
    let keys = ["torture.m\(model.number).layer\(layer).*"]
    guard isStored else { return try store.getIntermediates(keys, plan: .rerun)[0] }
    do { return try store.getIntermediates(keys, plan: .read)[0] } catch let error as StoreError where error.code == .cannotPlan {
      let near = try store.getIntermediates(keys, plan: .read, within: TortureModel.bound)[0]
      let exact = model.values(layer: layer)
      guard case .absolute(let bound) = TortureModel.bound else { preconditionFailure("the bound is an absolute one") }
      // What is no number is within no bound.
      let isWithin = near.matrix!.withValues { values in zip(values, exact).allSatisfy { abs(Double($0) - Double($1)) <= bound } }
      guard isWithin else {
        throw Failure(description: "seed \(seed): the base of layer \(layer) of m\(model.number) is off by more than \(bound)")
      }
      return try store.getIntermediates(keys, plan: .rerun)[0]
    }
  }

  private static func files(in folder: URL) -> Int {
    FileManager.default.enumerator(at: folder.appendingPathComponent("partitions"), includingPropertiesForKeys: nil)?.allObjects.count ?? 0
  }
}

/// The process that is killed: logs one model after the other, asks, demotes and gives up, and deletes every third one again, saying so before and after.
enum TortureChild {
  static func run(folder: URL, first: Int) throws {
    StandardStream.output.line("ready")
    let store = try IntermediateStore(at: folder)
    store.register(kind: TortureModel.kind) { try TortureModel(restoring: $0) }
    for number in first... {
      StandardStream.output.line("logging \(number)")
      let identity = TortureModel.identity(number)
      // Room for about two layers of the three.
      let ladder = StoragePolicy.dedup.quantized(.ladder(TortureModel.bound))
      let policy: StoragePolicy =
        number % 2 == 1 ? try .budget(bytes: try store.storage().partitionBytes + 1_200_000) : number % 4 == 2 ? ladder : .dedup
      try store.logIntermediates(of: TortureModel(number), as: identity, policy: policy)
      StandardStream.output.line("committed \(number)")
      // Materializes, and gives up for what is asked for more often.
      for place in 0..<12 where number % 2 == 1 {
        _ = try store.getIntermediates(["torture.m\(number).layer\(place * place % 7 % TortureModel.layers).*"], plan: .rerun)
      }
      // Listing writes what was counted to the catalogue.
      let queries = try store.intermediates(of: identity).reduce(0) { $0 + $1.queries }
      StandardStream.output.line("counted \(number) \(queries)")
      if number % 4 == 0 { try store.drop("layer\(number / 4 % TortureModel.layers)", of: identity) }
      if number % 4 == 2 { try store.demote("layer\(number / 4 % TortureModel.layers)", of: identity, to: TortureModel.bound) }
      guard number % 3 == 2, number > first else { continue }
      StandardStream.output.line("deleting \(number - 1)")
      try store.delete(TortureModel.identity(number - 1))
      StandardStream.output.line("deleted \(number - 1)")
    }
  }
}
