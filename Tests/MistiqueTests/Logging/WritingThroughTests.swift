import Foundation
import Mistique
import TestSupport
import Testing

/// Writing through: what a model emits is on disk before the model goes on.
@Suite struct WritingThroughTests {
  private let folder = TemporaryDirectory("through")
  private let identity = ModelIdentity(project: "t", name: "m")

  /// Emits frames, and counts the partition files before each and after the last.
  private final class Watching: ExecutableModel, @unchecked Sendable {
    static let kind = "watching"
    let specification = ""
    let stages: [Stage]
    let folder: URL
    private(set) var files: [Int] = []

    init(frames: Int, in folder: URL) {
      stages = (0..<frames).map { Stage(name: "stage \($0)", inputs: $0 == 0 ? [] : [$0 - 1], outputs: ["frame\($0)"]) }
      self.folder = folder
    }

    static func column(_ frame: Int) -> Column { Column(.int64((0..<2500).map { Int64($0 * (frame + 3) % 1009) })) }

    func transformers() -> [StoredTransformer] { [] }

    func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
      for place in stages.indices {
        count()
        // The last is equal to the first, so that it is compared with what is on disk.
        let column = Self.column(place == stages.count - 1 ? 0 : place)
        try emit("frame\(place)", .frame(DataFrame(rowIDs: .first(2500), columns: [("a", column)]), passedOn: [:]))
      }
      count()
      return stages.indices.map { StageMeasurement(stage: $0, seconds: 0.01) }
    }

    private func count() {
      let names = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { ($0 as? URL)?.pathExtension }
      files.append(names?.count { $0 == "mqp" } ?? 0)
    }
  }

  private func log(_ policy: StoragePolicy, writesThrough: Bool) throws -> (
    model: Watching, store: IntermediateStore, report: LoggingReport
  ) {
    var options = StoreOptions()
    options.writesThrough = writesThrough
    let url = folder.url.appendingPathComponent(UUID().uuidString)
    let store = try IntermediateStore(at: url, options: options)
    let model = Watching(frames: 4, in: url)
    return (model, store, try store.logIntermediates(of: model, as: identity, policy: policy))
  }

  @Test("Each frame is a file before the next is computed, equal chunks are still stored once, and what is read is the same")
  func dedup() throws {
    let (through, once) = (try log(.dedup, writesThrough: true), try log(.dedup, writesThrough: false))
    #expect(through.model.files == [0, 1, 2, 3, 3])
    #expect(once.model.files == [0, 0, 0, 0, 0])
    #expect(through.report.chunks == once.report.chunks && through.report.duplicateChunks == once.report.duplicateChunks)
    #expect(once.report.duplicateChunks == 3)
    for store in [through.store, once.store] {
      #expect(try store.verify().isIntact)
      for place in 0..<4 {
        let key = IntermediateKey(model: identity, intermediate: "frame\(place)")
        let read = try store.getIntermediates([key], plan: .read)[0]
        #expect(try #require(read.frame).columns[0].isIdentical(to: Watching.column(place % 3)), "frame\(place)")
      }
    }
  }

  @Test("STORE_ALL writes every frame, and a policy that stores nothing while logging writes none")
  func others() throws {
    #expect(try log(.storeAll, writesThrough: true).model.files == [0, 1, 2, 3, 4])
    #expect(try log(.adaptive(gamma: 1), writesThrough: true).model.files == [0, 0, 0, 0, 0])
  }

  @Test("A network's RowBlocks are written as they come, and read back as without it")
  func maps() throws {
    var options = StoreOptions()
    options.writesThrough = true
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("maps"), options: options)
    let plain = try IntermediateStore(at: folder.url.appendingPathComponent("plain"))
    for store in [store, plain] { try store.logIntermediates(of: ToyNetwork(rows: 2500, weight: 2), as: identity) }
    #expect(try store.storage().partitions > plain.storage().partitions)
    for layer in 0..<3 {
      let key = IntermediateKey(model: identity, intermediate: "layer\(layer)")
      let (read, expected) = (try store.getIntermediates([key], plan: .read)[0], try plain.getIntermediates([key], plan: .read)[0])
      #expect(read.isIdentical(to: expected), "layer\(layer)")
    }
  }
}
