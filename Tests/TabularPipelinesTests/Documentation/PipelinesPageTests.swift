import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// The page's example is run as it stands there, and its table is held to the code.
@Suite struct PipelinesPageTests {
  let folder = TemporaryDirectory("bikes")
  static let identity = ModelIdentity(project: "bikes", name: "hourly_deep")

  private func template() throws -> PipelineSpecification {
    try PipelineSpecification(parsing: PipelinesPage().yaml(), file: "Pipelines.md")
  }

  private func data(_ name: String, _ text: String) throws -> URL {
    let data = folder.url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: data.appendingPathComponent("hour.csv"))
    return data
  }

  private func store(rerunningOn data: URL) throws -> IntermediateStore {
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    store.register(kind: PipelineModel.kind) { try PipelineModel(restoring: $0, dataDirectory: data) }
    return store
  }

  @Test("The page's table of transformers is that of the registry, and each has a line that says what it does")
  func table() throws {
    let page = try PipelinesPage()
    let expected = TransformerRegistry.standard.markdownTable
    #expect(
      try page.table() == expected,
      "Pipelines.md has another table than the code. Put this text (mistique transformers prints it too) between the marks:\n\(expected)")
    let end = try #require(page.text.range(of: "<!-- transformers: end")).upperBound
    for name in TransformerRegistry.standard.names {
      #expect(page.text[end...].contains("`\(name)`"), "say below the table what \(name) does")
    }
  }

  @Test("The page's pipeline is the file beside it")
  func file() throws {
    let file = PipelinesPage.folder.appendingPathComponent("Resources/bike-sharing.yaml")
    #expect(try PipelinesPage().yaml() == String(contentsOf: file, encoding: .utf8))
  }

  @Test("The page's pipeline runs on a file in the data set's schema: shapes, row ids, and read equals re-run bit for bit")
  func runs() throws {
    let data = try data("data", BikeSharingHours.csv())
    let template = try template()
    #expect(template.variants.map(\.name) == ["shallow", "deep"])
    for variant in template.variants {
      let pipeline = try Pipeline(template, variant: variant.name)
      try store(rerunningOn: data).logIntermediates(
        of: PipelineModel(pipeline, dataDirectory: data), as: ModelIdentity(project: pipeline.project, name: pipeline.name))
    }
    let store = try store(rerunningOn: data)
    let intermediates = try store.intermediates(of: Self.identity)
    #expect(intermediates.map(\.name) == ["read", "known", "split_train", "split_test", "trees", "predicted"])
    #expect(intermediates.map(\.columns) == [17, 13, 13, 13, 4, 1])
    let rows = intermediates.map(\.rows)
    #expect(rows[0] == 500 && rows[1] == 500 && rows[2] + rows[3] == 500 && rows[4] == 12 && rows[5] == rows[3])

    let keys = intermediates.map { IntermediateKey(model: Self.identity, intermediate: $0.name) }
    let read = try store.getIntermediates(keys, plan: .read)
    let rerun = try store.getIntermediates(keys, plan: .rerun)
    for (a, b) in zip(read, rerun) { #expect(a.isIdentical(to: b), "\(a.intermediate)") }
    #expect(Set(read[2].rowIDs.array).union(read[3].rowIDs.array) == Set(0..<500))
    #expect(read[5].rowIDs == read[3].rowIDs)
    let frame = try #require(read[0].frame)
    #expect(frame["dteday"]?.type == .date && frame["temp"]?.type == .float64 && frame["cnt"]?.type == .int64)

    // The trees learned something of hours that they did not see: better than their mean, by far.
    let predicted = try #require(read[5].frame?["prediction"]?.doubles)
    let counts = try #require(read[3].frame?["cnt"]?.doubles)
    #expect(correlation(predicted, counts) > 0.8)
    let shallow = try store.getIntermediates(["bikes.hourly_shallow.predicted.*"], plan: .read)[0]
    #expect(!shallow.isIdentical(to: read[5]) && shallow.rowIDs == read[5].rowIDs)
  }

  @Test("A re-run trains nothing, is held to the files that were logged, and for the trees needs none")
  func rerunTrainsNothing() throws {
    let text = BikeSharingHours.csv()
    let data = try data("data", text)
    let pipeline = try Pipeline(template(), variant: "deep")
    let model = PipelineModel(pipeline, dataDirectory: data)
    try store(rerunningOn: data).logIntermediates(of: model, as: Self.identity)
    let logged = try store(rerunningOn: data).getIntermediates(["bikes.hourly_deep.trees.*", "bikes.hourly_deep.predicted.*"], plan: .read)
    let rerun = try store(rerunningOn: data).getIntermediates(["bikes.hourly_deep.predicted.*"], plan: .rerun)[0]
    #expect(rerun.isIdentical(to: logged[1]))
    #expect(rerun.cost.stagesRun == 4, "read, known, split and predicted; the trees are restored")

    // Trained on these targets, the trees would predict 7 everywhere.
    let lines = text.split(separator: "\n")
    let constant = [String(lines[0])] + lines.dropFirst().map { $0.split(separator: ",").dropLast().joined(separator: ",") + ",7" }
    let other = try self.data("other", constant.joined(separator: "\n") + "\n")
    let error = #expect(throws: StoreError.self) {
      try store(rerunningOn: other).getIntermediates(["bikes.hourly_deep.predicted.*"], plan: .rerun)
    }
    #expect(error?.code == .otherInputs)
    let expected = try #require(logged[1].frame)
    let states = Dictionary(uniqueKeysWithValues: model.transformers().map { ($0.name, KnownState(bytes: $0.bytes, lineage: nil)) })
    let restored = PipelineModel(pipeline, dataDirectory: other, states: states)
    _ = try restored.execute(ExecutionRequest(intermediates: ["predicted"])) { _, rows in
      guard case .frame(let frame, _) = rows else { return }
      #expect(frame.isIdentical(to: expected), "the trees were trained again")
    }

    let empty = folder.url.appendingPathComponent("empty")
    try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
    let trees = try store(rerunningOn: empty).getIntermediates(["bikes.hourly_deep.trees.*"], plan: .rerun)[0]
    #expect(trees.isIdentical(to: logged[0]) && trees.cost.stagesRun == 1)
    #expect(throws: (any Error).self) {
      try store(rerunningOn: empty).getIntermediates(["bikes.hourly_deep.predicted.*"], plan: .rerun)
    }
  }

  @Test("Input files are checked by their headers: a missing file and a missing column are errors")
  func inputsAreChecked() throws {
    let pipeline = try Pipeline(template())
    let good = pipeline.checkInputs(in: try data("data", BikeSharingHours.header + "\n"))
    #expect(try good.map { try $0.columns.get() } == [BikeSharingHours.header.split(separator: ",").map(String.init)])
    let lacking = pipeline.checkInputs(in: try data("lacking", "instant,dteday,hr\n1,2011-01-01,0\n"))
    let error = try #require(throws: CSVError.self) { try lacking[0].columns.get() }
    #expect(error.description.hasSuffix("hour.csv:1: the header lacks the required columns \"temp\", \"casual\", \"registered\", \"cnt\""))
    #expect(throws: CSVError.self) { try pipeline.checkInputs(in: folder.url)[0].columns.get() }
  }
}
