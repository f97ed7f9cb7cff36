import Foundation
import Mistique
import TestSupport
import Testing

/// Intermediates whose rows are numbered by themselves, as a capture of sequences stores them.
struct OwnRowsTests {
  /// Two examples, 1 and 2, and their three tokens, which are numbered from 0.
  private final class Sentences: ExecutableModel {
    static let kind = "captured"
    let specification =
      #"{"capture": "x", "format": 1, "layers": [{"name": "hidden", "hasOwnRows": true, "kind": "maps"}, {"name": "class", "hasOwnRows": false, "kind": "maps"}]}"#
    let stages = [Stage(name: "hidden", inputs: [], outputs: ["hidden"]), Stage(name: "class", inputs: [], outputs: ["class"])]
    func transformers() throws -> [StoredTransformer] { [] }
    func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
      for (name, values, ids) in [("hidden", [5, 3, 4], RowIDs.first(3)), ("class", [7, 8], .list([1, 2]))] as [(String, [Float], RowIDs)]
      where request.intermediates.contains(name) {
        try values.withUnsafeBufferPointer {
          try emit(name, .maps($0, rowIDs: ids, schema: .maps(channels: 1, height: 1, width: 1), order: .channelMajor))
        }
      }
      return []
    }
  }

  @Test("Numbers of tokens are never taken for row_ids of examples")
  func tokens() throws {
    let fixture = QuestionFixture()
    let store = try IntermediateStore(at: URL(fileURLWithPath: fixture.path("S")))
    try store.logIntermediates(of: Sentences(), as: ModelIdentity(project: "p", name: "m"), policy: .dedup)
    try store.close()
    let what = "its rows are numbered by themselves"
    try fixture.expectError(["get", "S", "p.m.hidden.n0", "--rows", "2"], what, "ragged()")
    try fixture.expectError(["export", "S", "p.m.hidden.*", "--rows", "1", "--to", "x.npy"], what)
    try fixture.expectError(["topk", "S", "p.m.hidden.n0", "--show", "p.m.class.n0"], what)
    try fixture.expectError(["topk", "S", "p.m.class.n0", "--show", "p.m.hidden.n0"], what)
    try fixture.expectError(["col-diff", "S", "p.m.hidden.n0", "p.m.class.n0"], what)
    try fixture.expectError(["corr", "S", "p.m.class.n0", "p.m.hidden.*"], what)
    try fixture.expectError(["vis", "S", "p.m.hidden.*", "--by", "p.m.class.n0"], what)
    let top = try fixture.ask("topk", "S", "p.m.hidden.n0", "--show", "p.m.hidden.n0")
    #expect(try top.numbers("row_id") == [0, 2, 1])
    #expect(try fixture.ask("topk", "S", "p.m.class.n0").numbers("row_id") == [2, 1])
    #expect(try fixture.run(["get", "S", "p.m.hidden.n0"]).errors.contains("numbered by themselves"))
    #expect(try fixture.ask("col-diff", "S", "p.m.class.n0", "p.m.class.n0").number("differ") == 0)
  }
}
