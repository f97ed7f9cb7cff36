import Foundation
import MistiqueStorage
import Synchronization
import TestSupport
import Testing

@testable import Mistique

/// A handle whose folder is moved away, with another store in its place.
@Suite struct MovedStoreTests {
  private let folder = TemporaryDirectory("moved")
  private var place: URL { folder.url.appendingPathComponent("store") }
  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }

  /// Moves the store away and puts another one there, with a model `other`.
  private func replace() throws {
    try FileManager.default.moveItem(at: place, to: folder.url.appendingPathComponent("away"))
    let other = try IntermediateStore.withToys(at: place)
    try other.logIntermediates(of: ToyNetwork(rows: 60, weight: 5), as: Self.identity("other"))
    try other.close()
  }

  private func expectOther() throws {
    let store = try IntermediateStore.withToys(at: place)
    #expect(try store.models().map(\.name) == ["other"] && store.verify().isIntact)
    #expect(try store.getIntermediates(["t.other.layer2.*"], plan: .read)[0].matrix?.rows == 60)
  }

  private static func isRefusal(_ error: any Error) -> Bool {
    (error as? StoreError)?.code == .catalogue && "\(error)".contains("open it again")
  }

  /// A network that does something before its first row.
  private final class Interrupting: ExecutableModel {
    static let kind = ToyNetwork.kind
    private let network = ToyNetwork(rows: 30, weight: 8)
    private let body: @Sendable () throws -> Void
    var specification: String { network.specification }
    var stages: [Stage] { network.stages }

    init(_ body: @escaping @Sendable () throws -> Void) { self.body = body }

    func transformers() -> [StoredTransformer] { network.transformers() }

    func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
      try body()
      return try network.execute(request, emit: emit)
    }
  }

  @Test("A writer that is open writes nothing once its folder was moved, and no model runs for it")
  func openWriter() throws {
    let idle = try IntermediateStore.withToys(at: place)
    try idle.logIntermediates(of: ToyNetwork(rows: 30, weight: 2), as: Self.identity("a"))
    try replace()
    let hasRun = Mutex(false)
    let model = Interrupting { hasRun.withLock { $0 = true } }
    #expect { try idle.logIntermediates(of: model, as: Self.identity("b")) } throws: { Self.isRefusal($0) }
    #expect(!hasRun.withLock { $0 })
    try expectOther()
  }

  @Test("A folder that is moved while a model runs gets no row, and the store that lies there then loses no file")
  func duringRun() throws {
    let store = try IntermediateStore.withToys(at: place)
    try store.logIntermediates(of: ToyNetwork(rows: 30, weight: 2), as: Self.identity("a"))
    let model = Interrupting { try replace() }
    #expect { try store.logIntermediates(of: model, as: Self.identity("b")) } throws: { Self.isRefusal($0) }
    try expectOther()
    #expect(try store.models().map(\.name) == ["a"])
  }
}
