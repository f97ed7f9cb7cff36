import Foundation
import Mistique
import Synchronization
import TestSupport
import Testing

@testable import TabularPipelines

/// Random pipelines that are run again from some of their stored frames. `MISTIQUE_AVAILABLE_FRAMES` says how many.
@Suite("Random pipelines run from any of their stored frames")
struct AvailableFramesFuzzTests {
  private struct Case {
    let yaml: String
    let folder: TemporaryDirectory
    let logged: PipelineModel
    let store: IntermediateStore
    let identity = ModelIdentity(project: "z", name: "P")

    /// The model as the store keeps it, over the files of `folder`.
    func restored(over folder: URL) throws -> PipelineModel {
      try PipelineModel(restoring: stored(), dataDirectory: folder)
    }

    private func stored() throws -> StoredModel {
      let kept = Mutex<StoredModel?>(nil)
      store.register(kind: PipelineModel.kind) { stored in
        kept.withLock { $0 = stored }
        return try PipelineModel(restoring: stored, dataDirectory: folder.url)
      }
      let name = logged.pipeline.intermediateNames[0]
      _ = try store.getIntermediates([IntermediateKey(model: identity, intermediate: name)], plan: .rerun)
      return kept.withLock { $0! }
    }

    func frame(_ name: String) throws -> DataFrame {
      guard
        case .frame(let frame) = try store.getIntermediates([IntermediateKey(model: identity, intermediate: name)], plan: .read)[0].values
      else { throw BrokenProperty("\(name) is no frame") }
      return frame
    }
  }

  /// A pipeline that was logged; `nil` for one that cannot run.
  private static func logged(_ random: inout SeededRandom) throws -> Case? {
    let drawn = RandomPipeline(&random)
    let folder = TemporaryDirectory.fast("available")
    for (name, text) in drawn.files { _ = try folder.file("\(name).csv", text) }
    for yaml in [drawn.withEnding.text(), drawn.text()] {
      let model = PipelineModel(try Pipeline(PipelineSpecification(parsing: yaml, file: "p.yaml")), dataDirectory: folder.url)
      let store = try IntermediateStore(at: folder.url.appendingPathComponent("store-\(yaml.count)"))
      do {
        try store.logIntermediates(of: model, as: ModelIdentity(project: "z", name: "P"))
        return Case(yaml: yaml, folder: folder, logged: model, store: store)
      } catch is PipelineRunError { continue }
    }
    return nil
  }

