import Foundation
import Mistique
import TabularPipelines
import TestSupport
import Testing

@Suite struct PipelineModelTests {
  let folder = TemporaryDirectory("pipeline")
  static let template = """
    name: T
    project: zillow
    inputs: {properties: properties_2016.csv, train: train_2016_v2.csv}
    stages:
      - {name: read_properties, transformer: ReadCSV, inputs: [properties], parameters: {schema: zillow}}
      - {name: read_train, transformer: ReadCSV, inputs: [train], parameters: {schema: zillow}}
      - {name: joined, transformer: Join, inputs: [read_train, read_properties], parameters: {left_key: parcelid, right_key: parcelid}}
      - name: features
        transformer: SelectColumn
        inputs: [joined]
        parameters: {columns: [logerror, taxamount, yearbuilt, bathroomcnt]}
      - {name: split, transformer: TrainTestSplit, inputs: [features], parameters: {test_fraction: 0.25, seed: 3}}
      - {name: model, transformer: TrainXGBoost, inputs: [split_train], parameters: {target: logerror, rounds: 5}}
      - {name: predicted, transformer: Predict, inputs: [model, features]}
    """

  private func pipeline() throws -> Pipeline { try Pipeline(PipelineSpecification(parsing: Self.template, file: "T.yaml")) }

  private func store(_ data: URL) throws -> IntermediateStore {
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    store.register(kind: PipelineModel.kind) { try PipelineModel(restoring: $0, dataDirectory: data) }
    return store
  }

  @Test("Every frame of a pipeline is read and re-run to the same bits, and the re-run trains nothing")
  func readEqualsRerun() throws {
    let data = folder.url.appendingPathComponent("data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    try ZillowGenerator(seed: 6, properties: 1200, transactions: 800).write(to: data)
    let identity = ModelIdentity(project: "zillow", name: "T")
    try store(data).logIntermediates(of: PipelineModel(try pipeline(), dataDirectory: data), as: identity)
    let store = try store(data)
    let names = try store.intermediates(of: identity).map(\.name)
    #expect(names == ["read_properties", "read_train", "joined", "features", "split_train", "split_test", "model", "predicted"])
    let keys = names.map { IntermediateKey(model: identity, intermediate: $0) }
    let read = try store.getIntermediates(keys, plan: .read)
    let rerun = try store.getIntermediates(keys, plan: .rerun)
    for (a, b) in zip(read, rerun) { #expect(a.isIdentical(to: b), "\(a.intermediate)") }
    #expect(rerun[0].cost.stagesRun == 7, "all stages, once for eight questions")
    let some = try store.getIntermediates(["zillow.T.joined.yearbuilt"], rows: .ids([135, 7]), plan: .rerun)[0]
    #expect(some.isIdentical(to: try store.getIntermediates(["zillow.T.joined.yearbuilt"], rows: .ids([135, 7]), plan: .read)[0]))
    #expect(some.cost.stagesRun == 3, "only the ancestors")
  }

  @Test("A file that is another one while the model runs is noticed, also when it is back at the end, and nothing is learned from it")
  func movedAwayAndBack() throws {
    let data = folder.url.appendingPathComponent("data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    try ZillowGenerator(seed: 6, properties: 600, transactions: 400).write(to: data)
    let model = PipelineModel(try pipeline(), dataDirectory: data)
    let untrained = model.untrained
    let file = data.appendingPathComponent("train_2016_v2.csv")
    let away = data.appendingPathComponent("away.csv")
    let request = ExecutionRequest(intermediates: ["read_properties", "predicted"])
    #expect {
      _ = try model.execute(request) { name, _ in
        guard name == "read_properties" else { return }
        try FileManager.default.moveItem(at: file, to: away)
        try FileManager.default.moveItem(at: away, to: file)
      }
    } throws: { ($0 as? StoreError)?.code == .otherInputs && "\($0)".contains("train_2016_v2.csv") }
    #expect(model.transformers().isEmpty && model.untrained == untrained)
    var emitted: Set<String> = []
    _ = try model.execute(request) { name, _ in emitted.insert(name) }
    #expect(emitted == request.intermediates && !model.transformers().isEmpty)
  }

  @Test("A column that stages pass on unchanged is stored once")
  func unchangedColumns() throws {
    let data = folder.url.appendingPathComponent("data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    try ZillowGenerator(seed: 6, properties: 900, transactions: 900).write(to: data)
    let report = try store(data).logIntermediates(
      of: PipelineModel(try pipeline(), dataDirectory: data), as: ModelIdentity(project: "zillow", name: "T"))
    // `features` picks four columns of `joined`, which has those of `read_train`.
    #expect(report.passedChunks >= 4 + 3, "those that are handed on need no hash")
  }
}