  @Test("Every frame has the bits of the run from the files, only the stages that remain run, and only their files are named")
  func pipelines() throws {
    let report = TortureRun("available frames", TortureSettings("MISTIQUE_AVAILABLE_FRAMES", small: 40)).run { _, random in
      guard let logged = try Self.logged(&random) else { return "refused" }
      let model = try logged.restored(over: logged.folder.url)
      let names = model.pipeline.intermediateNames
      let frames = try Dictionary(uniqueKeysWithValues: names.map { ($0, try logged.frame($0)) })
      var fromFrames = 0
      for _ in 0..<6 {
        let wanted = Set(names.shuffled(using: &random).prefix(1 + Int(random.next() % 2)))
        let available = Set(names.filter { _ in random.next() % 3 == 0 })
        let expected = Self.stages(model.stages, wanted, available.subtracting(wanted))
        let read = Mutex<[String]>([])
        let given = AvailableIntermediates(
          names: available.union(["nobody"]), maps: { _, _, _ in throw BrokenProperty("a pipeline asks for maps") },
          frame: { name in
            read.withLock { $0.append(name) }
            return frames[name]!
          })
        // Where no file is read, there need not be any.
        let files = try model.inputs(of: wanted, available: available).map(\.name)
        let reading = expected.map { model.pipeline.stages[$0] }.filter { $0.transformer == "ReadCSV" }.flatMap(\.inputs).map {
          "\($0).csv"
        }
        guard Set(files) == Set(reading) else { throw BrokenProperty("it names the files \(files) and reads \(reading)\n\(logged.yaml)") }
        let runner = files.isEmpty ? try logged.restored(over: logged.folder.url.appendingPathComponent("nowhere")) : model
        var emitted: [String: DataFrame] = [:]
        let measured = try runner.execute(ExecutionRequest(intermediates: wanted, available: given)) { name, rows in
          guard case .frame(let frame, _) = rows, emitted.updateValue(frame, forKey: name) == nil else {
            throw BrokenProperty("\(name) twice")
          }
        }
        let place = "wanted \(wanted.sorted()), available \(available.sorted())\n\(logged.yaml)"
        guard Set(emitted.keys) == wanted else { throw BrokenProperty("it emits \(emitted.keys.sorted()): \(place)") }
        for (name, frame) in emitted where !frame.isIdentical(to: frames[name]!) { throw BrokenProperty("\(name) differs: \(place)") }
        guard measured.map(\.stage) == expected else { throw BrokenProperty("it runs \(measured.map(\.stage)), not \(expected): \(place)") }
        let reads = Set(expected.flatMap { model.stages[$0].reads! })
        let made = Set(expected.flatMap { model.stages[$0].outputs })
        let taken = read.withLock { $0 }
        guard taken.count == Set(taken).count, Set(taken) == reads.subtracting(made) else {
          throw BrokenProperty("it reads \(taken), not \(reads.subtracting(made).sorted()): \(place)")
        }
        fromFrames += taken.isEmpty ? 0 : 1
      }
      return fromFrames > 0 ? "from frames" : "from files"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(report.outcomes["from frames", default: 0] > report.cases / 2)
  }

  /// Places of the stages that have to run, by what they say that they read.
  private static func stages(_ stages: [Stage], _ wanted: Set<String>, _ available: Set<String>) -> [Int] {
    var needed: Set<Int> = []
    func need(_ name: String) {
      let place = stages.firstIndex { $0.outputs.contains(name) }!
      if needed.insert(place).inserted { for name in stages[place].reads! where !available.contains(name) { need(name) } }
    }
    for name in wanted { need(name) }
    return needed.sorted()
  }

  @Test("A frame that does not fit its stage is that stage's error, and never ends the process")
  func hostileFrames() throws {
    let report = TortureRun("hostile frames", TortureSettings("MISTIQUE_HOSTILE_FRAMES", small: 40)).run { _, random in
      guard let logged = try Self.logged(&random) else { return "refused" }
      let model = try logged.restored(over: logged.folder.url)
      let names = model.pipeline.intermediateNames
      let frames = try Dictionary(uniqueKeysWithValues: names.map { ($0, Self.spoilt(try logged.frame($0), &random)) })
      var refused = 0
      for stage in model.stages where stage.reads != [] {
        do {
          _ = try model.execute(ExecutionRequest(intermediates: Set(stage.outputs), available: .frames(frames))) { _, _ in }
        } catch let error as PipelineRunError {
          refused += 1
          guard error.stage == stage.name, error.description.count > 40 else { throw BrokenProperty("\(error)\n\(logged.yaml)") }
        }
      }
      return refused > 0 ? "an error" : "no error"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(report.outcomes["an error", default: 0] > 5 && report.outcomes["no error", default: 0] > 0)
  }

  /// The frame with other rows, columns or types.
  private static func spoilt(_ frame: DataFrame, _ random: inout SeededRandom) -> DataFrame {
    var columns = zip(frame.names, frame.columns).map { (name: $0, column: $1) }
    var ids = frame.rowIDs
    let count = frame.rowCount
    let place = columns.isEmpty ? 0 : Int(random.next() % UInt64(columns.count))
    switch random.next() % 9 {
    case 0: columns = []
    case 1 where !columns.isEmpty: columns.remove(at: place)
    case 2 where !columns.isEmpty: columns[place].name += " "
    case 3 where !columns.isEmpty: columns[place].column = Column(.text(TextValues((0..<count).map { "\($0)" })))
    case 4 where !columns.isEmpty: columns[place].column = Column(.boolean((0..<count).map { $0 % 2 == 0 }))
    case 5 where !columns.isEmpty:
      let extremes = [Double.nan, .infinity, -.infinity, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
      columns[place].column = Column(.float64((0..<count).map { extremes[$0 % 6] }), validity: nil)
    case 6:
      let kept = (0..<count).filter { $0 % 3 == 1 }
      return frame.gather(kept)
    case 7: return frame.gather([])
    default: ids = .list((0..<count).map { Int64.max - Int64($0) })
    }
    return DataFrame(rowIDs: ids, columns: columns)
  }
}
